/**
 * @module
 * Envoy's first message with dynamic metadata whose members are in random order at every depth, like a protobuf map.
 */
import type { JsonObject, JsonValue } from '../../src/diagnostics/json.ts';
import { ProtobufWriter } from '../../src/extproc/codec/protobuf-writer.ts';
import type { Dice } from '../search/dice.ts';

/** The members of one object as written. Of several with one name the last counts. */
export type Arrange = (members: readonly Member[]) => readonly Member[];
type Member = readonly [name: string, value: JsonValue];

/** In random order, sometimes with an earlier value of the same name. */
export function shuffledBy(dice: Dice): Arrange {
  return (members) => {
    const left = [...members];
    const shuffled = members.flatMap(() => left.splice(dice.roll(left.length), 1));
    return shuffled.flatMap((member): Member[] => (dice.chance(5) ? [[member[0], 'replaced'], member] : [member]));
  };
}

/** @param metadata by namespace @param headers names and values */
export function messageWith(
  metadata: Readonly<Record<string, JsonObject>>,
  arrange: Arrange,
  headers: readonly (readonly [string, string])[] = [],
): Buffer {
  // The writer writes backwards.
  const writer = new ProtobufWriter(1024);
  for (const [namespace, members] of arrange(Object.entries(metadata)).toReversed()) {
    const before = writer.length;
    if (typeof members === 'object') writeStruct(writer, members as JsonObject, arrange);
    writer.message(2, before);
    writer.string(1, namespace);
    writer.message(1, before);
  }
  writer.message(8, 0);
  const before = writer.length;
  for (const [name, value] of headers.toReversed()) {
    const beforeHeader = writer.length;
    writer.blob(3, Buffer.from(value));
    writer.string(1, name);
    writer.message(1, beforeHeader);
  }
  writer.message(1, before);
  writer.message(2, before);
  return Buffer.from(writer.bytes.subarray(writer.at));
}

function writeStruct(writer: ProtobufWriter, object: JsonObject, arrange: Arrange): void {
  for (const [name, value] of arrange(Object.entries(object)).toReversed()) {
    const before = writer.length;
    writeValue(writer, value, arrange);
    writer.message(2, before);
    writer.string(1, name);
    writer.message(1, before);
  }
}

function writeValue(writer: ProtobufWriter, value: JsonValue, arrange: Arrange): void {
  const before = writer.length;
  if (typeof value === 'string') writer.string(3, value);
  else if (typeof value === 'number') writer.double(2, value);
  else if (typeof value === 'boolean') writer.varint(4, value ? 1 : 0);
  else if (value === null) writer.varint(1, 0);
  else if (Array.isArray(value)) {
    for (const item of value.toReversed()) {
      const beforeItem = writer.length;
      writeValue(writer, item, arrange);
      writer.message(1, beforeItem);
    }
    writer.message(6, before);
  } else {
    writeStruct(writer, value as JsonObject, arrange);
    writer.message(5, before);
  }
}
