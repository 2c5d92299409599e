/**
 * @module
 * Has configurations checked by another process, so that no file, however large, wrong or slow to read, blocks the
 * process that serves. The check has a time limit, and its process a memory limit.
 */
import type { ChildProcess } from 'node:child_process';
import type { Code } from '../../diagnostics/codes.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import type { OutsideAnswer } from '../../keys/outside/outside-signers.ts';
import type { Unlocked } from '../../keys/unlocked-keys.ts';
import type { TlsPart } from '../listener-tls.ts';
import type { CheckEnd, CheckMessage, CheckQuestion, CheckRequest } from './check.ts';
import { FileDigests } from './file-digests.ts';
import { CollectedInputs, type ReadInputs } from './load-inputs.ts';
import type { SerializedHeldKey } from './serialized-keys.ts';

/** The result of a check. */
export interface Checked {
  /** `broken`: the check did not finish, `unstarted`: its process did not start; the problem says why. */
  readonly end: CheckEnd | 'broken' | 'unstarted';
  readonly problems: readonly Problem[];
  /** Undefined if the check broke before it was known. */
  readonly tls: TlsPart | undefined;
  /** What was read. Parsed documents are included only if the configuration can be loaded. */
  readonly read: ReadInputs;
  readonly fileDigests: FileDigests;
  readonly generated: ReadonlyMap<string, SerializedHeldKey>;
  readonly unlocked: ReadonlyMap<string, Unlocked>;
  readonly outside: ReadonlyMap<string, OutsideAnswer>;
  /** Milliseconds that loading took. */
  readonly loadTime: number;
}

export interface CheckerOptions {
  /** Starts this program as `mintproc check`, with an IPC channel in `advanced` serialization. */
  start(): ChildProcess;
  /** Time limit of a check, in milliseconds. */
  readonly limit?: number;
}

/** Large configurations take some seconds on a whole core; a sidecar may have a tenth of one. */
const defaultLimit = 120_000;

/** Milliseconds within which a killed process ends, unless it hangs in a system call. */
const endTime = 2_000;

export class Checker {
  readonly #options: CheckerOptions;
  /** The running process, or one that has not ended because it hangs in a system call. */
  #child: ChildProcess | undefined;
  #exited: Promise<void> = Promise.resolve();
  #abort: (() => void) | undefined;

  constructor(options: CheckerOptions) {
    this.#options = options;
  }

  /** Checks one configuration. Call it again only when the check before has ended. */
  async check(question: CheckQuestion): Promise<Checked> {
    if (await this.#isFree()) return this.#run(question);
    return new CheckMessages(question.file).broken('The previous check hangs in the file system and cannot be stopped');
  }

  /** Whether the process of the previous check has ended. */
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
    const messages = new CheckMessages(question.file);
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
    const timer = setTimeout(() => end(messages.broken(`It took longer than ${limit / 1000} s`)), limit);
    this.#abort = () => end(messages.broken('mintproc is stopping'));
    const send = (request: CheckRequest): void => {
      // A process that has ended emits `exit`.
      if (child.connected) child.send(request, () => undefined);
    };
    child.on('message', (message: CheckMessage) => {
      // Node delivers all messages that have arrived in one event-loop turn.
      if (message.kind === 'pause') setImmediate(send, { kind: 'go-on' });
      const checked = messages.take(message);
      if (checked !== undefined) end(checked);
    });
    let exit: string | undefined;
    const ended = (): void => {
      if (exit !== undefined && !child.connected) end(messages.broken(exit));
    };
    child.once('error', (error) => {
      this.#child = undefined;
      over();
      const broken = messages.broken(
        `Its process cannot be started (${'code' in error ? String(error.code) : error.name})`,
      );
      end({ ...broken, end: 'unstarted' });
    });
    child.once('exit', (code, signal) => {
      this.#child = undefined;
      over();
      exit = describeExit(code, signal);
      ended();
    });
    child.once('disconnect', ended);
    send({ kind: 'check', ...question });
    return promise;
  }

  /** Stops a check that is running. */
  close(): void {
    this.#abort?.();
  }
}

/** A process that hangs in a system call cannot be killed; it must not keep this process alive. */
function release(child: ChildProcess): void {
  child.kill('SIGKILL');
  if (child.connected) child.disconnect();
  child.unref();
}

function describeExit(code: number | null, signal: NodeJS.Signals | null): string {
  // V8 aborts if its heap is full; a shell reports the signal as 134.
  if (signal === 'SIGABRT' || code === 134) return 'It exceeded its memory limit';
  if (signal !== null) return `Its process was killed by ${signal}, as memory limits do`;
  return `Its process exited with code ${code}`;
}

/** Collects the messages of one check. */
class CheckMessages {
  readonly #file: string;
  readonly #fileDigests = new FileDigests();
  readonly #read = new CollectedInputs();
  #reading: string | undefined;
  #tls: TlsPart | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  /** @returns the result, with the last message */
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
        this.#fileDigests.add(message);
        this.#read.take(message);
        return undefined;
      case 'end':
        return this.#checked(message);
    }
  }

  /** @param reason a sentence without its full stop */
  broken(reason: string): Checked {
    const reading = this.#reading === undefined ? '' : ` The last file that it started to read is ${this.#reading}.`;
    const code: Code = 'config.check-broken';
    const message = `The new configuration could not be checked. ${reason}.${reading}`;
    const place = { file: this.#file, line: 1, column: 1 };
    const problems = [{ code, severity: 'error', message, place } as const];
    const nothing = { generated: new Map(), unlocked: new Map(), outside: new Map() };
    return this.#checked({ end: 'broken', problems, ...nothing, loadTime: 0 });
  }

  #checked(found: Omit<Checked, 'tls' | 'read' | 'fileDigests'>): Checked {
    const { end, problems, generated, unlocked, outside, loadTime } = found;
    const [tls, read, fileDigests] = [this.#tls, this.#read, this.#fileDigests];
    return { end, problems, tls, generated, unlocked, outside, loadTime, read, fileDigests };
  }
}
