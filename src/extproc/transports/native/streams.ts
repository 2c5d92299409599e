/**
 * @module
 * The streams of one connection: those that are open, and what an identifier that is not open means (RFC 9113, 5.1).
 */
import { OpenStreams } from './open-streams.ts';
import type { Stream } from './stream.ts';

/** Why a stream is not open. `left`: this side ended it first, and the client may not know yet. */
type Absence = 'idle' | 'never-opened' | 'left' | 'closed';

/**
 * For this number of latest streams, a bit records whether this side ended them first. A deadline or a limit can end
 * thousands of streams at the same time, and frames that the client has already sent are not errors (RFC 9113, 5.1).
 * @internal Exported for the test at the limit.
 */
export const remembered = 16_384;
/** Maximum number of recorded gaps between identifiers. */
const maxGaps = 256;

export class Streams {
  readonly #open = new OpenStreams();
  /** A ring of bits for the latest identifiers. Allocated when needed, because Envoy ends its streams itself. */
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

  /** The client uses a new identifier. Lower unused identifiers become closed. */
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

  /** @returns whether the stream was open */
  remove(stream: Stream): boolean {
    if (!this.#open.delete(stream.id)) return false;
    if (!stream.remoteEnded) this.leave(stream.id);
    return true;
  }

  /** This side ends the stream. Frames that are already on their way must be ignored. */
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

  /** Clears the bits of the new identifiers `from` to `to`, which belonged to older identifiers. */
  #forget(left: Uint8Array, from: number, to: number): void {
    if (to - from >= 2 * remembered) left.fill(0);
    else {
      for (let id = from; id <= to; id += 2) {
        const bit = bitOf(id);
        left[bit >>> 3] = (left[bit >>> 3] ?? 0) & ~(1 << (bit & 7));
      }
    }
  }

  /** Why there is no open stream with this identifier. */
  absence(id: number): Absence {
    if (id > this.#last) return 'idle';
    if (this.#hasLeft(id)) return 'left';
    return this.#gaps.some(([after, before]) => id > after && id < before) ? 'never-opened' : 'closed';
  }
}

/** Clients use ascending odd identifiers (RFC 9113, 5.1.1). */
function bitOf(id: number): number {
  return (id >>> 1) % remembered;
}
