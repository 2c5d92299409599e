/**
 * @module
 * A caller's connection at minimal cost: it sends prepared bytes, and checks only the status and the length of a
 * response. node:http would take more CPU time than the server.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const headEnd = Buffer.from('\r\n\r\n');
const lengthName = Buffer.from('\r\ncontent-length: ');
const ok = 'HTTP/1.1 200 ';
const digits = { first: 0x30, last: 0x39 };

/** The bytes of a GET request that keeps the connection open. */
export function getRequest(path: string, headers: readonly (readonly [name: string, value: string])[]): Buffer {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`GET ${path} HTTP/1.1\r\nhost: api.example.com\r\n${lines.join('')}\r\n`);
}

export interface Listener {
  /** @param answer its bytes, which are valid only during the call */
  answered(answer: Buffer): void;
  /** The connection failed, or an answer was not 200. The measurement is invalid. */
  failed(error: Error): void;
}

/** One request at a time. */
export class HttpConnection {
  readonly #socket: Socket;
  readonly #listener: Listener;
  /** The start of an incomplete answer. */
  #held: Buffer = Buffer.alloc(0);
  #closing = false;

  private constructor(port: number, listener: Listener) {
    this.#listener = listener;
    const buffer = Buffer.allocUnsafe(16_384);
    const callback = (length: number): boolean => {
      this.#onBytes(buffer.subarray(0, length));
      return true;
    };
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true, onread: { buffer, callback } });
    this.#socket.on('error', (error) => listener.failed(error));
    this.#socket.on('close', () => {
      if (!this.#closing) listener.failed(new Error('Envoy closed a connection.'));
    });
  }

  static async open(port: number, listener: Listener): Promise<HttpConnection> {
    const connection = new HttpConnection(port, listener);
    await once(connection.#socket, 'connect');
    return connection;
  }

  ask(request: Buffer): void {
    this.#socket.write(request);
  }

  close(): void {
    this.#closing = true;
    this.#socket.destroy();
  }

  #onBytes(bytes: Buffer): void {
    const answer = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    const length = lengthOf(answer);
    if (length === undefined || length > answer.length) {
      this.#held = Buffer.from(answer);
      return;
    }
    this.#held = Buffer.alloc(0);
    const status = answer.toString('latin1', 0, ok.length);
    if (status === ok && length === answer.length) this.#listener.answered(answer);
    else this.#listener.failed(new Error(`Envoy answered ${status.trim()}.`));
  }
}

/** The length of the whole answer in bytes; undefined while its head is incomplete. */
function lengthOf(answer: Buffer): number | undefined {
  const end = answer.indexOf(headEnd);
  if (end === -1) return undefined;
  const named = answer.indexOf(lengthName);
  if (named === -1 || named > end) return end + headEnd.length;
  let length = 0;
  for (let at = named + lengthName.length; at < end; at++) {
    const digit = answer.readUInt8(at);
    if (digit < digits.first || digit > digits.last) break;
    length = length * 10 + digit - digits.first;
  }
  return end + headEnd.length + length;
}
