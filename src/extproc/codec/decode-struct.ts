/**
 * @module
 * Decodes `google.protobuf.Struct` to JSON, after `check-struct.ts` has checked its nesting. Objects have no prototype,
 * so that a caller's member named `__proto__` is an ordinary member.
 */
import type { JsonObject, JsonValue } from '../../diagnostics/json.ts';
import { orderOfNames } from '../member-order.ts';
import { bytesTag, enter, type ProtobufReader, varintTag, wireType } from './protobuf-reader.ts';
import type { WireText } from './wire-text.ts';

/** The fields of a map entry: the key is field 1, the value is field 2. */
export const mapEntry = { key: bytesTag(1), value: bytesTag(2) } as const;
export const structFields = bytesTag(1);
export const listValues = bytesTag(1);
export const value = {
  null: varintTag(1),
  number: (2 << 3) | wireType.fixed64,
  string: bytesTag(3),
  bool: varintTag(4),
  struct: bytesTag(5),
  list: bytesTag(6),
} as const;

/** Decodes a Struct. The reader is at its length. Members are in the order of `member-order.ts`. */
export function decodeStruct(reader: ProtobufReader, text: WireText): JsonObject {
  const names: string[] = [];
  const values: JsonValue[] = [];
  const outer = enter(reader);
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === structFields) decodeMember(names, values, reader, text);
    else reader.skip(tag);
  }
  reader.end = outer;
  const object = emptyObject();
  // Of several members with one name the last one counts; equal names keep their order.
  for (const at of orderOfNames(names)) object[names[at] ?? ''] = values[at] ?? null;
  return object;
}

function decodeMember(names: string[], values: JsonValue[], reader: ProtobufReader, text: WireText): void {
  const outer = enter(reader);
  let name = '';
  let member: JsonValue = null;
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === mapEntry.key) name = decodeString(reader, text);
    else if (tag === mapEntry.value) member = decodeValue(reader, text);
    else reader.skip(tag);
  }
  reader.end = outer;
  names.push(name);
  values.push(member);
}

/** Decodes a Value. The reader is at its length. */
export function decodeValue(reader: ProtobufReader, text: WireText): JsonValue {
  const outer = enter(reader);
  let decoded: JsonValue = null;
  while (reader.at < reader.end) decoded = decodeKind(reader, text, reader.tag(), decoded);
  reader.end = outer;
  return decoded;
}

/** Decodes a member of the oneof. Of several members the last one counts. */
function decodeKind(reader: ProtobufReader, text: WireText, tag: number, before: JsonValue): JsonValue {
  switch (tag) {
    case value.string:
      return decodeString(reader, text);
    case value.bool:
      return reader.varint() !== 0;
    case value.number: {
      // JSON has no NaN and no infinities, and struct.proto does not allow them.
      const number = reader.double();
      return Number.isFinite(number) ? number : null;
    }
    case value.struct:
      return decodeStruct(reader, text);
    case value.list:
      return decodeList(reader, text);
    case value.null:
      reader.varint();
      return null;
    default:
      reader.skip(tag);
      return before;
  }
}

function decodeList(reader: ProtobufReader, text: WireText): JsonValue {
  const outer = enter(reader);
  const list: JsonValue[] = [];
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === listValues) list.push(decodeValue(reader, text));
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

/**
 * An object whose prototype is empty and has no prototype itself. `Object.create(null)` would be equivalent, but V8
 * would keep the members in a hash table, which costs several times as much to fill, read and copy.
 */
class Members {
  readonly [name: string]: JsonValue;
}
Object.setPrototypeOf(Members.prototype, null);
Reflect.deleteProperty(Members.prototype, 'constructor');

export function emptyObject(): Record<string, JsonValue> {
  return new Members();
}
