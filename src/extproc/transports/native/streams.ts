/**
 * @module
 * The streams of one connection: those that are open, and what an identifier that is not open means (RFC 9113, 5.1).
 */
import { OpenStreams } from './open-streams.ts';
import type { Stream } from './stream.ts';

/** Why a stream is not open. `left`: this side ended it first, so the client may not know yet. */
type Absence = 'idle' | 'never-opened' | 'left' | 'closed';

/**
 * How many of the latest streams are remembered where this side ended them first, a bit each. A deadline or a bound can end
 * thousands at once, and what their client has sent by then is no error of its (RFC 9113, 5.1).
 */
export const remembered = 16_384;
/** Gaps between identifiers that are remembered. */
const maxGaps = 256;

export class Streams {
  readonly #open = new OpenStreams();
  /** Of the latest identifiers, in turns. Made when it is needed: Envoy ends its streams itself. */
  #left: Uint8Array | undefined;
  readonly #gaps: (readonly [after: number, before: number])[] = [];
  #last = 0;

  /** The highest identifier that the client has used. */
  get last(): number {
    return this.#last;
  }

  get size(): number {
    return this.#open.size;
  }

  get(id: number): Stream | undefined {
    return this.#open.get(id);
  }

  all(): Iterable<Stream> {
    return this.#open;
  }

  /** The client uses a new identifier; lower ones that it never used are closed by that. */
  use(id: number): void {
    if (id > this.#last + 2) {
      this.#gaps.push([this.#last, id]);
      if (this.#gaps.length > maxGaps) this.#gaps.shift();
    }
    if (this.#left !== undefined) this.#forget(this.#left, this.#last + 2, id);
    this.#last = id;
  }

  add(stream: Stream): void {
    this.#open.add(stream);
  }

  /** @returns whether it was open */
  remove(stream: Stream): boolean {
    if (!this.#open.delete(stream.id)) return false;
    if (!stream.remoteEnded) this.leave(stream.id);
    return true;
  }

  /** This side ends the stream; what is already on its way is to be ignored. */
  leave(id: number): void {
    this.#left ??= new Uint8Array(remembered / 8);
    const bit = bitOf(id);
    if (this.#isLatest(id)) this.#left[bit >>> 3] = (this.#left[bit >>> 3] ?? 0) | (1 << (bit & 7));
  }

  #isLatest(id: number): boolean {
    return this.#last - id < 2 * remembered;
  }

  #hasLeft(id: number): boolean {
    const bit = bitOf(id);
    return this.#isLatest(id) && ((this.#left?.[bit >>> 3] ?? 0) & (1 << (bit & 7))) !== 0;
  }

  /** The bits of identifiers that come now, `from` to `to`, spoke of others until now. */
  #forget(left: Uint8Array, from: number, to: number): void {
    if (to - from >= 2 * remembered) left.fill(0);
    else {
      for (let id = from; id <= to; id += 2) {
        const bit = bitOf(id);
        left[bit >>> 3] = (left[bit >>> 3] ?? 0) & ~(1 << (bit & 7));
      }
    }
  }

  /** What an identifier without an open stream stands for. */
  absence(id: number): Absence {
    if (id > this.#last) return 'idle';
    if (this.#hasLeft(id)) return 'left';
    return this.#gaps.some(([after, before]) => id > after && id < before) ? 'never-opened' : 'closed';
  }
}

/** Clients use odd identifiers, counted up (RFC 9113, 5.1.1). */
function bitOf(id: number): number {
  return (id >>> 1) % remembered;
}
