/**
 * @module
 * Where the members of an object stand in Envoy's message: noted in passing, and kept in a list of just their number. One that grows leaves
 * each of its earlier selves behind.
 */
import type { MemberNotes } from './check-struct.ts';

/** For each member: where its name begins and ends, and where the length of its value stands, or `nowhere`. */
export type MemberPlaces = readonly number[];
export const placesOfMember = 3;

/** To be used again and again: no message is read amid another. */
export class PlacesOfMembers implements MemberNotes {
  readonly #scratch: number[] = [];
  #length = 0;

  begin(): void {
    this.#length = 0;
  }

  note(nameAt: number, nameEnd: number, valueAt: number): void {
    const at = this.#length;
    this.#scratch[at] = nameAt;
    this.#scratch[at + 1] = nameEnd;
    this.#scratch[at + 2] = valueAt;
    this.#length = at + placesOfMember;
  }

  /** Those that were noted since it began. */
  noted(): MemberPlaces {
    return this.#scratch.slice(0, this.#length);
  }
}
