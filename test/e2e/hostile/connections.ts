/**
 * @module
 * Clients that write requests byte by byte: HTTP/1.1 with one request at a time on each connection, HTTP/2 with many.
 */
import { connect, type Socket } from 'node:net';
import { preface } from '../../../src/extproc/transports/native/frame-reader.ts';
import { HpackDecoder } from '../../../src/extproc/transports/native/hpack-decoder.ts';
import { flag, frameType, maxFrameBytes } from '../../../src/extproc/transports/native/protocol.ts';
import { frame, settings, uint32 } from '../../extproc/transports/native/raw-client.ts';
import type { Field } from './seen-request.ts';

export interface Request {
  readonly method: string;
  readonly target: string;
  readonly fields: readonly Field[];
}

export interface Answer {
  /** 0 if the connection or the stream ended without an answer. */
  readonly status: number;
  readonly body: string;
}

export interface Connection {
  readonly isOpen: boolean;
  ask(request: Request): Promise<Answer>;
  close(): void;
}

const none: Answer = { status: 0, body: '' };
const authority = 'api.example.com';
/** Milliseconds. Envoy answers everything, so only a request that it lost takes so long. */
const patience = 30_000;

export class Http1Connection implements Connection {
  readonly #socket: Socket;
  #held = '';
  #waiting: ((answer: Answer) => void) | undefined;
  isOpen = true;

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.setTimeout(patience, () => this.#socket.destroy());
    this.#socket.on('data', (chunk: Buffer) => this.#read(chunk.toString('latin1')));
    this.#socket.on('error', () => this.#socket.destroy());
    this.#socket.on('end', () => this.#end());
    this.#socket.on('close', () => this.#end());
  }

  ask({ method, target, fields }: Request): Promise<Answer> {
    const lines = fields.map(({ name, bytes }) => `${name}: ${bytes.toString('latin1')}\r\n`).join('');
    const { promise, resolve } = Promise.withResolvers<Answer>();
    this.#waiting = resolve;
    this.#socket.write(`${method} ${target} HTTP/1.1\r\nhost: ${authority}\r\n${lines}\r\n`, 'latin1');
    return promise;
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(text: string): void {
    this.#held += text;
    const head = this.#held.indexOf('\r\n\r\n');
    if (head === -1) return;
    const [, status = '0'] = /^HTTP\/1\.1 (\d+)/.exec(this.#held) ?? [];
    const [, length = '0'] = /\r\ncontent-length: *(\d+)/i.exec(this.#held.slice(0, head)) ?? [];
    const whole = head + 4 + Number(length);
    if (this.#held.length < whole) return;
    const body = this.#held.slice(head + 4, whole);
    if (/\r\nconnection: *close/i.test(this.#held.slice(0, head + 2))) this.close();
    // What follows would answer the rest of a request that Envoy read as several.
    if (this.#held.length > whole) this.close();
    this.#held = '';
    if (this.#socket.destroyed) this.isOpen = false;
    this.#answer({ status: Number(status), body });
  }

  #end(): void {
    this.isOpen = false;
    this.#socket.destroy();
    this.#answer(none);
  }

  #answer(answer: Answer): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.(answer);
  }
}

interface OpenStream {
  status: number;
  body: string;
  readonly resolve: (answer: Answer) => void;
}

export class Http2Connection implements Connection {
  readonly #socket: Socket;
  readonly #decoder = new HpackDecoder(1 << 20);
  readonly #streams = new Map<number, OpenStream>();
  #held: Buffer = Buffer.alloc(0);
  #next = 1;
  isOpen = true;

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.setTimeout(patience, () => this.#socket.destroy());
    this.#socket.on('data', (chunk: Buffer) => this.#read(chunk));
    this.#socket.on('error', () => this.#socket.destroy());
    this.#socket.on('close', () => this.#end());
    // No answer waits for a window.
    this.#socket.write(
      Buffer.concat([preface, settings([4, 1 << 24]), frame(frameType.windowUpdate, 0, 0, uint32(1 << 28))]),
    );
  }

  ask({ method, target, fields }: Request): Promise<Answer> {
    const id = this.#next;
    this.#next += 2;
    const pseudo = { ':method': method, ':scheme': 'http', ':path': target, ':authority': authority };
    const block = Buffer.concat([
      ...Object.entries(pseudo).map(([name, value]) => literal(name, Buffer.from(value, 'latin1'))),
      ...fields.map(({ name, bytes }) => literal(name.toLowerCase(), bytes)),
    ]);
    const { promise, resolve } = Promise.withResolvers<Answer>();
    this.#streams.set(id, { status: 0, body: '', resolve });
    this.#socket.write(Buffer.concat(framesOf(id, block)));
    return promise;
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    while (this.#held.length >= 9) {
      const end = 9 + this.#held.readUIntBE(0, 3);
      if (end > this.#held.length) return;
      const [type, flags, id] = [this.#held[3] ?? 0, this.#held[4] ?? 0, this.#held.readUInt32BE(5)];
      this.#take(type, flags, id, this.#held.subarray(9, end));
      this.#held = this.#held.subarray(end);
    }
  }

  #take(type: number, flags: number, id: number, payload: Buffer): void {
    if (type === frameType.goAway) this.isOpen = false;
    if (type === frameType.settings || type === frameType.ping) this.#acknowledge(type, flags, payload);
    if (type === frameType.reset) this.#answer(id, none);
    if (type === frameType.headers || type === frameType.data) this.#receive(type, flags, id, payload);
  }

  #acknowledge(type: number, flags: number, payload: Buffer): void {
    if ((flags & flag.ack) !== 0) return;
    this.#socket.write(frame(type, flag.ack, 0, type === frameType.ping ? payload : undefined));
  }

  #receive(type: number, flags: number, id: number, payload: Buffer): void {
    const stream = this.#streams.get(id);
    // Every block is decoded, since the decoder has a table.
    const fields = type === frameType.headers ? (this.#decoder.decode(payload, 0, payload.length) ?? []) : [];
    if (stream === undefined) return;
    if (type === frameType.headers) stream.status = Number(fields.find(([name]) => name === ':status')?.[1] ?? 0);
    else stream.body += payload.toString('latin1');
    if ((flags & flag.endStream) !== 0) this.#answer(id, { status: stream.status, body: stream.body });
  }

  #answer(id: number, answer: Answer): void {
    this.#streams.get(id)?.resolve(answer);
    this.#streams.delete(id);
  }

  #end(): void {
    this.isOpen = false;
    for (const id of [...this.#streams.keys()]) this.#answer(id, none);
  }
}

/** Without indexing, with a new name, not Huffman-coded (RFC 7541, 6.2.2). */
function literal(name: string, value: Buffer): Buffer {
  const written = Buffer.from(name, 'latin1');
  return Buffer.concat([Buffer.of(0), lengthOf(written), written, lengthOf(value), value]);
}

/** A length with a prefix of 7 bits (RFC 7541, 5.1). */
function lengthOf({ length }: Buffer): Buffer {
  if (length < 127) return Buffer.of(length);
  const bytes = [127];
  let rest = length - 127;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
}

/** A request without a body: one frame, or continuations. */
function framesOf(id: number, block: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 0; at === 0 || at < block.length; at += maxFrameBytes) {
    const part = block.subarray(at, at + maxFrameBytes);
    const last = at + maxFrameBytes >= block.length ? flag.endHeaders : 0;
    frames.push(
      at === 0
        ? frame(frameType.headers, last | flag.endStream, id, part)
        : frame(frameType.continuation, last, id, part),
    );
  }
  return frames;
}
