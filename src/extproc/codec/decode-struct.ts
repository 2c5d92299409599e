/**
 * @module
 * `google.protobuf.Struct` as JSON, straight from the wire. Objects have no prototype, so that a caller's member named
 * `__proto__` is only a member.
 */
import type { JsonObject, JsonValue } from '../../diagnostics/json.ts';
import { MintError } from '../../diagnostics/mint-error.ts';
import { bytesTag, type ProtobufReader, varintTag, wireType } from './protobuf-reader.ts';
import type { WireText } from './wire-text.ts';

/** Of every map: entries with their key in field 1 and their value in field 2. */
const entry = { key: bytesTag(1), value: bytesTag(2) } as const;
const structFields = bytesTag(1);
const listValues = bytesTag(1);
const value = {
  null: varintTag(1),
  number: (2 << 3) | wireType.fixed64,
  string: bytesTag(3),
  bool: varintTag(4),
  struct: bytesTag(5),
  list: bytesTag(6),
} as const;

/**
 * One entry of a `map<string, Struct>`, of which the reader stands at the length.
 *
 * @param depth how many objects and lists may nest
 * @throws MintError `extproc.metadata-too-deep` @throws WireFormatError
 */
export function decodeStructEntry(
  reader: ProtobufReader,
  text: WireText,
  depth: number,
): readonly [name: string, struct: JsonObject] {
  const outer = enter(reader);
  let name = '';
  let struct: JsonObject | undefined;
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === entry.key) name = decodeString(reader, text);
    else if (tag === entry.value) struct = decodeStruct(reader, text, depth);
    else reader.skip(tag);
  }
  reader.end = outer;
  return [name, struct ?? emptyObject()];
}

function decodeStruct(reader: ProtobufReader, text: WireText, depth: number): JsonObject {
  if (depth === 0) throw tooDeep();
  const outer = enter(reader);
  const object = emptyObject();
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === structFields) decodeMember(reader, text, depth - 1, object);
    else reader.skip(tag);
  }
  reader.end = outer;
  return object;
}

function decodeMember(reader: ProtobufReader, text: WireText, depth: number, object: Record<string, JsonValue>): void {
  const outer = enter(reader);
  let name = '';
  let member: JsonValue = null;
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === entry.key) name = decodeString(reader, text);
    else if (tag === entry.value) member = decodeValue(reader, text, depth);
    else reader.skip(tag);
  }
  reader.end = outer;
  object[name] = member;
}

function decodeValue(reader: ProtobufReader, text: WireText, depth: number): JsonValue {
  const outer = enter(reader);
  let decoded: JsonValue = null;
  while (reader.at < reader.end) decoded = decodeKind(reader, text, depth, reader.tag(), decoded);
  reader.end = outer;
  return decoded;
}

/** A member of the oneof; of several the last counts. */
function decodeKind(reader: ProtobufReader, text: WireText, depth: number, tag: number, before: JsonValue): JsonValue {
  switch (tag) {
    case value.string:
      return decodeString(reader, text);
    case value.bool:
      return reader.varint() !== 0;
    case value.number: {
      // JSON has no NaN and no infinities, and struct.proto forbids them.
      const number = reader.double();
      return Number.isFinite(number) ? number : null;
    }
    case value.struct:
      return decodeStruct(reader, text, depth);
    case value.list:
      return decodeList(reader, text, depth);
    case value.null:
      reader.varint();
      return null;
    default:
      reader.skip(tag);
      return before;
  }
}

function decodeList(reader: ProtobufReader, text: WireText, depth: number): JsonValue {
  if (depth === 0) throw tooDeep();
  const outer = enter(reader);
  const list: JsonValue[] = [];
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === listValues) list.push(decodeValue(reader, text, depth - 1));
    else reader.skip(tag);
  }
  reader.end = outer;
  return list;
}

function decodeString(reader: ProtobufReader, text: WireText): string {
  const stop = reader.length();
  const decoded = text.string(reader.at, stop);
  reader.at = stop;
  return decoded;
}

/** Makes the reader stay within the message that begins; returns the end to set again behind it. */
export function enter(reader: ProtobufReader): number {
  const outer = reader.end;
  reader.end = reader.length();
  return outer;
}

function emptyObject(): Record<string, JsonValue> {
  return Object.create(null);
}

function tooDeep(): MintError {
  return new MintError('extproc.metadata-too-deep', 'The metadata of the request nests too deep.');
}
