/**
 * @module
 * A command that serves, as a process of its own.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const main = join(import.meta.dirname, '..', '..', 'src', 'main.ts');

export type LogLine = Readonly<Record<string, unknown>>;

export class Program implements AsyncDisposable {
  readonly #child: ChildProcess;
  #out = '';

  /** @param line the command and its arguments @param folder in which it runs */
  constructor(line: readonly string[], folder: string) {
    this.#child = spawn(process.execPath, [main, ...line], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child.stdout?.setEncoding('utf8').on('data', (piece: string) => {
      this.#out += piece;
    });
  }

  get log(): readonly LogLine[] {
    const whole = this.#out.slice(0, this.#out.lastIndexOf('\n') + 1);
    return whole.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as LogLine]));
  }

  /** The first line with this message, once it is there. */
  async line(message: string): Promise<LogLine> {
    for (;;) {
      const found = this.log.find((line) => line['message'] === message);
      if (found !== undefined) return found;
      assert.equal(this.#child.exitCode, null, `it has ended: ${this.#out}`);
      const { stdout } = this.#child;
      await Promise.race([once(this.#child, 'exit'), ...(stdout ? [once(stdout, 'data')] : [])]);
    }
  }

  /** The address of the JWKS, as a URL. */
  async keysUrl(): Promise<string> {
    return `http://${String((await this.line('The JWKS server is listening.'))['address'])}`;
  }

  /** @returns its exit code */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const { exitCode } = this.#child;
    if (exitCode !== null || this.#child.signalCode !== null) return exitCode;
    const ended = once(this.#child, 'exit');
    this.#child.kill(signal);
    return (await ended)[0] as number | null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGKILL');
  }
}

export async function kidsAt(url: string): Promise<readonly string[]> {
  const answer = await fetch(`${url}/.well-known/jwks.json`);
  assert.equal(answer.status, 200);
  const { keys } = (await answer.json()) as { readonly keys: readonly { readonly kid: string }[] };
  return keys.map(({ kid }) => kid).sort();
}
