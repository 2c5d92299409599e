/**
 * @module
 * The streams of one connection: those that are open, and what an identifier that is not open means (RFC 9113, 5.1).
 */
import type { Stream } from './stream.ts';

/** Why a stream is not open. `left`: this side ended it first, so the client may not know yet. */
type Absence = 'idle' | 'never-opened' | 'left' | 'closed';

/** Identifiers remembered of streams that this side ended first, and of gaps between identifiers. */
const mostRemembered = 256;

export class Streams {
  readonly #open = new Map<number, Stream>();
  readonly #left = new Set<number>();
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
    return this.#open.values();
  }

  /** The client uses a new identifier; lower ones that it never used are closed by that. */
  use(id: number): void {
    if (id > this.#last + 2) {
      this.#gaps.push([this.#last, id]);
      if (this.#gaps.length > mostRemembered) this.#gaps.shift();
    }
    this.#last = id;
  }

  add(stream: Stream): void {
    this.#open.set(stream.id, stream);
  }

  /** @returns whether it was open */
  remove(stream: Stream): boolean {
    if (!this.#open.delete(stream.id)) return false;
    if (!stream.remoteEnded) this.leave(stream.id);
    return true;
  }

  /** This side ends the stream; what is already on its way is to be ignored. */
  leave(id: number): void {
    this.#left.add(id);
    if (this.#left.size <= mostRemembered) return;
    for (const oldest of this.#left) {
      this.#left.delete(oldest);
      return;
    }
  }

  /** What an identifier without an open stream stands for. */
  absence(id: number): Absence {
    if (id > this.#last) return 'idle';
    if (this.#left.has(id)) return 'left';
    return this.#gaps.some(([after, before]) => id > after && id < before) ? 'never-opened' : 'closed';
  }
}
