/**
 * @module
 * Writes lines to a descriptor that may be full, closed or stalled, without blocking the caller. Each line is written
 * whole, once and in order, or it is dropped and counted. One line replaces the dropped ones. Lines of the audit take
 * at most half of the queue, so that the log keeps working however many tokens are minted.
 *
 * At most one write is in progress, on a thread of libuv's pool, so that a descriptor that hangs occupies one thread
 * only.
 */

/** Starts a write. Calls `done` later, once, with the number of bytes written. */
export type Write = (bytes: Buffer, done: (error: NodeJS.ErrnoException | null, written: number) => void) => void;

/** Calls `callback` after the given milliseconds, without keeping the process alive. */
export type Later = (callback: () => void, milliseconds: number) => void;

/** The stream of a line: the log, or the audit of minted tokens. */
export type LineStream = 'log' | 'audit';

/** The number of lost lines of each stream. */
export type Lost = Readonly<Record<LineStream, number>>;

export interface LineWriterOptions {
  readonly write: Write;
  readonly later?: Later;
  /** The line that replaces the `lost` lines, with its line feed. */
  gapLine(lost: Lost): string;
  /** Called for each loss. */
  onDropped(lost: Lost): void;
  readonly bounds?: typeof bounds;
}

interface Bound {
  readonly lines: number;
  /** UTF-8 bytes. A line about a refused request has some 300. */
  readonly bytes: number;
}

/** Limits of the queue. */
export const bounds: { readonly flowing: Bound; readonly stalled: Bound } = {
  /** Large, because a load may log a line for each of thousands of policies in one event-loop turn. */
  flowing: { lines: 4_000, bytes: 1_048_576 },
  /** While the descriptor accepts nothing. */
  stalled: { lines: 250, bytes: 65_536 },
};

/**
 * Maximum bytes of one write. Workers share a pipe, and writes of at most PIPE_BUF bytes are not interleaved with those
 * of other processes (POSIX, write()).
 */
const maxWriteBytes = 4_096;

/** Milliseconds until a stalled descriptor is tried again. The pause doubles from the first to the maximum. */
const firstStallPause = 10;
const maxStallPause = 1_000;
/** Milliseconds until a descriptor that failed is tried again. */
const refusalPause = 1_000;

/** Errors that mean "try again later". */
const stalls: ReadonlySet<string | undefined> = new Set(['EAGAIN', 'EWOULDBLOCK', 'EINTR', 'EBUSY']);

interface Line {
  readonly text: string;
  readonly stream: LineStream;
}

/** The lines that were dropped at this position of the queue. */
class Gap {
  readonly lost: Record<LineStream, number> = { log: 0, audit: 0 };

  add({ log, audit }: Lost): void {
    this.lost.log += log;
    this.lost.audit += audit;
  }
}

type Entry = Line | Gap;

/** The queued lines of one stream. */
interface Waiting {
  lines: number;
  bytes: number;
}

const oneLost: Readonly<Record<LineStream, Lost>> = { log: { log: 1, audit: 0 }, audit: { log: 0, audit: 1 } };

/** The write in progress: the bytes of these entries, in order. */
interface Chunk {
  readonly bytes: Buffer;
  readonly entries: readonly Entry[];
  /** The end offset of each entry. */
  readonly ends: readonly number[];
  written: number;
}

export class LineWriter {
  readonly #options: LineWriterOptions;
  readonly #later: Later;
  readonly #bounds: typeof bounds;
  readonly #queue: Entry[] = [];
  readonly #waiting: Readonly<Record<LineStream, Waiting>> = {
    log: { lines: 0, bytes: 0 },
    audit: { lines: 0, bytes: 0 },
  };
  #chunk: Chunk | undefined;
  #isWriting = false;
  #pause = 0;
  #pauses = 0;
  #onIdle: ((isDone: boolean) => void) | undefined;

  constructor(options: LineWriterOptions) {
    this.#options = options;
    this.#later = options.later ?? ((callback, milliseconds) => void setTimeout(callback, milliseconds).unref());
    this.#bounds = options.bounds ?? bounds;
  }

  /** The lines that are queued or being written. */
  get waiting(): Readonly<Record<LineStream, Readonly<Waiting>>> {
    return this.#waiting;
  }

  /** Whether a thread of the pool is in the write call. */
  get isWriting(): boolean {
    return this.#isWriting;
  }

  /** @param text with its line feed */
  write(text: string, stream: LineStream = 'log'): void {
    const bytes = Buffer.byteLength(text);
    if (this.#fits(bytes, stream)) {
      const waiting = this.#waiting[stream];
      waiting.lines++;
      waiting.bytes += bytes;
      this.#queue.push({ text, stream });
    } else {
      this.#mark(oneLost[stream]);
      this.#options.onDropped(oneLost[stream]);
    }
    if (this.#pause === 0) this.#next();
  }

  #fits(bytes: number, stream: LineStream): boolean {
    const max = this.#pause === 0 ? this.#bounds.flowing : this.#bounds.stalled;
    const half = { lines: max.lines / 2, bytes: max.bytes / 2 };
    const { log, audit } = this.#waiting;
    if (stream === 'audit' && (audit.lines >= half.lines || audit.bytes + bytes > half.bytes)) return false;
    // Audit lines beyond their half were queued before the descriptor stalled. They must not cost the log its half.
    const lines = log.lines + Math.min(audit.lines, half.lines);
    return lines < max.lines && log.bytes + Math.min(audit.bytes, half.bytes) + bytes <= max.bytes;
  }

  /**
   * Waits until all lines are written, the descriptor fails, or the time is over.
   *
   * @returns whether all lines are written
   */
  flush(milliseconds: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => this.#onIdle?.(false), milliseconds);
    this.#onIdle = (isDone) => {
      clearTimeout(timer);
      this.#onIdle = undefined;
      resolve(isDone);
    };
    this.#next();
    return promise;
  }

  /**
   * For a process that exits: passes the queued bytes to `write` until it returns false. A write in progress is left
   * alone.
   */
  takeAll(write: (bytes: Buffer) => boolean): void {
    if (this.#pause > 0) return;
    let chunk = this.#isWriting ? this.#take() : (this.#chunk ?? this.#take());
    while (chunk !== undefined && write(chunk.bytes.subarray(chunk.written))) chunk = this.#take();
  }

  #next(): void {
    if (this.#isWriting) return;
    this.#chunk ??= this.#take();
    const chunk = this.#chunk;
    if (chunk === undefined) {
      this.#onIdle?.(true);
      return;
    }
    this.#isWriting = true;
    this.#options.write(chunk.bytes.subarray(chunk.written), (error, written) => {
      this.#isWriting = false;
      this.#wrote(chunk, error, written);
    });
  }

  #wrote(chunk: Chunk, error: NodeJS.ErrnoException | null, written: number): void {
    if (error === null && written > 0) {
      this.#pause = 0;
      this.#advance(chunk, written);
      this.#next();
    } else if (error === null || stalls.has(error.code)) {
      this.#retryAfter(Math.min(Math.max(this.#pause * 2, firstStallPause), maxStallPause));
    } else {
      this.#chunk = this.#drop(chunk);
      this.#onIdle?.(false);
      this.#retryAfter(refusalPause);
    }
  }

  /** Takes the next entries from the queue as one write; undefined if the queue is empty. */
  #take(): Chunk | undefined {
    const entries: Entry[] = [];
    const ends: number[] = [];
    let text = '';
    let bytes = 0;
    for (const entry of this.#queue) {
      const line = entry instanceof Gap ? this.#options.gapLine(entry.lost) : entry.text;
      const length = Buffer.byteLength(line);
      if (bytes > 0 && bytes + length > maxWriteBytes) break;
      text += line;
      bytes += length;
      entries.push(entry);
      ends.push(bytes);
    }
    this.#queue.splice(0, entries.length);
    return bytes === 0 ? undefined : { bytes: Buffer.from(text), entries, ends, written: 0 };
  }

  #advance(chunk: Chunk, written: number): void {
    const before = chunk.written;
    chunk.written += written;
    for (const [i, end] of chunk.ends.entries()) {
      if (end > before && end <= chunk.written) this.#forget(chunk.entries[i], end - (chunk.ends[i - 1] ?? 0));
    }
    if (chunk.written === chunk.bytes.length) this.#chunk = undefined;
  }

  /**
   * Drops all queued lines, because the descriptor failed.
   *
   * @returns the rest of a line that is partly written and must be completed
   */
  #drop(chunk: Chunk): Chunk | undefined {
    let rest: Chunk | undefined;
    const dropped: Entry[] = [];
    let start = 0;
    for (const [i, end] of chunk.ends.entries()) {
      const entry = chunk.entries[i] ?? new Gap();
      if (start >= chunk.written) dropped.push(entry);
      else if (chunk.written < end) {
        const bytes = chunk.bytes.subarray(start, end);
        rest = { bytes, entries: [entry], ends: [bytes.length], written: chunk.written - start };
      }
      start = end;
    }
    dropped.push(...this.#queue.splice(0));
    const lost = new Gap();
    const all = new Gap();
    for (const entry of dropped) {
      if (entry instanceof Gap) {
        all.add(entry.lost);
        continue;
      }
      lost.add(oneLost[entry.stream]);
      all.add(oneLost[entry.stream]);
      this.#forget(entry, Buffer.byteLength(entry.text));
    }
    if (all.lost.log + all.lost.audit > 0) this.#queue.push(all);
    if (lost.lost.log + lost.lost.audit > 0) this.#options.onDropped(lost.lost);
    return rest;
  }

  #forget(entry: Entry | undefined, bytes: number): void {
    if (entry === undefined || entry instanceof Gap) return;
    const waiting = this.#waiting[entry.stream];
    waiting.lines--;
    waiting.bytes -= bytes;
  }

  #mark(lost: Lost): void {
    const last = this.#queue.at(-1);
    const gap = last instanceof Gap ? last : new Gap();
    gap.add(lost);
    if (gap !== last) this.#queue.push(gap);
  }

  #retryAfter(milliseconds: number): void {
    this.#pause = milliseconds;
    const current = ++this.#pauses;
    this.#later(() => {
      if (current === this.#pauses) this.#next();
    }, milliseconds);
  }
}
