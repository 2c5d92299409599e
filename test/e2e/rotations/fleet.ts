/**
 * @module
 * Processes of `mintproc serve` with one configuration and one folder of keys, and `mintproc keys rotate`, which changes
 * them. All have one clock.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../../../demo/ports.ts';
import { ProcessGroup, type Running } from '../../../demo/process-group.ts';
import { isUp, untilReady } from '../../../demo/readiness.ts';
import { ec, policy } from '../../configuration/key-world.ts';
import { StreamClient } from '../../extproc/stream-client.ts';
import { SteppedClock } from '../harness/fake-time.ts';
import { project } from '../harness/stack.ts';

export interface FleetOptions {
  readonly replicas: number;
  readonly kind: 'versions' | 'directory';
  /** The lifetime of tokens, in seconds. */
  readonly exp: number;
  /** `jwks` besides its address. */
  readonly jwks: Readonly<Record<string, unknown>>;
}

/** How long files may take to reach a process, its next look at them included: what `keys rotate` reckons with. */
const arrival = 65_000;

const program = join(project, 'src', 'main.ts');

export interface Rotated {
  readonly kid: string;
  /** When the new key signs, in milliseconds since the epoch. */
  readonly begins: number;
}

export class Fleet implements AsyncDisposable {
  readonly clock: SteppedClock;
  readonly replicas: readonly Replica[];
  readonly #folder: string;
  readonly #group: ProcessGroup;

  private constructor(folder: string, clock: SteppedClock, group: ProcessGroup, replicas: readonly Replica[]) {
    this.#folder = folder;
    this.clock = clock;
    this.#group = group;
    this.replicas = replicas;
  }

  static async start({ replicas: count, kind, exp, jwks }: FleetOptions): Promise<Fleet> {
    const folder = mkdtempSync(join(tmpdir(), 'mintproc-rotations-'));
    const clock = new SteppedClock(join(folder, 'clock'));
    const group = new ProcessGroup(folder);
    mkdirSync(join(folder, 'keys'));
    writeFileSync(join(folder, 'keys', 'first.pem'), ec(), { mode: 0o600 });
    writeFileSync(join(folder, 'p.yaml'), policy({ exp, claim: "#[attributes.headers['x-number']]" }));
    writeFileSync(
      join(folder, 'orders.yaml'),
      JSON.stringify({
        policies: [{ name: 'p', file: 'p.yaml', key: 'orders' }],
        routes: [{ match: {}, policies: ['p'] }],
        keys: { orders: kind === 'versions' ? { versions: [{ file: 'keys/first.pem' }] } : { directory: 'keys' } },
      }),
    );
    const replicas: Replica[] = [];
    for (let number = 1; number <= count; number++) {
      const ports = { listen: await freePort(), admin: await freePort(), jwks: await freePort() };
      // What differs between the processes is in a file of each, which includes what is rotated.
      const file = `replica-${number}.yaml`;
      const addresses = {
        listen: `127.0.0.1:${ports.listen}`,
        admin: `127.0.0.1:${ports.admin}`,
        jwks: { listen: `127.0.0.1:${ports.jwks}`, ...jwks },
        // No request is sent to a process that has been told to stop; those on their way are answered.
        drain: { delay: '500ms' },
        include: ['orders.yaml'],
      };
      writeFileSync(join(folder, file), JSON.stringify(addresses));
      replicas.push(new Replica({ number, file, folder, ports, group, clock }));
    }
    const fleet = new Fleet(folder, clock, group, replicas);
    try {
      await Promise.all(replicas.map((replica) => replica.start()));
      return fleet;
    } catch (error) {
      await fleet[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Returns when every process publishes the new key: it fails if one takes longer than it may. */
  async rotate(...more: readonly string[]): Promise<Rotated> {
    const line = [program, 'keys', 'rotate', '--config', 'replica-1.yaml', 'orders', ...more];
    const env = { ...process.env, ...this.clock.environment };
    const { stdout } = await promisify(execFile)(process.execPath, line, { cwd: this.#folder, env });
    const kid = /^ {2}next +(\S+)/m.exec(stdout)?.[1];
    const begins = Date.parse(/^ {2}signs from +(\S+)/m.exec(stdout)?.[1] ?? '');
    assert.ok(kid !== undefined && !Number.isNaN(begins), stdout);
    const until = performance.now() + arrival;
    for (const replica of this.replicas) {
      while (!(await replica.publishes(kid))) {
        assert.ok(performance.now() < until, `replica ${replica.number} does not publish a new key in time`);
        await pause(100);
      }
    }
    return { kid, begins };
  }

  /** Lines of the logs of all processes that say that a change came too late or was refused. */
  complaints(): readonly string[] {
    const logs = readdirSync(this.#folder).filter((name) => name.endsWith('.log'));
    const lines = logs.flatMap((name) => readFileSync(join(this.#folder, name), 'utf8').split('\n'));
    return lines.filter((line) => /keys\.late-announcement|the last good one stays in force/.test(line));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const replica of this.replicas) replica.close();
    await this.#group[Symbol.asyncDispose]();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

interface ReplicaPlace {
  readonly number: number;
  readonly file: string;
  readonly folder: string;
  readonly ports: { readonly listen: number; readonly admin: number; readonly jwks: number };
  readonly group: ProcessGroup;
  readonly clock: SteppedClock;
}

/** The place of a process: the next one after a restart has its addresses. */
class Replica {
  readonly number: number;
  readonly jwks: string;
  readonly #place: ReplicaPlace;
  #running: { readonly process: Running; readonly client: StreamClient } | undefined;
  #starts = 0;

  constructor(place: ReplicaPlace) {
    this.number = place.number;
    this.jwks = `http://127.0.0.1:${place.ports.jwks}/.well-known/jwks.json`;
    this.#place = place;
  }

  /** Returns when it is ready. */
  async start(): Promise<void> {
    const { number, file, folder, ports, group, clock } = this.#place;
    this.#starts += 1;
    const started = await group.start({
      name: `replica-${number}-${this.#starts}`,
      file: process.execPath,
      args: [program, 'serve', '--config', file],
      cwd: folder,
      environment: clock.environment,
    });
    await untilReady(started, () => isUp(`http://127.0.0.1:${ports.admin}/readyz`));
    this.#running = { process: started, client: new StreamClient(`127.0.0.1:${ports.listen}`) };
  }

  /** As Kubernetes does it: no new requests, SIGTERM, and another process when this one has ended. */
  async restart(): Promise<void> {
    const running = this.#running;
    assert.ok(running, 'it is restarted once at a time');
    this.#running = undefined;
    assert.equal(await running.process.stop(), 0, running.process.log);
    running.client.close();
    await this.start();
  }

  /** @returns the token; undefined if no request may be sent to it now. @throws AssertionError if it does not mint */
  async mint(number: number): Promise<string | undefined> {
    const client = this.#running?.client;
    if (client === undefined) return undefined;
    const fields = { ':path': '/', ':method': 'GET', ':scheme': 'http', ':authority': 'a', 'x-number': `${number}` };
    const headers = Object.entries(fields).map(([key, value]) => ({ key, raw_value: Buffer.from(value) }));
    const { answers, status } = await client.converse([
      { request: 'request_headers', request_headers: { headers: { headers }, end_of_stream: true } },
    ]);
    const set = answers[0]?.request_headers?.response?.header_mutation?.set_headers ?? [];
    const value = set.find(({ header }) => header.key === 'authorization')?.header.raw_value.toString() ?? '';
    const [, token] = /^Bearer (.+)$/.exec(value) ?? [];
    assert.ok(token !== undefined, `replica ${this.number} mints no token: ${JSON.stringify(status)}`);
    return token;
  }

  async publishes(kid: string): Promise<boolean> {
    if (this.#running === undefined) return false;
    try {
      const { keys } = (await (await fetch(this.jwks)).json()) as { readonly keys: readonly { kid: string }[] };
      return keys.some((key) => key.kid === kid);
    } catch {
      return false; // it has been told to stop meanwhile
    }
  }

  close(): void {
    this.#running?.client.close();
  }
}
