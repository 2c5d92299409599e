/**
 * @module
 * Encodes `google.protobuf.Struct`.
 */
import type { Struct, Value } from '../messages.ts';
import type { ProtobufWriter } from './protobuf-writer.ts';

/** Writes the content of a Struct in front of what is already written. */
export function encodeStruct(writer: ProtobufWriter, { fields = {} }: Struct): void {
  for (const [name, value] of Object.entries(fields).toReversed()) {
    const before = writer.length;
    encodeValue(writer, value);
    writer.message(2, before);
    writer.string(1, name);
    writer.message(1, before);
  }
}

function encodeValue(writer: ProtobufWriter, value: Value): void {
  const before = writer.length;
  if (value.stringValue !== undefined) writer.string(3, value.stringValue);
  else if (value.numberValue !== undefined) writer.double(2, value.numberValue);
  else if (value.boolValue !== undefined) writer.varint(4, value.boolValue ? 1 : 0);
  else if (value.structValue !== undefined) {
    encodeStruct(writer, value.structValue);
    writer.message(5, before);
  } else if (value.listValue !== undefined) {
    for (const item of value.listValue.values?.toReversed() ?? []) {
      const beforeItem = writer.length;
      encodeValue(writer, item);
      writer.message(1, beforeItem);
    }
    writer.message(6, before);
  } else if (value.nullValue !== undefined) writer.varint(1, 0);
}
