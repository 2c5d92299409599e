/**
 * @module
 * What a command may use of the world around it. `main.ts` passes the real thing, tests pass their own.
 */

import type { ChildProcess } from 'node:child_process';
import type { CheckMessage, CheckRequest } from '../configuration/reload/check.ts';
import type { ParentLink, PrimaryLink } from '../serving/workers/messages.ts';

export interface Terminal {
  /** Writes to standard output; the text brings its own line breaks. */
  out(text: string): void;
  /** Writes a line to standard error. */
  error(line: string): void;
  /** The lines of standard input. */
  lines(): AsyncIterable<string>;
  /** The version of mintproc. */
  readonly version: string;
  /** The process's environment, for variables that a configuration declares to come from it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Gives back what is no longer used; takes tens of milliseconds, in which nothing else runs. */
  collectGarbage(): void;
  /** Calls `stop` at each SIGTERM or SIGINT until the returned function is called; then they end the process at once. */
  onStop(stop: () => void): () => void;
  /** Calls `reload` at each SIGHUP until the returned function is called. */
  onReload(reload: () => void): () => void;
  /** SIGTERM, SIGINT and SIGHUP do nothing from now on. */
  ignoreSignals(): void;
  /** The process cannot end by itself once the command is done: a thread of it is in a system call that does not come back. */
  threadIsStuck(): void;
  /** Starts this program again as `mintproc worker NUMBER`, with a channel that takes whole objects. */
  startWorker(number: number): ChildProcess;
  /** Starts this program again as `mintproc check`, with such a channel. */
  startChecker(): ChildProcess;
  /** The channel to the process that started this one as a worker. */
  readonly primary: PrimaryLink | undefined;
  /** The channel to the process that started this one to check a configuration. */
  readonly server: ParentLink<CheckMessage, CheckRequest> | undefined;
  /** Others go before this process where CPU time or memory is scarce. */
  stepBack(): void;
}

/** A sentence for the user; the command ends with exit code 1. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** The command line itself is wrong; exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
