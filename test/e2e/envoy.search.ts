/**
 * @module
 * The real Envoy as a matrix (`harness/envoy-matrix.ts`): however its client of the processor is set up, every request
 * of a burst arrives with its token and its whole body, and nothing times out.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Decide } from '../../src/decision/decision.ts';
import { startServer } from '../../src/extproc/server.ts';
import { defaultLimits } from '../extproc/default-limits.ts';
import { RecordingObserver } from '../extproc/recording-observer.ts';
import { Dice } from '../search/dice.ts';
import { ordered } from '../search/pairwise.ts';
import { type Effort, Finding, type Search } from '../search/search.ts';
import { ask } from './harness/client.ts';
import {
  bodies,
  type Case,
  configureMatrix,
  describeCase,
  factors,
  pathOf,
  signs,
  troubles,
} from './harness/envoy-matrix.ts';
import { type LoneEnvoy, startLoneEnvoy } from './harness/lone-envoy.ts';
import { transport } from './harness/stack.ts';

export const search: Search = {
  name: 'envoy',
  property: 'Envoy has every request answered, whatever its HTTP/2 settings, client, processing mode and bodies.',
  inputs: ordered(factors, 0).combinations.length,
  share: 26,
  run,
};

const burst = 24;
/** Combinations that fail before the rest is not tried: each takes as long as Envoy's patience. */
const maxFailures = 10;
/** What bodies are made of. */
const [firstLetter, letters] = [97, 26];
const longestBody = Math.max(...Object.values(bodies).map(([, most]) => most));

async function run(effort: Effort): Promise<string> {
  const observer = new RecordingObserver();
  await using processor = await started(observer);
  await using upstream = await startUpstream();
  await using envoy = await startLoneEnvoy({
    processor: processor.address,
    upstreamPort: upstream.port,
    configure: (config) => configureMatrix(config, processor.address),
  });
  const { combinations, pairwise } = ordered(factors, effort.seed);
  const caller = new Caller(envoy, effort.seed);
  const failures: string[] = [];
  await envoy.grown(troubles);
  for await (const number of effort.inputs()) {
    const combination = combinations[number % combinations.length];
    if (combination === undefined) throw new Error('no combination');
    const failure = await caller.failure(combination);
    if (failure !== undefined) failures.push(`${describeCase(combination)}\n${failure}`);
    if (failures.length === maxFailures) break;
  }
  for (const { name } of observer.defects) failures.push(`a defect in the server: ${name}`);
  const tried = `${effort.tried} of ${combinations.length} combinations, ${caller.requests} requests`;
  if (failures.length > 0) throw new Finding([`${failures.length} failed of ${tried}:`, ...failures].join('\n'));
  const pairs = effort.tried < pairwise ? 'not every pair' : 'every pair';
  return `${tried}, ${pairs} of settings, ${(caller.bytes / 1e6).toFixed(0)} MB of bodies`;
}

async function started(observer: RecordingObserver) {
  const server = await startServer({
    limits: defaultLimits,
    addresses: ['127.0.0.1:0'],
    transport,
    observer,
    pin: () => decide,
  });
  const [address = ''] = server.addresses;
  return { address, [Symbol.asyncDispose]: async () => void (await server.stop(0)) };
}

/** A token of a common length, of each request its own. */
function tokenOf(number: string): string {
  return `minted-for-${number}-`.padEnd(700, 'x');
}

const decide: Decide = ({ headers }) => {
  const set = [['x-token', tokenOf(headers.first('x-number') ?? 'none')]] as const;
  return { kind: 'forward', set, remove: ['x-token'], mints: [] };
};

/** Answers with what arrived: the tokens and the body's digest as headers, and the body itself. */
async function startUpstream() {
  const server: Server = createServer(async (incoming, response) => {
    const body = await buffer(incoming).catch(() => undefined);
    if (body === undefined) return; // Envoy gave the request up
    response.setHeader('x-seen-token', incoming.headersDistinct['x-token']?.join() ?? 'none');
    response.setHeader('x-seen-body', digestOf(body));
    response.end(body);
  });
  // Envoy must not pick up a connection that is about to be closed for its idleness.
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  async function dispose(): Promise<void> {
    server.close();
    server.closeAllConnections();
  }
  return { port, [Symbol.asyncDispose]: dispose };
}

function digestOf(body: Buffer): string {
  return `${body.length} bytes, ${createHash('sha256').update(body).digest('hex')}`;
}

class Caller {
  readonly #envoy: LoneEnvoy;
  readonly #dice: Dice;
  /** Bodies are pieces of it. */
  readonly #pool: Buffer;
  requests = 0;
  bytes = 0;

  constructor(envoy: LoneEnvoy, seed: number) {
    this.#envoy = envoy;
    this.#dice = new Dice(seed);
    this.#pool = Buffer.from(Array.from({ length: 2 * longestBody }, () => firstLetter + this.#dice.roll(letters)));
  }

  /** Asks a burst at once. @returns what went wrong, with what Envoy counted of it */
  async failure(combination: Case): Promise<string | undefined> {
    const path = pathOf(combination);
    const [least, most] = bodies[combination.body] ?? [0, 0];
    const results = await Promise.all(Array.from({ length: burst }, () => this.#ask(path, least, most)));
    const troubled = await this.#envoy.grown(troubles);
    const seen = await this.#envoy.grown(signs);
    const wrong = Map.groupBy(results, (result) => result);
    wrong.delete('fine');
    const lines = Array.from(wrong, ([result, { length }]) => `  ${length} of ${burst} requests: ${result}`);
    if (lines.length + troubled.length === 0) return undefined;
    return [...lines, ...[...troubled, ...seen].map((line) => `  Envoy: ${line}`)].join('\n');
  }

  async #ask(path: string, least: number, most: number): Promise<string> {
    const body = this.#body(least + this.#dice.roll(most - least + 1));
    const number = String(this.requests++);
    this.bytes += body.length;
    const headers = [
      ['x-number', number],
      ['x-token', 'spoofed'],
    ] as const;
    try {
      const {
        status,
        headers: seen,
        body: returned,
      } = await ask(this.#envoy.port, { method: 'POST', path, headers, body });
      if (status !== 200) return `answered ${status}`;
      if (seen['x-seen-token'] !== tokenOf(number)) return 'another token at the upstream';
      if (seen['x-seen-body'] !== digestOf(body)) return 'another body at the upstream';
      return returned === body.toString() ? 'fine' : 'another body on the way back';
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  #body(bytes: number): Buffer {
    const from = this.#dice.roll(this.#pool.length - bytes + 1);
    return this.#pool.subarray(from, from + bytes);
  }
}
