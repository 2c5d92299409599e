/**
 * @module
 * Writes the log to standard output without a write that can block forever.
 *
 * A write to a pipe that nobody reads, or to a stopped terminal, does not return. A process cannot exit while a thread
 * of its pool is in such a write, because libuv waits for the thread. On a descriptor with O_NONBLOCK the write fails
 * with EAGAIN instead. The flag belongs to the open file description, which other processes share, so this process
 * opens its own.
 */
import { constants, fstatSync, openSync, write, writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { type LineStream, LineWriter, type Lost } from './line-writer.ts';

export interface LogOutputOptions {
  gapLine(lost: Lost): string;
  onDropped(lost: Lost): void;
  /** Default: standard output. */
  readonly descriptor?: number;
}

/** `stuck`: a thread is in a write call that does not return, and the process would wait for it. */
export type OutputEnd = 'written' | 'lost' | 'stuck';

export interface LogOutput {
  /** @param stream default: the log */
  write(line: string, stream?: LineStream): void;
  /** Writes the queued lines within `closeTimeout`. Later lines are still written if the process keeps running. */
  close(): Promise<OutputEnd>;
}

/** Milliseconds for the last lines of a process that ends. */
const closeTimeout = 1_000;

/** Attempts to write the last lines when the process exits immediately, and the milliseconds between two attempts. */
const lastTries = 20;
const betweenTries = 5;

export function openLogOutput({ descriptor = 1, ...callbacks }: LogOutputOptions): LogOutput {
  const file = ownDescription(descriptor);
  const writer = new LineWriter({
    ...callbacks,
    write: (bytes, done) => write(file, bytes, 0, bytes.length, null, done),
  });
  const last = (): void => {
    // A thread may still be writing earlier lines.
    if (writer.isWriting) sleep(betweenTries);
    writer.takeAll((bytes) => writeLast(file, bytes));
  };
  process.once('exit', last);
  return {
    write: (line, stream) => writer.write(line, stream),
    async close() {
      const isDone = await writer.flush(closeTimeout);
      if (!writer.isWriting) return isDone ? 'written' : 'lost';
      process.off('exit', last);
      return 'stuck';
    },
  };
}

/**
 * Opens the same pipe or terminal again with O_NONBLOCK. A regular file never returns EAGAIN, and its write offset
 * belongs to the first open file description. A socket cannot be opened by name, and Node already makes it non-blocking
 * (`process.stdout`).
 */
function ownDescription(descriptor: number): number {
  if (!fstatSync(descriptor).isFIFO() && !isatty(descriptor)) return descriptor;
  try {
    return openSync(`/proc/self/fd/${descriptor}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    // Nobody reads the pipe, the terminal is another user's, or there is no /proc.
    return descriptor;
  }
}

/** @returns whether all bytes were written */
function writeLast(file: number, bytes: Buffer): boolean {
  let written = 0;
  for (let tries = 0; tries < lastTries && written < bytes.length; tries++) {
    try {
      written += writeSync(file, bytes, written);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) return false;
      sleep(betweenTries);
    }
  }
  return written === bytes.length;
}

function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
