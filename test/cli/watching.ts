/**
 * A command that looks at files until it is ended.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

const main = join(import.meta.dirname, '..', '..', 'src', 'main.ts');

/** A command with `--watch` as a process of its own, in a new folder. */
export class Watching implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'mintproc-watch-'));
  readonly #child: ChildProcess;
  #out = '';
  #read = 0;

  constructor(files: Readonly<Record<string, string>>, command: readonly string[]) {
    after(() => rmSync(this.folder, { recursive: true }));
    for (const [name, text] of Object.entries(files)) this.save(name, text);
    this.#child = spawn(process.execPath, [main, ...command, '--watch'], {
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (piece: string) => {
      this.#out += piece;
    });
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  save(name: string, text: string | Buffer): void {
    mkdirSync(join(this.path(name), '..'), { recursive: true });
    writeFileSync(this.path(name), text);
  }

  /** The next line without its time. */
  async line(): Promise<string> {
    for (;;) {
      const end = this.#out.indexOf('\n', this.#read);
      if (end !== -1) {
        const line = this.#out.slice(this.#read, end);
        this.#read = end + 1;
        return line.replace(/^\d\d:\d\d:\d\d /, 'TIME ');
      }
      assert.equal(this.#child.exitCode, null, 'it has ended');
      await Promise.race([
        once(this.#child, 'exit'),
        ...(this.#child.stdout ? [once(this.#child.stdout, 'data')] : []),
      ]);
    }
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    const ended = once(this.#child, 'exit');
    this.#child.kill(signal);
    const [code] = (await ended) as [number | null];
    return code;
  }

  /** What has been printed and not been asked for. */
  get rest(): string {
    return this.#out.slice(this.#read);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await this.end('SIGKILL');
  }
}
