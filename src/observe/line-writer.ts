/**
 * @module
 * Lines to a descriptor that may be full, closed or stalled: who logs never waits. A line is written whole, once and in
 * its order, or it is dropped and counted; one line stands in the place of those that were dropped. Lines of the audit
 * take half of the room at most, so that the log says what happens however much is minted.
 *
 * One write is under way at a time, made by a thread of libuv's pool, so that a descriptor that hangs holds one of them.
 */

/** Begins to write; `done` is called later, once, with how many bytes were written. */
export type Write = (bytes: Buffer, done: (error: NodeJS.ErrnoException | null, written: number) => void) => void;

/** Calls `callback` after so many milliseconds, and does not keep the process alive for it. */
export type Later = (callback: () => void, milliseconds: number) => void;

/** Where a line belongs: the log, or the audit of minted tokens. */
export type LineStream = 'log' | 'audit';

/** Numbers of lines. */
export type Lost = Readonly<Record<LineStream, number>>;

export interface LineWriterOptions {
  readonly write: Write;
  readonly later?: Later;
  /** The line that stands for `lost` dropped ones, with its line feed. */
  gapLine(lost: Lost): string;
  /** Is called at each loss. */
  onDropped(lost: Lost): void;
  readonly bounds?: typeof bounds;
}

interface Bound {
  readonly lines: number;
  /** Of UTF-8; a refused request leaves some 300. */
  readonly bytes: number;
}

/** What may wait to be written. */
export const bounds: { readonly flowing: Bound; readonly stalled: Bound } = {
  /** A load may have something to say of each of thousands of policies, in one turn. */
  flowing: { lines: 4_000, bytes: 1_048_576 },
  /** The descriptor takes nothing. */
  stalled: { lines: 250, bytes: 65_536 },
};

/**
 * Bytes of one write. Workers share a pipe: no other process's line can come between the bytes of a write of PIPE_BUF
 * bytes or less (POSIX, write()).
 */
const maxWriteBytes = 4_096;

/** Milliseconds until a descriptor that takes nothing is tried again: longer and longer while it stays so. */
const firstStallPause = 10;
const maxStallPause = 1_000;
/** Milliseconds until one that refuses what it is given is tried again. */
const refusalPause = 1_000;

/** Not now, and nothing is wrong. */
const stalls: ReadonlySet<string | undefined> = new Set(['EAGAIN', 'EWOULDBLOCK', 'EINTR', 'EBUSY']);

interface Line {
  readonly text: string;
  readonly stream: LineStream;
}

/** What was dropped in this place. */
class Gap {
  readonly lost: Record<LineStream, number> = { log: 0, audit: 0 };

  add({ log, audit }: Lost): void {
    this.lost.log += log;
    this.lost.audit += audit;
  }
}

type Entry = Line | Gap;

/** What waits of one stream. */
interface Waiting {
  lines: number;
  bytes: number;
}

const oneLost: Readonly<Record<LineStream, Lost>> = { log: { log: 1, audit: 0 }, audit: { log: 0, audit: 1 } };

/** What is being written: the bytes of these entries, one after the other. */
interface Chunk {
  readonly bytes: Buffer;
  readonly entries: readonly Entry[];
  /** Where the bytes of each entry end. */
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
  #onRest: ((isDone: boolean) => void) | undefined;

  constructor(options: LineWriterOptions) {
    this.#options = options;
    this.#later = options.later ?? ((callback, milliseconds) => void setTimeout(callback, milliseconds).unref());
    this.#bounds = options.bounds ?? bounds;
  }

  /** What waits to be written, or is being written. */
  get waiting(): Readonly<Record<LineStream, Readonly<Waiting>>> {
    return this.#waiting;
  }

  /** Whether a thread is in the system call. */
  get isWriting(): boolean {
    return this.#isWriting;
  }

  /** @param text with its line feed */
  write(text: string, stream: LineStream = 'log'): void {
    const bytes = Buffer.byteLength(text);
    if (this.#hasRoom(bytes, stream)) {
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

  #hasRoom(bytes: number, stream: LineStream): boolean {
    const most = this.#pause === 0 ? this.#bounds.flowing : this.#bounds.stalled;
    const half = { lines: most.lines / 2, bytes: most.bytes / 2 };
    const { log, audit } = this.#waiting;
    if (stream === 'audit' && (audit.lines >= half.lines || audit.bytes + bytes > half.bytes)) return false;
    // What the audit holds beyond its half came while the descriptor still took lines: it is not the log's loss.
    const lines = log.lines + Math.min(audit.lines, half.lines);
    return lines < most.lines && log.bytes + Math.min(audit.bytes, half.bytes) + bytes <= most.bytes;
  }

  /**
   * Tries until all is written, the descriptor refuses, or the time is over.
   *
   * @returns whether all is written
   */
  flush(milliseconds: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => this.#onRest?.(false), milliseconds);
    this.#onRest = (isDone) => {
      clearTimeout(timer);
      this.#onRest = undefined;
      resolve(isDone);
    };
    this.#next();
    return promise;
  }

  /** Gives what waits to `write` until that says false, for a process that ends; what a thread is writing stays there. */
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
      this.#onRest?.(true);
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
      this.#rest(Math.min(Math.max(this.#pause * 2, firstStallPause), maxStallPause));
    } else {
      this.#chunk = this.#drop(chunk);
      this.#onRest?.(false);
      this.#rest(refusalPause);
    }
  }

  /** The next few entries as bytes; undefined where nothing waits. */
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
   * Drops all that waits: the descriptor refuses it.
   *
   * @returns the rest of a line that stands there in part, which has to be ended
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

  #rest(milliseconds: number): void {
    this.#pause = milliseconds;
    const mine = ++this.#pauses;
    this.#later(() => {
      if (mine === this.#pauses) this.#next();
    }, milliseconds);
  }
}
