/**
 * @module
 * The commands of a page with processes beside them: a command that ends with `&` starts one. Every port of the page is
 * another one here, which is free, in the commands and in the files that they write.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../../demo/ports.ts';
import { ProcessGroup } from '../../../demo/process-group.ts';
import { PageFolder, type Result } from './page-folder.ts';
import type { Surroundings } from './run-blocks.ts';

/** mintproc, its admin address, Envoy's listener, its admin address, the upstream. */
const pagePorts = ['50051', '9464', '10000', '9901', '8080'];

/** The addresses of a `mintproc.yaml` that names none. */
const addresses = 'listen: 127.0.0.1:50051\nadmin: 127.0.0.1:9464\n';

export class PageProcesses implements Surroundings, AsyncDisposable {
  readonly #folder: PageFolder;
  readonly #group: ProcessGroup;
  readonly #ports: ReadonlyMap<string, string>;

  private constructor(envoy: string, ports: ReadonlyMap<string, string>) {
    this.#folder = new PageFolder({ ENVOY: envoy });
    this.#group = new ProcessGroup(this.#folder.root);
    this.#ports = ports;
  }

  /** @param envoy the path of the program */
  static async start(envoy: string): Promise<PageProcesses> {
    const pairs: [string, string][] = [];
    for (const port of pagePorts) pairs.push([port, String(await freePort())]);
    return new PageProcesses(envoy, new Map(pairs));
  }

  read(name: string): string {
    return this.#folder.read(name);
  }

  write(name: string, text: string): void {
    this.#folder.write(name, text);
  }

  async run(command: string): Promise<Result> {
    // The processes end with the page.
    if (command.startsWith('kill ')) return { code: 0, output: '' };
    const moved = replaced(command, this.#ports);
    if (moved.endsWith(' &')) return this.#startProcess(moved.slice(0, -' &'.length));
    const { code, output } = await this.#folder.run(moved);
    this.#moveFiles();
    return { code, output: replaced(output, inverse(this.#ports)) };
  }

  async #startProcess(command: string): Promise<Result> {
    const { environment, folder } = this.#folder;
    const variables = Object.entries(environment).map(([name, value]) => `${name}=${value ?? ''}`);
    const args = [...variables, 'sh', '-c', `exec ${command}`];
    await this.#group.start({ name: command.replace(/\W+/g, '-'), file: 'env', args, cwd: folder });
    return { code: 0, output: '' };
  }

  #moveFiles(): void {
    const { root } = this.#folder;
    for (const name of globSync('try/**/{mintproc,envoy}.yaml', { cwd: root })) {
      const file = join(root, name);
      const text = readFileSync(file, 'utf8');
      const whole = name.endsWith('mintproc.yaml') && !/^listen:/m.test(text) ? addresses + text : text;
      const moved = replaced(whole, this.#ports);
      if (moved !== text) writeFileSync(file, moved);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#group[Symbol.asyncDispose]();
    this.#folder[Symbol.dispose]();
  }
}

function replaced(text: string, ports: ReadonlyMap<string, string>): string {
  const known = new RegExp(`(?<![\\w.])(?:${[...ports.keys()].join('|')})(?!\\w)`, 'g');
  return text.replace(known, (port) => ports.get(port) ?? port);
}

function inverse(ports: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map(Array.from(ports, ([from, to]) => [to, from]));
}
