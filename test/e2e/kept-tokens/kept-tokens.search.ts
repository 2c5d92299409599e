/**
 * @module
 * Hostile requests of a thousand callers through an Envoy that keeps tokens, with two threads: what reaches the upstream
 * is the same as by a route where mintproc is asked for each request.
 *
 * `npm run isolation` has the same with reloads, rotations and killed workers, and far more requests.
 */
import { isDeepStrictEqual } from 'node:util';
import { Dice } from '../../search/dice.ts';
import { type Effort, Finding, type Search } from '../../search/search.ts';
import { keepTokens } from '../harness/kept-tokens.ts';
import { missingEnvoy } from '../harness/missing-envoy.ts';
import { type Stack, startStack } from '../harness/stack.ts';
import { codeIn } from '../hostile/judge.ts';
import { startRawUpstream } from '../hostile/raw-upstream.ts';
import { SeenRequest } from '../hostile/seen-request.ts';
import { Sender } from '../hostile/sender.ts';
import { makeIdentities } from '../isolation/identities.ts';
import { files, mintproc, outputs, withFreshRoute } from './kept-scene.ts';
import { freshHeader, pairHeader, type Twin, twinsOf } from './twins.ts';

export const search: Search = {
  name: 'kept-tokens',
  property: 'A token that Envoy kept says what a new one would say, and nothing else of the request is different.',
  inputs: 100_000,
  share: 1_500,
  missing: missingEnvoy,
  run,
};

const callers = 1_000;
/** Callers who send half of all requests. */
const frequent = 10;
/** Pairs on their way. */
const inFlight = 24;

/** What became of a request: what the upstream got, and the status with the code of a refusal. */
interface Fate {
  status?: string;
  arrivals: number;
  headers?: unknown;
  /** What no request may have. */
  problem?: string;
}

type Fates = Record<Twin, Fate>;

async function run(effort: Effort): Promise<string> {
  const sent = new Map<string, Fates>();
  await using upstream = await startRawUpstream((head) => arrived(SeenRequest.of(head), sent));
  await using stack = await startStack({
    files,
    mintproc,
    concurrency: 2,
    envoy(config, folder) {
      config.setPort('upstream', upstream.port);
      keepTokens(config, folder);
      withFreshRoute(config);
    },
  });
  using sender = new Sender(stack.port, inFlight);
  const dice = new Dice(effort.seed);
  const identities = makeIdentities(callers, stack.credentials.callerKey);
  const waiting = new Set<Promise<void>>();
  const statuses = new Map<string, number>();
  let finding: Finding | undefined;
  for await (const number of effort.inputs()) {
    if (finding !== undefined) break;
    const identity = identities[dice.roll(dice.chance(50) ? frequent : callers)];
    if (identity === undefined) throw new Error('no caller');
    const twins = twinsOf(number, identity, dice);
    const fates: Fates = { kept: { arrivals: 0 }, fresh: { arrivals: 0 } };
    sent.set(String(number), fates);
    const ask = async (twin: Twin): Promise<void> => {
      const { status, body } = await sender.ask(twins[twin]);
      fates[twin].status = `${status} ${codeIn(body) ?? ''}`.trimEnd();
    };
    const both = Promise.all([ask('kept'), ask('fresh')]).then(() => {
      sent.delete(String(number));
      waiting.delete(both);
      if (!isDeepStrictEqual(fates.kept, fates.fresh) || fates.kept.problem !== undefined) {
        finding ??= new Finding(`pair ${number}: ${JSON.stringify(fates)} of ${JSON.stringify(twins.kept)}`);
      }
      const { status = '' } = fates.kept;
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    });
    waiting.add(both);
    while (waiting.size >= inFlight) await Promise.race(waiting);
  }
  await Promise.all(waiting);
  if (finding !== undefined) throw finding;
  const hits = await checkedHits(stack, statuses);
  return [`${hits} kept tokens given`, ...Array.from(statuses, ([status, count]) => `${count} pairs ${status}`)].join(
    '; ',
  );
}

/** mintproc has counted each request that Envoy has not given a kept token. */
async function checkedHits(stack: Stack, statuses: ReadonlyMap<string, number>): Promise<number> {
  const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);
  const hits = sum((await stack.envoyStats('mintproc_reuse_hits')).values());
  const { body } = await stack.admin('/metrics');
  const asked = sum(body.matchAll(/^mintproc_requests_total\{.*\} (\d+)$/gm).map(([, count]) => Number(count)));
  // Envoy itself answers with a bare status.
  const reached = sum(statuses.entries().map(([status, count]) => (/^200$| /.test(status) ? 2 * count : 0)));
  if (hits === 0) throw new Finding('Envoy has given no kept token.');
  if (asked + hits !== reached) {
    throw new Finding(`mintproc was asked for ${asked} requests, ${hits} got a kept token, and ${reached} were sent.`);
  }
  return hits;
}

function arrived(seen: SeenRequest, sent: ReadonlyMap<string, Fates>): void {
  const fates = sent.get(seen.first(pairHeader) ?? '');
  if (fates === undefined) throw new Error('a request arrived that was not sent');
  const isFresh = seen.values(freshHeader).includes('1');
  const fate = fates[isFresh ? 'fresh' : 'kept'];
  fate.arrivals += 1;
  const extra = seen.fields.find(({ name, bytes }) => isForbidden(seen.target, name, bytes));
  if (extra !== undefined) fate.problem = extra.name;
  fate.headers = [
    seen.method,
    seen.target,
    ...seen.fields.flatMap(({ name, bytes }) => comparable(name, bytes)),
  ].sort();
}

/** The caller's own token and its claims, a client's copy of the route's token, and other spellings of its header. */
function isForbidden(target: string, name: string, bytes: Buffer): boolean {
  const folded = name.replace(/[^a-z0-9]/g, '-');
  if (['authorization', 'x-mintproc-caller'].includes(folded)) return true;
  const own = target.startsWith('/flex') ? outputs.flex : outputs.apigee;
  return folded === own && (name !== own || bytes.toString() === 'spoofed');
}

/** The headers without what differs between two requests, and tokens without their times and signatures. */
function comparable(name: string, bytes: Buffer): readonly string[] {
  if (name === 'x-request-id' || name === freshHeader) return [];
  const value = bytes.toString('latin1');
  if (!Object.values<string>(outputs).includes(name) || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(value))
    return [`${name}: ${value}`];
  const [header = '', payload = ''] = value.split('.').map((part) => Buffer.from(part, 'base64url').toString());
  const { iat, exp, nbf, ...claims } = JSON.parse(payload) as Readonly<Record<string, unknown>>;
  if (![iat, exp].every((time) => typeof time === 'number')) return [`${name}: no times: ${payload}`];
  if (Number(exp) <= Date.now() / 1000) return [`${name}: expired`];
  return [`${name}: ${header} ${typeof nbf} ${JSON.stringify(claims)}`];
}
