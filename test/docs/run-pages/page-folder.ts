/**
 * @module
 * Where the commands of a page run: a folder that is the reader's clone, as far as a page uses one, with the commands
 * `mintproc`, `envoy` and `upstream` of docs/start.md. A command that is `mintproc` alone runs in this process; the shell
 * runs all others.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { runCommand, type Written } from '../../cli/captured-terminal.ts';

const project = join(import.meta.dirname, '..', '..', '..');

/** The folders of a clone that pages read. */
const shared = ['config', 'demo', 'deploy', 'docs'];

/** What the reader's shell has under each name. */
const programs = { mintproc: 'src/main.ts', envoy: 'demo/run-envoy.ts', upstream: 'demo/run-upstream.ts' } as const;

export interface Result {
  readonly code: number;
  /** Standard output and standard error in the order of what was written, but for what went to a file. */
  readonly output: string;
}

export class PageFolder implements Disposable {
  readonly #base = mkdtempSync(join(tmpdir(), 'mintproc-page-'));
  readonly #home = process.cwd();
  readonly #root = join(this.#base, 'clone');
  #folder = this.#root;
  readonly environment: Record<string, string | undefined>;

  constructor(environment: Readonly<Record<string, string>> = {}) {
    const bin = join(this.#base, 'bin');
    mkdirSync(bin);
    mkdirSync(this.#root);
    for (const name of shared) symlinkSync(join(project, name), join(this.#root, name));
    for (const [name, file] of Object.entries(programs)) {
      const text = `#!/bin/sh\nexec '${process.execPath}' '${join(project, file)}' "$@"\n`;
      writeFileSync(join(bin, name), text, { mode: 0o755 });
    }
    this.environment = { ...process.env, ...environment, NO_COLOR: '1', PATH: `${bin}:${process.env['PATH']}` };
  }

  /** The folder in which the next command runs. */
  get folder(): string {
    return this.#folder;
  }

  /** The files that commands and the page have written. */
  get root(): string {
    return this.#root;
  }

  read(name: string): string {
    return readFileSync(join(this.#folder, name), 'utf8');
  }

  write(name: string, text: string): void {
    const file = join(this.#folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  async run(command: string): Promise<Result> {
    const [, folder] = /^cd (\S+)$/.exec(command) ?? [];
    if (folder !== undefined) return this.#change(folder);
    const [, name, value] = /^(?:export )?([A-Z_]+)=(.*)$/.exec(command) ?? [];
    if (name !== undefined && value !== undefined) return this.#assign(name, value);
    const simple = simpleCommand(command);
    return simple === undefined ? this.#runShell(command) : await this.#runHere(simple);
  }

  #change(folder: string): Result {
    const target = resolve(this.#folder, folder);
    if (relative(this.#root, target).startsWith('..')) throw new Error(`cd ${folder} leaves the clone`);
    this.#folder = target;
    return { code: 0, output: '' };
  }

  /** A variable of the reader's shell, which all later commands have. */
  #assign(name: string, value: string): Result {
    const line = `V=${value}\nprintf %s "$V"`;
    this.environment[name] = execFileSync('sh', ['-ec', line], { ...this.#place, encoding: 'utf8' });
    return { code: 0, output: '' };
  }

  get #place(): { readonly cwd: string; readonly env: Record<string, string | undefined> } {
    return { cwd: this.#folder, env: this.environment };
  }

  #runShell(command: string): Result {
    const { status, stdout } = spawnSync('sh', ['-ec', `exec 2>&1\n${command}`], { ...this.#place, encoding: 'utf8' });
    return { code: status ?? -1, output: stdout };
  }

  async #runHere({ words, from, to }: SimpleCommand): Promise<Result> {
    const input = from === undefined ? [] : this.read(from).split('\n');
    const written: Written[] = [];
    const environment = Object.fromEntries(
      Object.entries(this.environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    );
    process.chdir(this.#folder);
    try {
      const { code, out } = await runCommand(words, input, environment, false, {
        now: Date.now,
        onWrite: (part) => written.push(part),
      });
      if (to !== undefined) this.write(to, out);
      const seen = to === undefined ? written : written.filter((part) => part.to === 'errors');
      return { code, output: seen.map(({ text }) => text).join('') };
    } finally {
      process.chdir(this.#home);
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.#base, { recursive: true });
  }
}

interface SimpleCommand {
  /** After `mintproc`. */
  readonly words: readonly string[];
  /** The file of standard input. */
  readonly from: string | undefined;
  /** The file of standard output. */
  readonly to: string | undefined;
}

/** `mintproc` without what only a shell understands; undefined for any other command. */
function simpleCommand(command: string): SimpleCommand | undefined {
  const [, line, , from, , to] = /^mintproc ([\w\s./:=,@+-]+?)( < (\S+))?( > (\S+))?$/.exec(command) ?? [];
  return line === undefined ? undefined : { words: line.trim().split(/\s+/), from, to };
}
