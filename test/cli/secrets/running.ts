/**
 * @module
 * The same files before the program itself: its commands, its start, and a process that serves and is told to read them.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Input, Said, World } from './world.ts';

const main = join(import.meta.dirname, '..', '..', '..', 'src', 'main.ts');

interface Printed {
  readonly text: string;
  readonly code: number | null;
}

function command(line: readonly string[]): Printed {
  const { stdout, stderr, status } = spawnSync(process.execPath, [main, ...line], { encoding: 'utf8' });
  return { text: `${stdout}${stderr}`, code: status };
}

/** A process that serves `serving.yaml`, which is replaced by one file after the other. */
export class Running implements AsyncDisposable {
  readonly #world: World;
  readonly #file: string;
  readonly #child: ChildProcess;
  #output = '';
  #admin: string | undefined;

  constructor(world: World) {
    this.#world = world;
    this.#file = join(world.folder, 'serving.yaml');
    writeFileSync(this.#file, valid);
    this.#child = spawn(process.execPath, [main, 'serve', '--config', this.#file], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (piece: string) => {
        this.#output += piece;
      });
    }
  }

  /** What the commands say of a file, and what a process says that serves when it comes. */
  async said(input: Input): Promise<Said> {
    const policy = this.#world.write(input);
    const { configuration } = this.#world;
    const before = this.#output.length;
    await this.#offer(readFileSync(configuration));
    const validated = command(['validate', configuration]);
    return {
      validate: validated.text,
      mint: command(['mint', '--policy', policy, '--config', configuration, '--request', this.#world.request]).text,
      // What is valid would serve until it is stopped.
      serve: validated.code === 1 ? command(['serve', '--config', configuration]).text : '',
      log: this.#output.slice(before),
      readyz: await this.#get('/readyz'),
      metrics: await this.#get('/metrics'),
    };
  }

  /** Returns once the process has said something about the configuration. */
  async #offer(contents: Buffer): Promise<void> {
    await this.#until(/The admin server is listening/, 0);
    const { length } = this.#output;
    writeFileSync(this.#file, contents);
    // What was refused before is not told again where the text is the same.
    appendFileSync(this.#file, `\n# ${length}\n`);
    this.#child.kill('SIGHUP');
    await this.#until(/is refused|is in force|could not be checked/, length);
  }

  async #until(wanted: RegExp, from: number): Promise<void> {
    while (!wanted.test(this.#output.slice(from))) {
      if (this.#child.exitCode !== null) throw new Error(`serve ended: ${this.#output}`);
      await Promise.race([once(this.#child, 'exit'), ...[this.#child.stdout, this.#child.stderr].map(nextData)]);
    }
  }

  async #get(path: string): Promise<string> {
    this.#admin ??= /"address":"([^"]+)"[^\n]*The admin server is listening/.exec(this.#output)?.[1];
    // A connection of its own: one that was kept may be closed at the other end at this moment.
    const asked = get(`http://${this.#admin}${path}`, { agent: false });
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    return text(response);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await ended;
  }
}

function nextData(stream: ChildProcess['stdout']): Promise<unknown> {
  return stream === null ? new Promise(() => undefined) : once(stream, 'data');
}

const valid = `policies: [{ name: orders, file: keyless.yaml, key: { file: key.txt } }]
routes: [{ match: {}, policies: [orders] }]
listen: 127.0.0.1:0
admin: 127.0.0.1:0
drainSeconds: 0
log: { level: trace }
`;
