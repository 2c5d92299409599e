/**
 * @module
 * A client that sends arbitrary frames and records the answers.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { preface } from '../../../../src/extproc/transports/native/frame-reader.ts';
import { encodeBlock } from '../../../../src/extproc/transports/native/hpack-encoder.ts';
import { flag, frameType } from '../../../../src/extproc/transports/native/protocol.ts';
import { serviceNames } from '../../../../src/extproc/transports/transport.ts';

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

export const processPath = `/${serviceNames.processor}/Process`;
export const checkPath = `/${serviceNames.authorization}/Check`;

/** The header block of a call; `more` overrides and adds. */
export function callBlock(more: Readonly<Record<string, string>> = {}): Buffer {
  const fields = {
    ':method': 'POST',
    ':scheme': 'http',
    ':path': processPath,
    ':authority': 'mintproc',
    te: 'trailers',
    'content-type': 'application/grpc',
    ...more,
  };
  return encodeBlock(Object.entries(fields));
}

/** A gRPC message: a ProcessingRequest with empty `request_headers`. */
export const requestMessage = Buffer.from([0, 0, 0, 0, 2, 0x12, 0]);

export function frame(type: number, flags: number, stream: number, payload: Uint8Array = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(9);
  header.writeUIntBE(payload.length, 0, 3);
  header.writeUInt8(type, 3);
  header.writeUInt8(flags, 4);
  header.writeUInt32BE(stream, 5);
  return Buffer.concat([header, payload]);
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export function settings(...pairs: readonly (readonly [id: number, value: number])[]): Buffer {
  return frame(
    frameType.settings,
    0,
    0,
    Buffer.concat(pairs.map(([id, value]) => Buffer.concat([Buffer.from([0, id]), uint32(value)]))),
  );
}

export function open(stream: number, block: Buffer = callBlock(), ends = false): Buffer {
  return frame(frameType.headers, flag.endHeaders | (ends ? flag.endStream : 0), stream, block);
}

export function data(stream: number, payload: Uint8Array, ends = false): Buffer {
  return frame(frameType.data, ends ? flag.endStream : 0, stream, payload);
}

export class RawClient {
  readonly socket: Socket;
  readonly frames: Frame[] = [];
  #held: Buffer = Buffer.alloc(0);
  #closed = false;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#closed = true;
      socket.emit('frame');
    });
  }

  static async connect(address: string, first: Buffer = settings()): Promise<RawClient> {
    const [host = '', port] = address.split(':');
    const socket = connect(Number(port), host);
    await once(socket, 'connect');
    const client = new RawClient(socket);
    client.send(preface, first);
    return client;
  }

  send(...frames: readonly Uint8Array[]): void {
    this.socket.write(Buffer.concat(frames));
  }

  /** The next frame for which `is` returns true, received or future; undefined if the connection ends first. */
  async next(is: (frame: Frame) => boolean): Promise<Frame | undefined> {
    for (let at = 0; ; at++) {
      while (at >= this.frames.length) {
        if (this.#closed) return undefined;
        await once(this.socket, 'frame');
      }
      const found = this.frames[at];
      if (found !== undefined && is(found)) {
        this.frames.splice(0, at + 1);
        return found;
      }
    }
  }

  /** How the connection ends: the code of its GOAWAY, or `closed` without one. */
  async end(): Promise<number | 'closed'> {
    const last = await this.next(({ type, payload }) => type === frameType.goAway && payload.readUInt32BE(4) !== 0);
    return last === undefined ? 'closed' : last.payload.readUInt32BE(4);
  }

  /** Whether the server still answers. If so, it has handled everything sent before. */
  async isServed(): Promise<boolean> {
    this.send(frame(frameType.ping, 0, 0, Buffer.from('12345678')));
    return (await this.next(({ type, flags }) => type === frameType.ping && flags === flag.ack)) !== undefined;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  #read(chunk: Buffer): void {
    this.#held = Buffer.concat([this.#held, chunk]);
    let at = 0;
    while (this.#held.length - at >= 9) {
      const end = at + 9 + this.#held.readUIntBE(at, 3);
      if (end > this.#held.length) break;
      this.frames.push({
        type: this.#held.readUInt8(at + 3),
        flags: this.#held.readUInt8(at + 4),
        stream: this.#held.readUInt32BE(at + 5),
        payload: this.#held.subarray(at + 9, end),
      });
      at = end;
    }
    this.#held = this.#held.subarray(at);
    this.socket.emit('frame');
  }
}
