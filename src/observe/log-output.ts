/**
 * @module
 * Standard output as the log's end: what it is decides how a write can be kept from holding a thread for ever.
 *
 * A write to a pipe that nobody reads, or to a terminal that is stopped, does not come back, and a process does not end
 * while a thread of its pool is in there: libuv waits for it. Where the descriptor does not block (O_NONBLOCK) the write
 * says EAGAIN instead. The flag belongs to the open file, which other processes share, so this process opens its own.
 */
import { constants, fstatSync, openSync, write, writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { type LineStream, LineWriter, type Lost } from './line-writer.ts';

export interface LogOutputOptions {
  gapLine(lost: Lost): string;
  onDropped(lost: Lost): void;
  /** Standard output where it is left out. */
  readonly descriptor?: number;
}

/** `stuck`: a thread is in a system call that does not come back, and the process would wait for it. */
export type OutputEnd = 'written' | 'lost' | 'stuck';

export interface LogOutput {
  /** @param stream the log, where it is left out */
  write(line: string, stream?: LineStream): void;
  /** Writes what can be written soon. What is logged afterwards is written too, if the process lives. */
  close(): Promise<OutputEnd>;
}

/** Milliseconds that a process which ends gives its last lines. */
export const closeTimeout = 1_000;

/** Milliseconds for the last lines of a process that ends all at once, and between two attempts. */
const lastTries = 20;
const betweenTries = 5;

export function openLogOutput({ descriptor = 1, ...told }: LogOutputOptions): LogOutput {
  const file = ownDescription(descriptor);
  const writer = new LineWriter({
    ...told,
    write: (bytes, done) => write(file, bytes, 0, bytes.length, null, done),
  });
  const last = (): void => {
    // A thread may be writing the lines before these.
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
 * The same pipe or terminal, opened again without blocking. A regular file never says EAGAIN, and has its place to write
 * in the file that was opened first; a socket cannot be opened by name, and Node makes it one that does not block
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

/** @returns whether all was written */
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
