/**
 * @module
 * The streams of one connection: those that are open, and what an identifier that is not open means (RFC 9113, 5.1).
 */
import { OpenStreams } from './open-streams.ts';
import type { Stream } from './stream.ts';

/** Why a stream is not open. `left`: this side ended it first, so the client may not know yet. */
type Absence = 'idle' | 'never-opened' | 'left' | 'closed';

/** Identifiers remembered of streams that this side ended first, and of gaps between identifiers. */
const mostRemembered = 256;

export class Streams {
  readonly #open = new OpenStreams();
  /** The latest, in turns; no stream has the identifier 0. */
  readonly #left = new Int32Array(mostRemembered);
  #nextLeft = 0;
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
      if (this.#gaps.length > mostRemembered) this.#gaps.shift();
    }
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
    this.#left[this.#nextLeft] = id;
    this.#nextLeft = (this.#nextLeft + 1) % mostRemembered;
  }

  /** What an identifier without an open stream stands for. */
  absence(id: number): Absence {
    if (id > this.#last) return 'idle';
    if (this.#left.includes(id)) return 'left';
    return this.#gaps.some(([after, before]) => id > after && id < before) ? 'never-opened' : 'closed';
  }
}
