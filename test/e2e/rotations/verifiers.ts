/**
 * @module
 * Verifiers in a process that has the clock of the fleet.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Refused, Verifying } from './verifying-process.ts';

export class Verifiers implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown>;

  constructor(verifying: Verifying, environment: Readonly<Record<string, string>>) {
    this.#process = fork(join(import.meta.dirname, 'verifying-process.ts'), [JSON.stringify(verifying)], {
      env: { ...process.env, ...environment },
    });
    this.#ended = once(this.#process, 'exit');
  }

  /** One batch at a time. @returns which tokens were refused */
  async verify(tokens: readonly string[]): Promise<readonly Refused[]> {
    if (tokens.length === 0) return [];
    const answer = once(this.#process, 'message');
    this.#process.send(tokens);
    const ended = this.#ended.then(() => Promise.reject(new Error('The process of the verifiers has ended.')));
    const [refused] = await Promise.race([answer, ended]);
    return refused;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.connected) this.#process.disconnect();
    await this.#ended;
  }
}
