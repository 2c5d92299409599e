/**
 * @module
 * A clock that a test moves for other processes, by libfaketime (the package `faketime` of Debian). Timers keep their
 * pace: only the time of day is moved.
 */
import { existsSync, renameSync, writeFileSync } from 'node:fs';

const library = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1';

/** Why no clock can be moved here; undefined if one can be. */
export const noFakeTime: string | undefined =
  process.platform === 'linux' && existsSync(library) ? undefined : 'faketime is not installed';

/** The environment of a process whose clock is read from `file`: what is added to the real time, such as `+3600`. */
function fakeTime(file: string): Readonly<Record<string, string>> {
  return {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    // The times of files stay as they are, or each would change whenever the clock moves.
    NO_FAKE_STAT: '1',
  };
}

/** The same as assignments of a shell. `file` is written as it is, so that it may name a variable. */
export function fakeTimeInShell(file: string): string {
  return Object.entries(fakeTime(file))
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}

/** One clock for several processes. Between two steps it runs as fast as the real one. */
export class SteppedClock {
  readonly environment: Readonly<Record<string, string>>;
  readonly #file: string;
  /** Milliseconds ahead of the real time. */
  #ahead = 0;

  constructor(file: string) {
    this.#file = file;
    this.environment = fakeTime(file);
    this.step(0);
  }

  /** Milliseconds since the epoch. */
  get now(): number {
    return Date.now() + this.#ahead;
  }

  /** The file is replaced at once: no process reads a part of it. */
  step(milliseconds: number): void {
    this.#ahead += milliseconds;
    const next = `${this.#file}.next`;
    writeFileSync(next, `+${(this.#ahead / 1000).toFixed(3)}\n`);
    renameSync(next, this.#file);
  }
}
