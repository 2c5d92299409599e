/**
 * @module
 * The members of an object where they stand in Envoy's message: noted in passing, found by name, decoded one by one. They were checked before
 * (`check-struct.ts`), so nothing here fails.
 */
import type { JsonValue } from '../../diagnostics/json.ts';
import { type MemberNotes, nowhere } from './check-struct.ts';
import { decodeValue } from './decode-struct.ts';
import type { WireText } from './wire-text.ts';

/** For each member: where its name begins and ends, and where its value does. */
const placesOfMember = 3;

export class WireMembers implements MemberNotes {
  readonly #text: WireText;
  readonly #places: number[] = [];

  constructor(text: WireText) {
    this.#text = text;
  }

  get isEmpty(): boolean {
    return this.#places.length === 0;
  }

  note(nameAt: number, nameEnd: number, valueAt: number): void {
    this.#places.push(nameAt, nameEnd, valueAt);
  }

  /** Where the value stands, or `nowhere`; undefined without such a member. Of several of one name the last counts. */
  find(name: string): number | undefined {
    const places = this.#places;
    const isPlain = isAsciiText(name);
    for (let at = places.length - placesOfMember; at >= 0; at -= placesOfMember) {
      const [from = 0, to = 0] = [places[at], places[at + 1]];
      if (isPlain ? this.#text.is(from, to, name) : this.#text.string(from, to) === name) return places[at + 2];
    }
    return undefined;
  }

  /** A member that is a `google.protobuf.Value`. */
  get(name: string): JsonValue | undefined {
    const at = this.find(name);
    if (at === undefined) return undefined;
    return at === nowhere ? null : decodeValue(this.#text.reader(at), this.#text);
  }

  /** Each once. */
  names(): readonly string[] {
    const places = this.#places;
    const names: string[] = [];
    for (let at = 0; at < places.length; at += placesOfMember) {
      names.push(this.#text.string(places[at] ?? 0, places[at + 1] ?? 0));
    }
    return names.length < 2 ? names : [...new Set(names)];
  }
}

function isAsciiText(text: string): boolean {
  let all = 0;
  for (let at = 0; at < text.length; at++) all |= text.charCodeAt(at);
  return all < 0x80;
}
