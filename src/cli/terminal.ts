/**
 * @module
 * What a command may use of its process. `main.ts` passes the real one, tests pass their own.
 */

import type { ChildProcess } from 'node:child_process';
import type { CheckMessage, CheckRequest } from '../configuration/reload/check.ts';
import type { Answered, Asked } from '../playground/answering-process.ts';
import type { ParentLink, PrimaryLink } from '../serving/workers/messages.ts';

export interface Terminal {
  /** Writes to standard output, without adding line breaks. */
  out(text: string): void;
  /** Writes a line to standard error. */
  error(line: string): void;
  /** Whether standard output shows colours: it is a terminal, and `NO_COLOR` is not set. */
  readonly isColoured: boolean;
  /** Whether somebody can be asked: standard input and output are a terminal. */
  readonly isInteractive: boolean;
  /** The lines of standard input. */
  lines(): AsyncIterable<string>;
  /** The version of mintproc. */
  readonly version: string;
  /** The environment of the process, for the variables that a configuration reads from it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Collects garbage. It blocks the thread for tens of milliseconds. */
  collectGarbage(): void;
  /**
   * Calls `stop` at each SIGTERM or SIGINT until the returned function is called; from then on they end the process
   * immediately.
   */
  onStop(stop: () => void): () => void;
  /** Calls `reload` at each SIGHUP until the returned function is called. */
  onReload(reload: () => void): () => void;
  /** Ignores SIGTERM, SIGINT and SIGHUP from now on. */
  ignoreSignals(): void;
  /** Says that the process cannot exit by itself: one of its threads is in a system call that does not return. */
  threadIsStuck(): void;
  /** Starts this program again as `mintproc worker NUMBER`, with a channel for structured messages. */
  startWorker(number: number): ChildProcess;
  /** Starts this program again as `mintproc check`, with such a channel. */
  startChecker(): ChildProcess;
  /** Starts this program again as `mintproc answer OPTIONS`, with such a channel. */
  startAnswering(options: readonly string[]): ChildProcess;
  /** The channel to the process that started this one as a worker. */
  readonly primary: PrimaryLink | undefined;
  /** The channel to the process that started this one to check a configuration. */
  readonly server: ParentLink<CheckMessage, CheckRequest> | undefined;
  /** The channel to the playground that started this one to answer. */
  readonly asker: ParentLink<Answered, Asked> | undefined;
  /** Lowers the priority of this process for CPU time and memory. */
  stepBack(): void;
}

/** An error for the user; the command exits with code 1. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** A wrong command line; the command exits with code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
