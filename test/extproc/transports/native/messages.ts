/**
 * @module
 * Envoy's messages, written by hand: `ProcessingRequest` and `CheckRequest` in the protobuf wire format, with gRPC's
 * prefix.
 */
import { uint32 } from './raw-client.ts';

/** @param compressed 1 if `message` is compressed */
export function grpcMessage(message: Uint8Array, compressed = 0): Buffer {
  return Buffer.concat([Buffer.from([compressed]), uint32(message.length), message]);
}

/** `request_headers` with one header of the given size, and the body mode. */
export function headersMessage(bytes: number, duplex: boolean): Buffer {
  const value = Buffer.concat([field(1, Buffer.from('x-name')), field(3, Buffer.alloc(bytes, 'v'))]);
  return Buffer.concat([field(2, field(1, field(1, value))), field(11, Buffer.from([0x08, duplex ? 4 : 1]))]);
}

/** `CheckRequest` with one header of the given size, joined or not. */
export function checkMessage(bytes: number, joined: boolean): Buffer {
  const name = field(1, Buffer.from('x-name'));
  const value = Buffer.alloc(bytes, 'v');
  const http = joined
    ? field(3, Buffer.concat([name, field(2, value)]))
    : field(13, field(1, Buffer.concat([name, field(3, value)])));
  return field(1, field(4, field(2, http)));
}

/** A piece of the request's body. */
export function bodyMessage(body: Uint8Array, last = false): Buffer {
  return field(4, Buffer.concat([field(1, body), Buffer.from(last ? [0x10, 1] : [])]));
}

function field(number: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...varint(content.length)]), content]);
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}
