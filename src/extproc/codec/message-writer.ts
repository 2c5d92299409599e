/**
 * @module
 * What the answers of both protocols are encoded with: a writer that is reused, and the parts of a header mutation.
 */
import { ProtobufWriter } from './protobuf-writer.ts';

const initialBytes = 16_384;
/** A buffer that a large message has grown beyond this size is released, so that it does not stay forever. */
const maxKeptBytes = 256 * 1024;

/** An encoded message: `bytes` from `start` to `end`, valid until the next message is encoded. */
export interface Encoded {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

export function newWriter(): ProtobufWriter {
  return new ProtobufWriter(initialBytes);
}

/** The writer for the next message: this one, unless it has grown too large. */
export function cleared(writer: ProtobufWriter): ProtobufWriter {
  if (writer.bytes.length > maxKeptBytes) return newWriter();
  writer.clear();
  return writer;
}

export function encodedBy(writer: ProtobufWriter): Encoded {
  return { bytes: writer.bytes, start: writer.at, end: writer.bytes.length };
}

/** `HeaderValueOption.append_action` = OVERWRITE_IF_EXISTS_OR_ADD, the only action in use. */
export const overwrite = Buffer.from([(3 << 3) | 0, 2]);

/** Encoded `HeaderValue.key` fields, by name. There are as many as the policies in force write. */
const headerNames = new Map<string, Uint8Array>();
const maxNames = 1000;

export function headerName(name: string): Uint8Array {
  const known = headerNames.get(name);
  if (known !== undefined) return known;
  const own = new ProtobufWriter(name.length + 16);
  own.string(1, name);
  const bytes = own.bytes.subarray(own.at);
  // After many reloads the map may contain names that no policy writes any more.
  if (headerNames.size >= maxNames) headerNames.clear();
  headerNames.set(name, bytes);
  return bytes;
}
