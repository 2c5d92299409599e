/**
 * @module
 * Envoy's attributes where they lie in its message: noted in passing when they are checked, decoded one by one as they are
 * asked for.
 */
import type { JsonValue } from '../../diagnostics/json.ts';
import type { ProxyAttributes } from '../../plan/token-plan.ts';
import { decodeValue } from './decode-struct.ts';
import type { ProtobufReader } from './protobuf-reader.ts';
import type { WireText } from './wire-text.ts';

/** For each member: where its name begins and ends, and where its value does. */
const placesOfMember = 3;

export class WireAttributes implements ProxyAttributes {
  readonly #reader: ProtobufReader;
  readonly #text: WireText;
  readonly #places: number[] = [];

  constructor(reader: ProtobufReader, text: WireText) {
    this.#reader = reader;
    this.#text = text;
  }

  /** @param valueAt where the length of the value stands; -1 where a member has none */
  note(nameAt: number, nameEnd: number, valueAt: number): void {
    this.#places.push(nameAt, nameEnd, valueAt);
  }

  /** Of several the last counts: the entries of all filter names are one, and attributes' own names do not clash. */
  get(name: string): JsonValue | undefined {
    const places = this.#places;
    for (let at = places.length - placesOfMember; at >= 0; at -= placesOfMember) {
      const [from = 0, to = 0, valueAt = 0] = [places[at], places[at + 1], places[at + 2]];
      if (!this.#text.is(from, to, name)) continue;
      if (valueAt === -1) return null;
      this.#text.reset(this.#reader);
      this.#reader.at = valueAt;
      return decodeValue(this.#reader, this.#text);
    }
    return undefined;
  }
}
