/**
 * @module
 * Where faults happen: a real Envoy and an upstream that stay, and a mintproc that each fault starts as it needs it.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { stringify } from 'yaml';
import { type Credentials, prepareCredentials } from '../../../demo/credentials.ts';
import { freePort } from '../../../demo/ports.ts';
import { ProcessGroup, type Running } from '../../../demo/process-group.ts';
import { isUp, untilReady } from '../../../demo/readiness.ts';
import { type Seen, startUpstream } from '../../../demo/upstream.ts';
import { secretDocument, secretName } from '../../../src/sds/secret-document.ts';
import { type Answer, ask } from '../harness/client.ts';
import { envoyBinary, project } from '../harness/stack.ts';
import { type StartedVault, startVault } from '../harness/started-vault.ts';
import { makeTlsFiles } from '../harness/tls-files.ts';
import { type FailingPorts, failingEnvoy, tokenFile, type Via } from './failing-envoy.ts';
import { usualConfiguration, usualFiles } from './usual-configuration.ts';

export interface Start {
  /** What differs from the usual `mintproc.yaml`. */
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
  /** A shell command around `"$@"`, which is mintproc. Default: mintproc alone. */
  readonly around?: string | undefined;
  /** Whether it is expected not to start. */
  readonly fails?: true | undefined;
  /** The command line of mintproc. Default: from its sources. */
  readonly program?: readonly string[] | undefined;
}

/** Series and their values. */
export type Figures = ReadonlyMap<string, number>;

type Ports = FailingPorts & { readonly metrics: number };

const fromSources = [process.execPath, join(project, 'src', 'main.ts')];

/** Milliseconds that something may take to be seen. */
const longest = 20_000;

export class World implements AsyncDisposable {
  readonly folder: string;
  readonly ports: Ports;
  readonly credentials: Credentials;
  /** Every request that reached the upstream, unless another one looks at them. */
  readonly seen: readonly Seen[];
  readonly #group: ProcessGroup;
  readonly #upstream: Server;
  #envoy: Running | undefined;
  #sidecar: Running | undefined;
  /** What the sidecar was started with. */
  #started: string | undefined;
  #count = 0;
  #vault: Promise<StartedVault> | undefined;

  private constructor(made: Pick<World, 'folder' | 'ports' | 'credentials' | 'seen'>, upstream: Server) {
    this.folder = made.folder;
    this.ports = made.ports;
    this.credentials = made.credentials;
    this.seen = made.seen;
    this.#upstream = upstream;
    this.#group = new ProcessGroup(made.folder);
  }

  /** @param onSeen gets each request that reached the upstream. Default: all are kept in `seen` */
  static async create(onSeen?: (request: Seen) => void): Promise<World> {
    const folder = mkdtempSync(join(tmpdir(), 'mintproc-fail-'));
    const [listener = 0, admin = 0, upstream = 0, mintproc = 0, tls = 0, nobody = 0, metrics = 0] = await Promise.all(
      Array.from({ length: 7 }, freePort),
    );
    const seen: Seen[] = [];
    const server = await startUpstream(upstream, onSeen ?? ((request) => seen.push(request)));
    const credentials = await prepareCredentials(folder);
    const ports = { listener, admin, upstream, mintproc, tls, nobody, metrics };
    const world = new World({ folder, ports, credentials, seen }, server);
    await world.#writeFiles();
    await world.startEnvoy();
    return world;
  }

  async #writeFiles(): Promise<void> {
    const [good, ended] = await Promise.all([makeTlsFiles(), makeTlsFiles(-60)]);
    this.write({
      ...usualFiles,
      [tokenFile]: secretDocument(secretName(tokenFile), ''),
      'envoy.yaml': failingEnvoy(this.ports).toString(),
      'server.crt': good['server.crt'],
      'server.key': good['server.key'],
      'ended.crt': ended['server.crt'],
      'ended.key': ended['server.key'],
      'client.crt': good['client.crt'],
      'client.key': good['client.key'],
      'authorities.crt': `${good['authority.crt']}${ended['authority.crt']}`,
    });
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(this.folder, name), text);
  }

  async startEnvoy(): Promise<void> {
    await this.#envoy?.stop();
    const args = ['-c', 'envoy.yaml', '--disable-hot-restart', '--concurrency', '1', '--log-level', 'warning'];
    this.#envoy = await this.#group.start({ name: 'envoy', file: await envoyBinary(), args, cwd: this.folder });
    await untilReady(this.#envoy, () => isUp(`http://127.0.0.1:${this.ports.admin}/ready`));
  }

  get envoy(): Running {
    if (this.#envoy === undefined) throw new Error('Envoy was never started');
    return this.#envoy;
  }

  configuration(settings: Start['settings'] = {}): string {
    const { mintproc, metrics } = this.ports;
    return stringify({
      listen: `127.0.0.1:${mintproc}`,
      admin: `127.0.0.1:${metrics}`,
      ...usualConfiguration,
      ...settings,
    });
  }

  get sidecar(): Running {
    if (this.#sidecar === undefined) throw new Error('mintproc was never started');
    return this.#sidecar;
  }

  /** A mintproc that was started in this way and still runs; if there is none, it is started. */
  async mintproc({ settings, around = 'exec "$@"', fails, program = fromSources }: Start = {}): Promise<void> {
    const wanted = JSON.stringify([settings, around]);
    if (wanted === this.#started && this.#sidecar?.ending === undefined) return;
    await this.stopMintproc();
    this.write({ 'mintproc.yaml': this.configuration(settings) });
    const serve = [...program, 'serve', '--config', 'mintproc.yaml'];
    this.#count++;
    const name = `mintproc-${this.#count}`;
    const sidecar = await this.#group.start({
      name,
      file: 'sh',
      args: ['-c', around, 'sh', ...serve],
      cwd: this.folder,
    });
    this.#sidecar = sidecar;
    this.#started = wanted;
    if (fails === true) await sidecar.ended;
    else await untilReady(sidecar, async () => (await this.readiness()) !== undefined && (await this.#isReached()));
  }

  /** Envoy waits a moment before it connects anew. */
  async #isReached(): Promise<boolean> {
    const text = readFileSync(join(this.folder, 'mintproc.yaml'), 'utf8');
    if (!text.includes(`listen: 127.0.0.1:${this.ports.mintproc}\n`)) return true;
    const answer = await this.ask('ext_proc', '/unknown');
    return answer.body !== '';
  }

  /** The next fault gets another mintproc. */
  forget(): void {
    this.#started = undefined;
  }

  get wasStarted(): boolean {
    return this.#sidecar !== undefined;
  }

  get runs(): boolean {
    return this.#sidecar !== undefined && this.#sidecar.ending === undefined;
  }

  async stopMintproc(): Promise<void> {
    if (this.runs) {
      this.sidecar.signal('SIGKILL');
      await this.sidecar.ended;
    }
    this.#started = undefined;
  }

  /** A service that holds a key. It works until it is made to fail. */
  vault(): Promise<StartedVault> {
    this.#vault ??= startVault();
    return this.#vault;
  }

  /** Changes files, and waits until mintproc has looked at them. */
  async reload(change: () => void): Promise<void> {
    const before = await this.figures();
    change();
    await this.untilSeen('a reload', async () => reloadsIn(await this.figures()) > reloadsIn(before));
  }

  /** @param patience milliseconds */
  async untilSeen(what: string, isSeen: () => Promise<boolean>, patience = longest): Promise<void> {
    const giveUp = Date.now() + patience;
    while (!(await isSeen())) {
      if (Date.now() > giveUp) throw new Error(`${what} was not seen in ${patience / 1000} s`);
      await pause(20);
    }
  }

  ask(via: Via, path: string, headers: readonly (readonly [string, string])[] = [], body?: string): Promise<Answer> {
    const all = [['x-via', via] as const, ['authorization', 'Bearer spoofed'] as const, ...headers];
    const given = new Map(all.map(([name, value]) => [name, value]));
    const sent = body === undefined ? {} : { method: 'POST', body };
    return ask(this.ports.listener, { path, headers: [...given], ...sent });
  }

  /** The status and the body of `/readyz`; undefined if it does not answer. */
  async readiness(): Promise<
    { readonly status: number; readonly body: Readonly<Record<string, unknown>> } | undefined
  > {
    try {
      const patience = AbortSignal.timeout(2_000);
      const answer = await fetch(`http://127.0.0.1:${this.ports.metrics}/readyz`, { signal: patience });
      return { status: answer.status, body: (await answer.json()) as Readonly<Record<string, unknown>> };
    } catch {
      return undefined; // nothing listens, or it does not answer in time
    }
  }

  /** mintproc's metrics; empty if it does not answer. */
  async figures(): Promise<Figures> {
    if (!this.runs) return new Map();
    const answer = await ask(this.ports.metrics, { path: '/metrics' }).catch(() => undefined);
    return pairs(answer?.body ?? '', /^(mintproc_\S+) (\S+)$/gm);
  }

  /** Envoy's counters and gauges. */
  async envoyStats(): Promise<Figures> {
    const { body } = await ask(this.ports.admin, { path: '/stats?usedonly' });
    return pairs(body, /^(\S+): (\d+)$/gm);
  }

  /** The lines of mintproc's log that are JSON. */
  log(): readonly Readonly<Record<string, unknown>>[] {
    const lines = readFileSync(this.sidecar.log, 'utf8').split('\n');
    return lines.filter((line) => line.startsWith('{') && line.endsWith('}')).map((line) => JSON.parse(line));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#sidecar !== undefined) await this.stopMintproc();
    await this.#group[Symbol.asyncDispose]();
    await (await this.#vault)?.server[Symbol.asyncDispose]();
    this.#upstream.close();
    this.#upstream.closeAllConnections();
    rmSync(this.folder, { recursive: true });
  }
}

function pairs(text: string, pattern: RegExp): Figures {
  return new Map(Array.from(text.matchAll(pattern), ([, name = '', value]) => [name, Number(value)]));
}

function reloadsIn(figures: Figures): number {
  const results = ['success', 'failure'].map((result) => `mintproc_config_reload_total{result="${result}"}`);
  return results.reduce((sum, name) => sum + (figures.get(name) ?? 0), 0);
}
