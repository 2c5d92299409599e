/**
 * @module
 * The offsets of an object's members in Envoy's message. They are collected in a shared list and then copied to one of
 * the exact size, because a list that grows leaves each of its previous copies to the garbage collector.
 */
import type { MemberNotes } from './check-struct.ts';

/** For each member: the start and the end of its name, and the offset of its value's length, or `nowhere`. */
export type MemberPlaces = readonly number[];
export const placesOfMember = 3;

/** Reusable, because messages are read one at a time. */
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

  /** The members that were noted since `begin`. */
  noted(): MemberPlaces {
    return this.#scratch.slice(0, this.#length);
  }
}
