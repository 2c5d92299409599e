/**
 * @module
 * The processes that try mutants, as the main process sees them: started when needed, and started again when a mutant
 * has broken one.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Reply, Request, Settings } from './child.ts';
import type { Measured, Verdict } from './judge.ts';

const program = join(import.meta.dirname, 'child.ts');

/** In MB: some mutants fill the memory. What all tests of `rest` execute takes more than a process that judges needs. */
const heap = { judging: 700, measuring: 2000 };

/** Thrown if the process ends before its answer. */
export class Ended extends Error {
  readonly signal: NodeJS.Signals | null;

  constructor(code: number | null, signal: NodeJS.Signals | null, output: string) {
    super(`The process ended with ${signal ?? code}. ${output}`);
    this.signal = signal;
  }
}

export class Worker {
  readonly #settings: Settings;
  readonly #execArgv: string[];
  #child: ChildProcess | undefined;
  #output = '';

  constructor(settings: Settings, work: keyof typeof heap = 'judging') {
    this.#settings = settings;
    this.#execArgv = [`--max-old-space-size=${heap[work]}`, '--no-warnings'];
  }

  /** @returns what could not be loaded */
  async start(): Promise<readonly string[]> {
    this.stop();
    this.#output = '';
    const { folder } = this.#settings;
    // Folders of tests are left behind by a process that is killed.
    const env = { ...process.env, TMPDIR: join(folder, 'tmp') };
    mkdirSync(env.TMPDIR, { recursive: true });
    const child = fork(program, {
      execArgv: this.#execArgv,
      env,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#output = (this.#output + text).slice(-2000);
    });
    this.#child = child;
    const reply = await this.#ask(child, this.#settings);
    return reply.kind === 'ready' ? reply.problems : [];
  }

  async measure(): Promise<Measured> {
    const reply = await this.#ask(await this.#running(), { kind: 'measure' });
    if (reply.kind !== 'measured') throw new Error(`The answer is ${reply.kind}.`);
    return reply;
  }

  async judge(request: Omit<Extract<Request, { kind: 'judge' }>, 'kind'>): Promise<Verdict> {
    const reply = await this.#ask(await this.#running(), { kind: 'judge', ...request });
    if (reply.kind !== 'verdict') throw new Error(`The answer is ${reply.kind}.`);
    return reply.verdict;
  }

  stop(): void {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }

  async #running(): Promise<ChildProcess> {
    if (this.#child === undefined) await this.start();
    if (this.#child === undefined) throw new Error('The process could not be started.');
    return this.#child;
  }

  async #ask(child: ChildProcess, request: Request | Settings): Promise<Reply> {
    const controller = new AbortController();
    const { signal } = controller;
    try {
      child.send(request);
      const ended = once(child, 'exit', { signal }).then(([code, by]) => {
        this.#child = undefined;
        throw new Ended(code, by, this.#output);
      });
      const answered = once(child, 'message', { signal }).then(([reply]): Reply => reply);
      return await Promise.race([answered, ended]);
    } finally {
      controller.abort();
    }
  }
}
