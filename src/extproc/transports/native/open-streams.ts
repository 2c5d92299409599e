/**
 * @module
 * The open streams of one connection by their identifiers: a hash table with open addressing.
 *
 * A `Map` that loses and gains an entry with each request is rehashed every few dozen requests, and each old table
 * points to the next one. Once one of them is in V8's old generation, young collections keep all later tables and the
 * streams in them. Half of the garbage of requests survived that way until a full collection.
 */
import type { Stream } from './stream.ts';

const minSlots = 64;

export class OpenStreams implements Iterable<Stream> {
  /**
   * A stream is in its home slot, or behind it without an empty slot in between. At most half of the slots are in use.
   */
  #slots: (Stream | undefined)[] = emptySlots(minSlots);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(id: number): Stream | undefined {
    return this.#slots[this.#find(id)];
  }

  /** Adds a stream whose identifier is not in the table. */
  add(stream: Stream): void {
    if (2 * (this.#size + 1) > this.#slots.length) this.#grow();
    this.#slots[this.#find(stream.id)] = stream;
    this.#size++;
  }

  /** @returns whether the stream was in the table */
  delete(id: number): boolean {
    let gap = this.#find(id);
    if (this.#slots[gap] === undefined) return false;
    this.#size--;
    // Streams behind the gap move into it, unless that would put them before their home slot.
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

  /** The slot of a stream, or the empty slot where it would be added. */
  #find(id: number): number {
    let at = this.#home(id);
    for (let stream = this.#slots[at]; stream !== undefined && stream.id !== id; stream = this.#slots[at]) {
      at = this.#after(at);
    }
    return at;
  }

  /** Clients use identifiers in steps of two (RFC 9113, 5.1.1), so consecutive streams have different home slots. */
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
