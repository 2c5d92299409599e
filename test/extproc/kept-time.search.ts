/**
 * @module
 * For how long Envoy may keep a token: random keys, times and callers, compared with a model that knows only the
 * configuration and when each token was minted. Each message is read by both codecs, and each answer written by both.
 */
import { loadConfiguration } from '../../src/configuration/load.ts';
import type { Decision } from '../../src/decision/decision.ts';
import type { JsonObject, JsonValue } from '../../src/diagnostics/json.ts';
import { decodeRequest } from '../../src/extproc/codec/decode-request.ts';
import { encodeDecision } from '../../src/extproc/codec/encode-response.ts';
import { respondTo } from '../../src/extproc/respond.ts';
import { readRequest } from '../../src/extproc/wire.ts';
import { asks, keyClaims, reuseNamespace } from '../../src/request/envoy-reuse.ts';
import type { IncomingRequest } from '../../src/request/incoming-request.ts';
import { decideAtOnce } from '../at-once.ts';
import { memoryFiles } from '../configuration/memory-files.ts';
import { Dice } from '../search/dice.ts';
import { type Effort, Finding, type Search } from '../search/search.ts';
import { defaultLimits } from './default-limits.ts';
import { messageWith, shuffledBy } from './shuffled-message.ts';
import { processMethod } from './stream-client.ts';

export const search: Search = {
  name: 'kept-time',
  property: 'Envoy may keep a token exactly as long as every bound on it allows, and with no other digest.',
  inputs: 200_000,
  share: 4_000,
  run,
};

const start = 1_700_000_000_000;
/** Inputs with one configuration, one after another in its time. */
const inputsEach = 200;
/** Milliseconds. */
const shortest = 100;

interface Bounds {
  readonly name: string;
  readonly header: string;
  readonly for: number;
  readonly leeway: number;
  readonly inEnvoy: number;
  /** Seconds from its issue until a token expires; 0: never. */
  readonly lifetime: number;
}

interface Fixture {
  readonly policies: readonly Bounds[];
  /** When each key begins to sign. */
  readonly begins: readonly number[];
  readonly digest: string;
  readonly clock: { now: number };
  readonly decide: (request: IncomingRequest) => Decision;
  /** The policies that have minted a token since this was cleared. */
  readonly minted: Set<string>;
  /** When each token was minted, by its policy and its text. */
  readonly mintedAt: Map<string, number>;
}

function boundsOf(dice: Dice, name: string): Bounds {
  return {
    name,
    header: `x-${name}`,
    for: 1 + dice.roll(dice.chance(50) ? 2_000 : 60_000),
    leeway: dice.roll(dice.chance(50) ? 2_000 : 20_000),
    inEnvoy: dice.chance(30) ? 98 + dice.roll(4) : 1 + dice.roll(20_000),
    lifetime: dice.chance(20) ? 0 : 1 + dice.roll(60),
  };
}

function policyText({ lifetime }: Bounds): string {
  const customClaims = [{ name: 'by', value: '#[authentication.principal]' }];
  const config = { signingMethod: 'HS256', iat: true, exp: lifetime, nbf: 0, customClaims, customHeaders: [] };
  return JSON.stringify([{ policyRef: { name: 'jwt-generation-flex' }, config }]);
}

function fixtureOf(dice: Dice): Fixture {
  const policies = ['one', 'two'].slice(dice.roll(2)).map((name) => boundsOf(dice, name));
  const others = Array.from({ length: dice.roll(4) }, () => start + dice.roll(60_000));
  const begins = [Number.NEGATIVE_INFINITY, ...new Set(others.toSorted((a, b) => a - b))];
  const files: Record<string, string> = {};
  const versions = begins.map((from, at) => {
    files[`${at}.key`] = `secret number ${at} of at least thirty-two bytes`;
    const dated = Number.isFinite(from) ? { activeFrom: new Date(from).toISOString() } : {};
    return { file: `${at}.key`, kid: `${at}`, ...dated };
  });
  for (const policy of policies) files[`${policy.name}.yaml`] = policyText(policy);
  files['mintproc.yaml'] = JSON.stringify({
    authentication: { sources: [{ from: 'jwt_authn', payload: 'p', principal: 'sub' }] },
    keys: { hmac: { versions } },
    policies: policies.map(({ name, header, ...bounds }) => ({
      name,
      file: `${name}.yaml`,
      key: 'hmac',
      output: { header },
      reuse: { for: `${bounds.for}ms`, leeway: `${bounds.leeway}ms`, inEnvoy: `${bounds.inEnvoy}ms` },
    })),
    routes: [{ match: {}, policies: policies.map(({ name }) => name) }],
  });
  const minted = new Set<string>();
  const uncounted = { increment: () => undefined };
  const { snapshot, problems } = loadConfiguration('mintproc.yaml', {
    files: memoryFiles(files),
    now: () => start,
    reuseCounters: (policy) => ({
      hit: uncounted,
      miss: { increment: () => void minted.add(policy) },
      evicted: uncounted,
    }),
  });
  if (snapshot?.envoyReuse === undefined) throw new Error(JSON.stringify(problems));
  const clock = { now: start };
  const decide = decideAtOnce(snapshot, { clock: () => clock.now, randomId: () => 'an id' });
  const { digest } = snapshot.envoyReuse;
  return { policies, begins, digest, clock, decide, minted, mintedAt: new Map() };
}

/** The caller's own `exp` in various forms, and until when it lets Envoy keep a token; undefined: not at all. */
function callerEnd(dice: Dice, now: number): readonly [exp: JsonValue | undefined, end: bigint | undefined] {
  if (dice.chance(10)) return [undefined, BigInt(Number.MAX_SAFE_INTEGER)];
  if (dice.chance(10)) return [dice.pick([null, '1700000000', true, [now], { exp: now }]), undefined];
  const fraction = dice.chance(50) ? dice.roll(1_000) / 1_000 : 0;
  const exp = Math.floor(now / 1000) + dice.roll(20) - 2 + fraction;
  // A double of this size has no digits beyond 2^-30, so the product is exact, and the division rounds down.
  return [exp, (BigInt(exp * 2 ** 30) * 1000n) >> 30n];
}

/** The time that the model allows, in milliseconds. */
function modelTime(fixture: Fixture, tokens: readonly string[], callerEnds: bigint): number {
  const { policies, begins, clock, mintedAt } = fixture;
  const { now } = clock;
  const ends = policies.map((policy, at) => {
    const token = tokens[at] ?? '';
    const born = mintedAt.get(`${policy.name} ${token}`) ?? Number.NEGATIVE_INFINITY;
    const { exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    const expires = exp === undefined ? Number.POSITIVE_INFINITY : exp * 1000 - policy.leeway;
    return Math.min(now + policy.inEnvoy, born + policy.for, expires);
  });
  const next = begins.find((from) => from > now) ?? Number.POSITIVE_INFINITY;
  return Math.min(...ends, next, Number(callerEnds)) - now;
}

const bytesOf = ({ bytes, start: from, end }: ReturnType<typeof encodeDecision>): Buffer => bytes.subarray(from, end);

const { requestDeserialize, responseSerialize, responseDeserialize } = processMethod();

async function run(effort: Effort): Promise<string> {
  const dice = new Dice(effort.seed);
  const results = new Map<string, number>();
  let fixture = fixtureOf(dice);
  for await (const input of effort.inputs()) {
    if (input % inputsEach === 0) fixture = fixtureOf(dice);
    const result = tryRequest(dice, fixture);
    results.set(result, (results.get(result) ?? 0) + 1);
  }
  return Array.from(results, ([result, count]) => `${count} ${result}`).join(', ');
}

/** @throws Finding */
function tryRequest(dice: Dice, fixture: Fixture): string {
  const { clock, digest } = fixture;
  clock.now += dice.chance(3) ? -dice.roll(5_000) : dice.roll(dice.chance(80) ? 300 : 10_000);
  const [exp, callerEnds] = callerEnd(dice, clock.now);
  const isAsked = !dice.chance(10);
  const asked = isAsked ? digest : dice.pick<JsonValue>([`${digest}=`, digest.toLowerCase(), '', 1, null, [digest]]);
  const claims = { sub: `caller ${dice.roll(3)}`, ...(exp === undefined ? {} : { exp }) };
  const metadata: Record<string, JsonObject> = {
    'envoy.filters.http.jwt_authn': { p: claims },
    [reuseNamespace]: {
      [asks]: asked,
      [keyClaims]: Buffer.from(JSON.stringify(claims)).toString('base64url'),
    },
  };
  const bytes = messageWith(metadata, shuffledBy(dice), [[':path', '/']]);
  const decisions = [decodeRequest(bytes, 0, bytes.length), requestDeserialize(bytes)].map((message) =>
    decided(fixture, readRequest(message, undefined, defaultLimits)),
  );
  const [first, second] = decisions;
  const shown = `${JSON.stringify({ ...fixture, minted: undefined, claims, asked, now: clock.now })}`;
  if (first === undefined || second === undefined) throw new Error('there are two codecs');
  const answers = decisions.map((decision) => JSON.stringify([decision.set, decision.keeping]));
  if (answers[0] !== answers[1]) throw new Finding(`${shown}\n${answers.join('\n')}`);
  assertEncodedAlike(first, shown);
  return judge(fixture, first, isAsked ? callerEnds : undefined, shown);
}

type Forward = Extract<Decision, { kind: 'forward' }>;

function decided({ decide, minted, mintedAt, clock, policies }: Fixture, request: IncomingRequest): Forward {
  minted.clear();
  const decision = decide(request);
  if (decision.kind !== 'forward') throw new Finding(`${decision.kind}`);
  policies.forEach(({ name }, at) => {
    if (minted.has(name)) mintedAt.set(`${name} ${tokenAt(decision, at)}`, clock.now);
  });
  return decision;
}

function tokenAt({ set }: Forward, at: number): string {
  return set[at]?.[1].replace(/^Bearer /, '') ?? '';
}

function assertEncodedAlike(decision: Forward, shown: string): void {
  const direct = responseDeserialize(bytesOf(encodeDecision(decision)));
  const generic = responseDeserialize(responseSerialize(respondTo(decision)));
  if (JSON.stringify(direct) !== JSON.stringify(generic)) throw new Finding(`encoded differently: ${shown}`);
}

/** @param callerEnds undefined if nothing may be kept @throws Finding */
function judge(fixture: Fixture, decision: Forward, callerEnds: bigint | undefined, shown: string): string {
  const { keeping } = decision;
  const tokens = fixture.policies.map((_, at) => tokenAt(decision, at));
  const time = callerEnds === undefined ? Number.NEGATIVE_INFINITY : modelTime(fixture, tokens, callerEnds);
  const expected = time >= shortest ? time : undefined;
  if (keeping === undefined || keeping.for !== expected || (keeping.result === 'permitted') !== time >= shortest) {
    throw new Finding(`${JSON.stringify(keeping)} in place of ${expected}: ${shown}\n${tokens.join('\n')}`);
  }
  return keeping.result;
}
