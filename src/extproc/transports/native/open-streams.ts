/**
 * @module
 * The open streams of one connection by their identifiers: a table with open addressing.
 *
 * A `Map` that loses and gains an entry with each request makes itself anew every few dozen of them, and each of its
 * earlier selves points to the next: once one of them has grown old, V8's young collections keep all that follow, and
 * with them whatever was open then. Half of what requests left behind survived that way until a collection of everything.
 */
import type { Stream } from './stream.ts';

const minSlots = 64;

export class OpenStreams implements Iterable<Stream> {
  /** A stream stands at its home, or behind it with no empty slot between them. At most half of the slots are taken. */
  #slots: (Stream | undefined)[] = emptySlots(minSlots);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(id: number): Stream | undefined {
    return this.#slots[this.#find(id)];
  }

  /** Takes a stream whose identifier is not in here. */
  add(stream: Stream): void {
    if (2 * (this.#size + 1) > this.#slots.length) this.#grow();
    this.#slots[this.#find(stream.id)] = stream;
    this.#size++;
  }

  /** @returns whether it was in here */
  delete(id: number): boolean {
    let gap = this.#find(id);
    if (this.#slots[gap] === undefined) return false;
    this.#size--;
    // What stands behind the gap moves up into it, unless that would put it before its home.
    for (let at = this.#after(gap); ; at = this.#after(at)) {
      const stream = this.#slots[at];
      if (stream === undefined) break;
      const distance = this.#distance(this.#home(stream.id), at);
      if (distance < this.#distance(gap, at)) continue;
      this.#slots[gap] = stream;
      gap = at;
    }
    this.#slots[gap] = undefined;
    return true;
  }

  *[Symbol.iterator](): Iterator<Stream> {
    for (const stream of this.#slots) if (stream !== undefined) yield stream;
  }

  #grow(): void {
    const streams = this.#slots;
    this.#slots = emptySlots(2 * streams.length);
    for (const stream of streams) if (stream !== undefined) this.#slots[this.#find(stream.id)] = stream;
  }

  /** The slot of a stream, or the empty one where it would stand. */
  #find(id: number): number {
    let at = this.#home(id);
    for (let stream = this.#slots[at]; stream !== undefined && stream.id !== id; stream = this.#slots[at]) {
      at = this.#after(at);
    }
    return at;
  }

  /** A client counts its identifiers up in steps of two (RFC 9113, 5.1.1), so neighbours have homes of their own. */
  #home(id: number): number {
    return (id >>> 1) & (this.#slots.length - 1);
  }

  #after(at: number): number {
    return (at + 1) & (this.#slots.length - 1);
  }

  #distance(from: number, to: number): number {
    return (to - from) & (this.#slots.length - 1);
  }
}

function emptySlots(count: number): undefined[] {
  return new Array<undefined>(count).fill(undefined);
}
