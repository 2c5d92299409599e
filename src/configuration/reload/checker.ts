/**
 * @module
 * Has configurations checked by another process, so that no file, however large, wrong or slow to read, holds the one
 * that serves: the check has a limit of time, and its process one of memory.
 */
import type { ChildProcess } from 'node:child_process';
import type { Code } from '../../diagnostics/codes.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import type { Unlocked } from '../../keys/unlocked-keys.ts';
import type { TlsPart } from '../listener-tls.ts';
import type { CheckEnd, CheckMessage, CheckQuestion, CheckRequest } from './check.ts';
import { ArrivingInputs, type ReadInputs } from './load-inputs.ts';
import { ReadRecord } from './read-record.ts';
import type { StoredHeld } from './stored-keys.ts';

/** What a check found. */
export interface Checked {
  /** `broken`: it did not come to its end, which the problem explains. */
  readonly end: CheckEnd | 'broken';
  readonly problems: readonly Problem[];
  /** Undefined where the check broke before it. */
  readonly tls: TlsPart | undefined;
  /** What was read; documents are among it only where the configuration can be loaded. */
  readonly read: ReadInputs;
  readonly record: ReadRecord;
  readonly made: ReadonlyMap<string, StoredHeld>;
  readonly unlocked: ReadonlyMap<string, Unlocked>;
  /** Milliseconds that loading took. */
  readonly loadTime: number;
}

export interface CheckerOptions {
  /** Starts this program again as `mintproc check`, with a channel that takes whole objects. */
  start(): ChildProcess;
  /** Milliseconds that one check may take. */
  readonly limit?: number;
}

/** Large configurations take some seconds on a core of their own, and a sidecar may have a tenth of one. */
const defaultLimit = 120_000;

/** Milliseconds in which a process that was killed ends, unless it hangs in the system. */
const endTime = 2_000;

export class Checker {
  readonly #options: CheckerOptions;
  /** The process at work, or one that could not be ended yet because it hangs in the system. */
  #child: ChildProcess | undefined;
  #exited: Promise<void> = Promise.resolve();
  #abort: (() => void) | undefined;

  constructor(options: CheckerOptions) {
    this.#options = options;
  }

  /** One at a time. */
  async check(question: CheckQuestion): Promise<Checked> {
    if (await this.#isFree()) return this.#run(question);
    return new Parts(question.file).broken('The check before this one hangs in the file system, and cannot be ended');
  }

  /** Whether the process of the check before this one has ended. */
  async #isFree(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, endTime);
    });
    await Promise.race([this.#exited, late]);
    clearTimeout(timer);
    return this.#child === undefined;
  }

  #run(question: CheckQuestion): Promise<Checked> {
    const parts = new Parts(question.file);
    const child = this.#options.start();
    this.#child = child;
    const { promise: exited, resolve: over } = Promise.withResolvers<void>();
    this.#exited = exited;
    const { promise, resolve } = Promise.withResolvers<Checked>();
    const end = (checked: Checked): void => {
      clearTimeout(timer);
      this.#abort = undefined;
      release(child);
      resolve(checked);
    };
    const { limit = defaultLimit } = this.#options;
    const timer = setTimeout(() => end(parts.broken(`It took longer than ${limit / 1000} s`)), limit);
    this.#abort = () => end(parts.broken('mintproc stops'));
    const say = (request: CheckRequest): void => {
      // One that is gone tells so by itself.
      if (child.connected) child.send(request, () => undefined);
    };
    child.on('message', (message: CheckMessage) => {
      // Node hands over all messages that have come in one turn.
      if (message.kind === 'pause') setImmediate(say, { kind: 'go-on' });
      const checked = parts.take(message);
      if (checked !== undefined) end(checked);
    });
    let exit: string | undefined;
    const gone = (): void => {
      if (exit !== undefined && !child.connected) end(parts.broken(exit));
    };
    child.once('error', (error) => {
      this.#child = undefined;
      over();
      end(parts.broken(`Its process cannot be started (${'code' in error ? String(error.code) : error.name})`));
    });
    child.once('exit', (code, signal) => {
      this.#child = undefined;
      over();
      exit = describeExit(code, signal);
      gone();
    });
    child.once('disconnect', gone);
    say({ kind: 'check', ...question });
    return promise;
  }

  /** Ends what is under way. */
  close(): void {
    this.#abort?.();
  }
}

/** A process that hangs in the system cannot be killed; it must not keep this one from its end. */
function release(child: ChildProcess): void {
  child.kill('SIGKILL');
  if (child.connected) child.disconnect();
  child.unref();
}

function describeExit(code: number | null, signal: NodeJS.Signals | null): string {
  // V8 aborts where its heap is full; a shell would report the signal as 134.
  if (signal === 'SIGABRT' || code === 134) return 'It needed more memory than it may have';
  if (signal !== null) return `Its process was ended by ${signal}, as a limit of memory does`;
  return `Its process ended with ${code}`;
}

/** The messages of one check. */
class Parts {
  readonly #file: string;
  readonly #record = new ReadRecord();
  readonly #read = new ArrivingInputs();
  #reading: string | undefined;
  #tls: TlsPart | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  /** @returns what was checked, with the last message */
  take(message: CheckMessage): Checked | undefined {
    switch (message.kind) {
      case 'pause':
        return undefined;
      case 'reading':
        this.#reading = message.path;
        return undefined;
      case 'tls':
        this.#tls = message.part;
        return undefined;
      case 'file':
      case 'folder':
        this.#reading = undefined;
        this.#record.note(message);
        this.#read.take(message);
        return undefined;
      case 'end':
        return this.#checked(message);
    }
  }

  /** @param reason a sentence without its dot */
  broken(reason: string): Checked {
    const reading = this.#reading === undefined ? '' : ` The last file that it began to read is ${this.#reading}.`;
    const code: Code = 'config.check-broken';
    const message = `The new configuration could not be checked. ${reason}.${reading}`;
    const place = { file: this.#file, line: 1, column: 1 };
    const problems = [{ code, severity: 'error', message, place } as const];
    return this.#checked({ end: 'broken', problems, made: new Map(), unlocked: new Map(), loadTime: 0 });
  }

  #checked({ end, problems, made, unlocked, loadTime }: Omit<Checked, 'tls' | 'read' | 'record'>): Checked {
    return { end, problems, tls: this.#tls, made, unlocked, loadTime, read: this.#read, record: this.#record };
  }
}
