/**
 * @module
 * Where random faults happen: a mintproc with mixed policies behind a real Envoy, under load through both filters, and
 * what is remembered of it.
 */
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../../demo/ports.ts';
import type { Seen } from '../../../demo/upstream.ts';
import { type Canary, pem } from '../../cli/secrets/canaries.ts';
import { publishVolume } from '../../configuration/mounted-volume.ts';
import { privateKeyFor } from '../../keys/outside/service-keys.ts';
import { Dice } from '../../search/dice.ts';
import { type Figures, World } from '../failures/world.ts';
import { Arrivals } from '../mixed/arrivals.ts';
import { type Ending, MixedLoad } from '../mixed/mixed-load.ts';
import { mixedConfiguration, mixedFiles, pemOf, SignerKeys } from '../mixed/policies.ts';
import { callersText, type Filter } from '../mixed/questions.ts';
import { descriptorsOf, residentOf, servingProcesses } from '../soak/sample.ts';

/** How mintproc is started for a fault. */
export interface Setting {
  /** What differs from the mixed configuration. */
  readonly settings?: (stage: Stage) => Readonly<Record<string, unknown>> | Promise<Readonly<Record<string, unknown>>>;
  /** A shell command around `"$@"`, which is mintproc. */
  readonly around?: string;
  /** A variant of Envoy's filters. */
  readonly variant?: 'tls';
  /** More paths whose requests get a token. */
  readonly paths?: readonly string[];
}

export interface Use {
  readonly descriptors: number;
  /** Megabytes. */
  readonly resident: number;
}

export interface Mark {
  readonly figures: Figures;
  readonly envoy: Figures;
  readonly lines: number;
  readonly pid: number;
}

/** Requests a second. */
const rate = 60;

export class Stage implements AsyncDisposable {
  readonly world: World;
  readonly dice: Dice;
  readonly keys = new SignerKeys();
  readonly #rsa: KeyObject = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  readonly #secrets: Canary[] = [];
  #key = '';
  #generation = 0;
  #settings: Readonly<Record<string, unknown>> = {};
  #setting: Setting = {};
  #load: MixedLoad | undefined;
  #over: number | undefined;
  arrivals: Arrivals;
  endings: Ending[] = [];
  /** Milliseconds since the epoch until something ends. */
  deadline = 0;
  /** Parts of a log that is elsewhere. */
  logged: string[] = [];

  private constructor(seed: number, world: World) {
    this.dice = new Dice(seed);
    this.world = world;
    this.arrivals = this.#newArrivals();
    this.#secrets.push(pem(this.#rsa));
  }

  static async create(seed: number): Promise<Stage> {
    let stage: Stage | undefined;
    const world = await World.create((seen: Seen) => stage?.arrivals.check(seen));
    stage = new Stage(seed, world);
    return stage;
  }

  #newArrivals(): Arrivals {
    return new Arrivals(this.keys, createPublicKey(this.#rsa), [createPublicKey(privateKeyFor('ES256'))]);
  }

  get volume(): string {
    return join(this.world.folder, 'volume');
  }

  get #rsaFile(): string {
    return join(this.world.folder, 'rsa.pem');
  }

  get generation(): number {
    return this.#generation;
  }

  /** Starts another mintproc, with new keys, and the load. */
  async begin(setting: Setting): Promise<void> {
    await this.world.stopMintproc();
    this.#setting = setting;
    this.rotate();
    this.publish();
    this.world.write({ 'rsa.pem': pemOf(this.#rsa) });
    const mixed = mixedConfiguration(this.volume, this.#rsaFile);
    this.#settings = { ...mixed, workers: 2, ...(await setting.settings?.(this)) };
    await this.startMintproc();
    this.arrivals = this.#newArrivals();
    this.endings = [];
    this.logged = [];
    this.#over = undefined;
    const suffix = setting.variant === undefined ? '' : `+${setting.variant}`;
    this.#load = new MixedLoad({
      port: this.world.ports.listener,
      seed: this.dice.roll(1 << 30),
      token: this.world.credentials.token,
      variant: (filter: Filter) => `${filter}${suffix}`,
      ...(setting.paths === undefined ? {} : { paths: setting.paths }),
      ended: (ending) => void this.endings.push(ending),
    });
    this.#load.start(rate);
  }

  /** The configuration of this fault. */
  get settings(): Readonly<Record<string, unknown>> {
    return this.#settings;
  }

  startMintproc(): Promise<void> {
    return this.world.mintproc({ settings: this.#settings, around: this.#setting.around });
  }

  /** The policies are another generation. */
  publish(): void {
    this.#generation += 1;
    publishVolume(this.volume, this.files());
  }

  files(): Readonly<Record<string, string>> {
    return mixedFiles(this.#generation, this.#key);
  }

  /** The next generation has another key. */
  rotate(): void {
    const key = this.keys.next();
    this.#secrets.push(pem(key));
    this.#key = pemOf(key);
  }

  /** Tells when the fault is over, if it is later than the call that ends it. */
  over(): void {
    this.#over = performance.now();
  }

  get overAt(): number | undefined {
    return this.#over;
  }

  /** Waits for a random time. @param from milliseconds @param to milliseconds */
  async sometime(from: number, to: number): Promise<void> {
    await pause(from + this.dice.roll(to - from));
  }

  async endLoad(): Promise<void> {
    await this.#load?.[Symbol.asyncDispose]();
    this.#load = undefined;
  }

  use(): Use {
    const pids = servingProcesses(this.world.sidecar.pid);
    return { descriptors: descriptorsOf(pids), resident: residentOf(pids) };
  }

  async mark(): Promise<Mark> {
    const { world } = this;
    const [figures, envoy] = [await world.figures(), await world.envoyStats()];
    return { figures, envoy, lines: world.log().length, pid: world.sidecar.pid };
  }

  /** Process ids of the workers. */
  workers(): readonly number[] {
    return servingProcesses(this.world.sidecar.pid).slice(1);
  }

  descriptorsOf(pid: number): number {
    return descriptorsOf([pid]);
  }

  /** The sum of the series with this name. */
  async figure(name: string): Promise<number> {
    return sumOf(await this.world.figures(), name);
  }

  async freeAddress(): Promise<string> {
    return `127.0.0.1:${await freePort()}`;
  }

  /** The mixed configuration with one more policy, whose path is its name. */
  withPolicy(policy: {
    readonly name: string;
    readonly file: string;
    readonly key: object;
  }): Readonly<Record<string, unknown>> {
    this.world.write({ [policy.file]: this.files()['flex.yaml'] ?? '' });
    const { policies, routes } = mixedConfiguration(this.volume, this.#rsaFile);
    return {
      policies: [...policies, policy],
      routes: [...routes, { match: { pathPrefix: `/${policy.name}` }, policies: [policy.name] }],
    };
  }

  /** Connections that send the beginning of something, or nothing. */
  connect(port: number, count: number): readonly Socket[] {
    return Array.from({ length: count }, () => {
      const text = this.dice.pick([
        '',
        'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
        'GET /connect HTTP/1.1\r\nhost: a\r\n',
        '\0'.repeat(50),
      ]);
      const socket = connect(port, '127.0.0.1', () => socket.write(text));
      // Either side may close it, whichever comes first.
      socket.on('error', () => socket.destroy()).resume();
      return socket;
    });
  }

  /** Whether a piece of a key, of a token, or a value of a header or a claim is in the log or in an answer. */
  leaks(): readonly string[] {
    const log = [readFileSync(this.world.sidecar.log, 'utf8'), ...this.logged].join('\n');
    const refusals = this.endings.filter(({ status }) => status !== 200).map(({ body }) => body);
    const texts = { 'the log': log, 'an answer': [...new Set(refusals)].join('\n') };
    const [, , signature = ''] = this.world.credentials.token.split('.');
    return Object.entries(texts).flatMap(([place, text]) => [
      ...this.#secrets.filter((secret) => secret.isIn(text)).map(() => `a key is in ${place}`),
      ...(text.includes(signature) ? [`the caller's token is in ${place}`] : []),
      ...(/\beyJ[\w-]{10}/.test(text) ? [`a token is in ${place}`] : []),
      ...(callersText.test(text) ? [`a header or a claim is in ${place}`] : []),
    ]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.endLoad();
    await this.world[Symbol.asyncDispose]();
  }
}

/** @param name with labels or without; without, all series of the name count */
export function sumOf(figures: Figures, name: string): number {
  const exact = figures.get(name);
  if (exact !== undefined) return exact;
  const all = [...figures].filter(([series]) => series.startsWith(`${name}{`));
  return all.reduce((sum, [, value]) => sum + value, 0);
}
