/**
 * @module
 * The members of an object in Envoy's message: found by name and decoded one by one. `check-struct.ts` has checked
 * them, so nothing here fails. Envoy's attributes are represented by this class.
 */
import type { JsonValue } from '../../diagnostics/json.ts';
import { nowhere } from './check-struct.ts';
import { decodeValue } from './decode-struct.ts';
import { type MemberPlaces, placesOfMember } from './member-places.ts';
import type { WireText } from './wire-text.ts';

export class WireMembers {
  readonly #text: WireText;
  readonly #places: MemberPlaces;

  constructor(text: WireText, places: MemberPlaces) {
    this.#text = text;
    this.#places = places;
  }

  get isEmpty(): boolean {
    return this.#places.length === 0;
  }

  /** Decodes a member that is a `google.protobuf.Value`. */
  get(name: string): JsonValue | undefined {
    const at = this.find(name);
    if (at === undefined) return undefined;
    return at === nowhere ? null : decodeValue(this.#text.reader(at), this.#text);
  }

  /** Each name once, in the order of the message, which has no meaning. */
  names(): readonly string[] {
    const places = this.#places;
    if (places.length === placesOfMember) return [this.#nameAt(0)];
    const names = new Set<string>();
    for (let at = 0; at < places.length; at += placesOfMember) names.add(this.#nameAt(at));
    return [...names];
  }

  /**
   * The offset of the value, or `nowhere`; undefined without such a member. Of several with one name the last counts.
   */
  find(name: string): number | undefined {
    const places = this.#places;
    const isPlain = isAsciiText(name);
    for (let at = places.length - placesOfMember; at >= 0; at -= placesOfMember) {
      const isIt = isPlain ? this.#text.is(places[at] ?? 0, places[at + 1] ?? 0, name) : this.#nameAt(at) === name;
      if (isIt) return places[at + 2];
    }
    return undefined;
  }

  #nameAt(at: number): string {
    return this.#text.string(this.#places[at] ?? 0, this.#places[at + 1] ?? 0);
  }
}

function isAsciiText(text: string): boolean {
  let all = 0;
  for (let at = 0; at < text.length; at++) all |= text.charCodeAt(at);
  return all < 0x80;
}
