/**
 * @module
 * A client that behaves like Envoy at low cost: one connection, a fixed number of streams in flight, each with one
 * request of realistic size, reset after its answer.
 */
import { once } from 'node:events';
import { preface } from '../../src/extproc/transports/native/frame-reader.ts';
import { encodeBlock } from '../../src/extproc/transports/native/hpack-encoder.ts';
import { errorCode, flag, frameHeaderBytes, frameType } from '../../src/extproc/transports/native/protocol.ts';
import { serviceNames } from '../../src/extproc/transports/transport.ts';
import { connectTo } from './connect-to.ts';

export interface StreamLoad {
  /** The address of the server: `127.0.0.1:50051` or `unix:/path`. */
  readonly address: string;
  /** The protobuf message of all requests, or messages that are sent in order, repeatedly. */
  readonly message: Buffer | readonly Buffer[];
  readonly requests: number;
  /** Streams in flight. */
  readonly concurrency: number;
}

const requestBlock = encodeBlock([
  [':method', 'POST'],
  [':scheme', 'http'],
  [':path', `/${serviceNames.processor}/Process`],
  [':authority', 'mintproc'],
  ['te', 'trailers'],
  ['content-type', 'application/grpc'],
  ['x-envoy-internal', 'true'],
  ['x-forwarded-for', '127.0.0.1'],
]);

function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(frameHeaderBytes);
  header.writeUIntBE(payload.length, 0, 3);
  header.writeUInt8(type, 3);
  header.writeUInt8(flags, 4);
  header.writeUInt32BE(stream, 5);
  return Buffer.concat([header, payload]);
}

function numbers(...values: readonly (readonly [value: number, bytes: number])[]): Buffer {
  return Buffer.concat(
    values.map(([value, bytes]) => {
      const buffer = Buffer.alloc(bytes);
      buffer.writeUIntBE(value, 0, bytes);
      return buffer;
    }),
  );
}

/** The frames of one request. The stream identifier is written into a copy. */
function requestFrames(message: Buffer): Buffer {
  const prefixed = Buffer.concat([numbers([0, 1], [message.length, 4]), message]);
  return Buffer.concat([
    frame(frameType.headers, flag.endHeaders, 0, requestBlock),
    frame(frameType.data, 0, 0, prefixed),
  ]);
}

/** The server ended the connection. Some servers treat a client that resets many streams as an attack. */
export class ConnectionRefused extends Error {}

/**
 * @returns the latency of each answer in milliseconds, in the order of the answers; undefined if the server allows
 *   fewer streams than `concurrency`
 */
export async function askOver({
  address,
  message,
  requests,
  concurrency,
}: StreamLoad): Promise<Float64Array | undefined> {
  const socket = connectTo(address);
  await once(socket, 'connect');
  const requestsFrames = (Buffer.isBuffer(message) ? [message] : message).map(requestFrames);
  const dataAt = frameHeaderBytes + requestBlock.length;
  const took = new Float64Array(requests);
  const asked = new Map<number, number>();
  let opened = 0;
  let answered = 0;
  let out: Buffer[] = [];
  let held: Buffer = Buffer.alloc(0);
  const done = Promise.withResolvers<void>();
  let fewer = false;

  /** Sends the first requests once the server has announced how many streams it allows. */
  function onSettings(payload: Buffer): void {
    out.push(frame(frameType.settings, flag.ack, 0, Buffer.alloc(0)));
    fewer = streamsTaken(payload) < concurrency;
    if (fewer) done.resolve();
    else while (opened < Math.min(concurrency, requests)) ask();
  }

  function ask(): void {
    const frames = requestsFrames[opened % requestsFrames.length];
    if (frames === undefined) throw new TypeError('a load needs a message');
    const stream = 2 * opened++ + 1;
    const copy = Buffer.from(frames);
    copy.writeUInt32BE(stream, 5);
    copy.writeUInt32BE(stream, dataAt + 5);
    asked.set(stream, performance.now());
    out.push(copy);
  }

  function onAnswer(stream: number, since: number): void {
    asked.delete(stream);
    took[answered++] = performance.now() - since;
    out.push(frame(frameType.reset, 0, stream, numbers([errorCode.cancel, 4])));
    if (answered === requests) done.resolve();
    else if (opened < requests) ask();
  }

  function onFrame(type: number, flags: number, stream: number, payload: Buffer): void {
    const since = asked.get(stream);
    const asks = (flags & flag.ack) === 0;
    if (type === frameType.settings && asks) onSettings(payload);
    else if (type === frameType.ping && asks) out.push(frame(type, flag.ack, 0, payload));
    else if (type === frameType.goAway) done.reject(new ConnectionRefused('the server sent GOAWAY'));
    else if (type === frameType.data && since !== undefined) onAnswer(stream, since);
    else if (since !== undefined && endsStream(type, flags)) done.reject(new Error('a stream ended without an answer'));
  }

  socket.on('data', (chunk: Buffer) => {
    held = readFrames(held.length === 0 ? chunk : Buffer.concat([held, chunk]), onFrame);
    socket.write(Buffer.concat(out));
    out = [];
  });
  socket.on('error', (error) => done.reject(error));
  socket.on('close', () => done.reject(new Error('the server closed the connection')));
  const widest = frame(frameType.windowUpdate, 0, 0, numbers([0x3fff_ffff, 4]));
  out = [preface, frame(frameType.settings, 0, 0, numbers([4, 2], [0x7fff_ffff, 4])), widest];
  socket.write(Buffer.concat(out));
  out = [];
  await done.promise;
  socket.destroy();
  return fewer ? undefined : took;
}

type OnFrame = (type: number, flags: number, stream: number, payload: Buffer) => void;

/** Passes each complete frame to `onFrame`. @returns the bytes of an incomplete frame */
function readFrames(bytes: Buffer, onFrame: OnFrame): Buffer {
  let at = 0;
  while (bytes.length - at >= frameHeaderBytes) {
    const end = at + frameHeaderBytes + bytes.readUIntBE(at, 3);
    if (end > bytes.length) break;
    const payload = bytes.subarray(at + frameHeaderBytes, end);
    onFrame(bytes.readUInt8(at + 3), bytes.readUInt8(at + 4), bytes.readUInt32BE(at + 5), payload);
    at = end;
  }
  return bytes.subarray(at);
}

function endsStream(type: number, flags: number): boolean {
  return type === frameType.reset || (type === frameType.headers && (flags & flag.endStream) !== 0);
}

/** SETTINGS_MAX_CONCURRENT_STREAMS (RFC 9113, 6.5.2). Unlimited if it is not sent. */
function streamsTaken(settings: Buffer): number {
  for (let at = 0; at + 6 <= settings.length; at += 6) {
    if (settings.readUInt16BE(at) === 3) return settings.readUInt32BE(at + 2);
  }
  return Number.POSITIVE_INFINITY;
}
