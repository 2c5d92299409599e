/**
 * @module
 * A soak: mixed requests at a steady rate through both filters, while policies are reloaded, keys rotated, bad
 * configurations refused, and connections come and go.
 */
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { connect } from 'node:net';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { runAsShipped, shippedProgram } from '../../../bench/servers/shipped.ts';
import { freePort } from '../../../demo/ports.ts';
import { publishVolume } from '../../configuration/mounted-volume.ts';
import { World } from '../failures/world.ts';
import { ask } from '../harness/client.ts';
import { project } from '../harness/stack.ts';
import { Arrivals } from '../mixed/arrivals.ts';
import { type Ending, MixedLoad } from '../mixed/mixed-load.ts';
import { mixedConfiguration, mixedFiles, pemOf, SignerKeys } from '../mixed/policies.ts';
import { descriptorsOf, figure, percentileOf, residentOf, type Sample, servingProcesses } from './sample.ts';

export interface SoakOptions {
  readonly minutes: number;
  readonly rate: number;
  readonly workers: number;
  readonly seed: number;
  /** Ends the run early. */
  readonly signal: AbortSignal;
  /** Told of each sample. */
  readonly sampled: (sample: Sample) => void;
  /** Told of each kind of problem when it is first seen. */
  readonly noticed: (problem: string) => void;
}

export interface Outcome {
  readonly samples: readonly Sample[];
  readonly requests: number;
  readonly tokens: number;
  readonly reloads: number;
  readonly refusedReloads: number;
  readonly rotations: number;
  readonly dropped: number;
  /** What must not be, each as a sentence. */
  readonly problems: readonly string[];
}

/** Seconds between two of them. */
const every = { reload: 4, rotation: 20, refused: 60 };
/** Connections that are opened and dropped each second. */
const drops = 4;
/** Milliseconds until what was changed last must be in force. */
const patience = 60_000;

export async function runSoak(options: SoakOptions): Promise<Outcome> {
  const keys = new SignerKeys();
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const arrivals = new Arrivals(keys, createPublicKey(rsa.privateKey));
  await using world = await World.create((request) => arrivals.check(request));
  world.write({ 'rsa.pem': pemOf(rsa.privateKey) });
  const soak = new Soak(world, keys, arrivals, options);
  return await soak.play();
}

/** What one second has seen. */
interface Second {
  readonly took: number[];
  readonly control: number[];
  requests: number;
  failures: number;
}

class Soak {
  readonly #world: World;
  readonly #keys: SignerKeys;
  readonly #arrivals: Arrivals;
  readonly #options: SoakOptions;
  readonly #problems = new Map<string, number>();
  readonly #samples: Sample[] = [];
  readonly #counts = { requests: 0, reloads: 0, refusedReloads: 0, rotations: 0, dropped: 0 };
  #generation = 0;
  #key = '';
  #second: Second = { took: [], control: [], requests: 0, failures: 0 };
  #cpu = { seconds: 0, requests: 0 };

  constructor(world: World, keys: SignerKeys, arrivals: Arrivals, options: SoakOptions) {
    this.#world = world;
    this.#keys = keys;
    this.#arrivals = arrivals;
    this.#options = options;
  }

  get #volume(): string {
    return join(this.#world.folder, 'volume');
  }

  async play(): Promise<Outcome> {
    this.#key = pemOf(this.#keys.next());
    this.#publish();
    const settings = {
      ...mixedConfiguration(this.#volume, join(this.#world.folder, 'rsa.pem')),
      workers: this.#options.workers,
      jwks: { listen: `127.0.0.1:${await freePort()}`, publishAhead: '500ms' },
    };
    const program = runAsShipped(project, shippedProgram(project));
    await this.#world.mintproc({ settings, program });
    await this.#playSeconds();
    await this.#untilInForce();
    return this.#outcome();
  }

  async #playSeconds(): Promise<void> {
    const { minutes, seed, signal } = this.#options;
    await using load = new MixedLoad({
      port: this.#world.ports.listener,
      seed,
      token: this.#world.credentials.token,
      variant: (filter) => `${filter}+patient`,
      ended: (ending) => this.#ended(ending),
    });
    const begin = performance.now();
    for (let second = 1; second <= minutes * 60 && !signal.aborted; second++) {
      await this.#load(begin + (second - 1) * 1000, load);
      this.#counts.requests = load.sent;
      this.#disturb(second);
      await this.#sample(second);
      if (!this.#world.runs) throw new Error(`mintproc ended after ${second} s.`);
    }
  }

  /** The requests of one second, at even distances. */
  async #load(begin: number, load: MixedLoad): Promise<void> {
    const { rate } = this.#options;
    for (let number = 0; number < rate; number++) {
      const due = begin + (number / rate) * 1000 - performance.now();
      if (due > 0) await pause(due);
      load.send();
      // Envoy itself answers a request that matches none of its routes.
      if (number % 5 === 0) load.also({}, (took) => this.#control(took));
    }
    const left = begin + 1000 - performance.now();
    if (left > 0) await pause(left);
  }

  #ended({ asked: { filter, path, status }, took, ...answer }: Ending): void {
    this.#second.requests += 1;
    if (answer.status !== undefined) this.#second.took.push(took);
    if (answer.status !== status) this.#fail(`${filter} ${path}: ${answer.status ?? ''} ${answer.body.slice(0, 90)}`);
  }

  #control(took: number | undefined): void {
    if (took === undefined) this.#fail('a request without a filter has no answer');
    else this.#second.control.push(took);
  }

  #fail(what: string): void {
    this.#second.failures += 1;
    if (!this.#problems.has(what)) this.#options.noticed(what);
    this.#problems.set(what, (this.#problems.get(what) ?? 0) + 1);
  }

  #disturb(second: number): void {
    for (let count = 0; count < drops; count++)
      this.#drop(this.#world.ports.listener, 'GET /connect HTTP/1.1\r\nhost:');
    this.#drop(this.#world.ports.mintproc, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    this.#drop(this.#world.ports.metrics, 'GET /metrics HTTP/1.1\r\n');
    const bad = second % every.refused === 0;
    if (second % every.rotation === 0) {
      this.#key = pemOf(this.#keys.next());
      this.#counts.rotations += 1;
    }
    if (second % every.reload === 0) this.#publish(bad);
  }

  /** A connection that ends in the middle of what it sends. */
  #drop(port: number, text: string): void {
    this.#counts.dropped += 1;
    const socket = connect(port, '127.0.0.1', () => socket.write(text, () => socket.destroy()));
    // It is closed by either side, whichever comes first.
    socket.on('error', () => socket.destroy());
  }

  #publish(bad = false): void {
    this.#generation += 1;
    const files = mixedFiles(this.#generation, this.#key);
    publishVolume(this.#volume, bad ? { ...files, 'flex.yaml': 'not a policy\n' } : files);
    if (bad) this.#counts.refusedReloads += 1;
    else this.#counts.reloads += 1;
  }

  async #sample(second: number): Promise<void> {
    const pids = servingProcesses(this.#world.sidecar.pid);
    const { body } = await ask(this.#world.ports.metrics, { path: '/metrics' });
    const { took, control, requests, failures } = this.#second;
    this.#second = { took: [], control: [], requests: 0, failures: 0 };
    const cpu = {
      seconds: figure(body, 'process_cpu_seconds_total'),
      requests: figure(body, 'mintproc_requests_total'),
    };
    const served = cpu.requests - this.#cpu.requests;
    const sample: Sample = {
      at: second,
      requests,
      failures,
      p50: percentileOf(took, 0.5),
      p99: percentileOf(took, 0.99),
      control: percentileOf(control, 0.5),
      resident: residentOf(pids),
      heap: figure(body, 'nodejs_heap_size_used_bytes') / 1e6,
      descriptors: descriptorsOf(pids),
      lag: figure(body, 'nodejs_eventloop_lag_max_seconds') * 1000,
      cpu: second === 1 || served === 0 ? null : ((cpu.seconds - this.#cpu.seconds) * 1e6) / served,
      load: loadavg()[0] ?? 0,
    };
    this.#cpu = cpu;
    this.#samples.push(sample);
    this.#options.sampled(sample);
  }

  /** The last change of all is a good one, and is in force. */
  async #untilInForce(): Promise<void> {
    this.#publish();
    const until = performance.now() + patience;
    while (this.#arrivals.generation !== this.#generation) {
      if (performance.now() > until) return this.#fail('The last configuration did not come into force.');
      await this.#world.ask('ext_proc', '/caller', [
        ['x-number', 'last'],
        ['authorization', `Bearer ${this.#world.credentials.token}`],
      ]);
      await pause(100);
    }
  }

  #outcome(): Outcome {
    const { wrong, problems, right } = this.#arrivals;
    const unexpected = Array.from(this.#problems, ([what, count]) => `${count} times ${what}`);
    return {
      ...this.#counts,
      samples: this.#samples,
      tokens: right,
      problems: [...unexpected, ...(wrong > 0 ? [`${wrong} requests at the upstream were wrong`, ...problems] : [])],
    };
  }
}
