/**
 * For how long Envoy may keep what a request gets: each bound at its millisecond, and everything that means no.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { loadConfiguration } from '../../src/configuration/load.ts';
import type { LoadContext } from '../../src/configuration/load-context.ts';
import type { Snapshot } from '../../src/configuration/snapshot.ts';
import { makeDecide } from '../../src/decision/decide.ts';
import type { Decision } from '../../src/decision/decision.ts';
import { type Keeping, type KeepingResult, keepingOf } from '../../src/decision/keep-in-envoy.ts';
import type { JsonObject, JsonValue } from '../../src/diagnostics/json.ts';
import { Later } from '../../src/diagnostics/later.ts';
import { asks, keyClaims, reuseNamespace } from '../../src/request/envoy-reuse.ts';
import { atOnce, decideAtOnce } from '../at-once.ts';
import { memoryFiles, request, withoutNotes } from '../configuration/memory-files.ts';

/** The start of a second. */
const start = 1_700_000_000_000;

const pem = (): string =>
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

function policy(claims: Readonly<Record<string, string>>, exp = 300): string {
  const customClaims = Object.entries(claims).map(([name, value]) => ({ name, value }));
  const config = { signingMethod: 'RS256', iat: true, exp, nbf: 0, customClaims, customHeaders: [] };
  return JSON.stringify([{ policyRef: { name: 'jwt-generation-flex' }, config }]);
}

const files = {
  'caller.yaml': policy({ by: "#[authentication.principal default 'nobody']" }),
  'brief.yaml': policy({ iss: 'brief' }, 35),
  'tier.yaml': policy({ tier: '#[authentication.properties.tier]' }),
  'needs.yaml': policy({ from: "#['x' ++ attributes.headers['x-needed']]" }),
  'ruled.yaml': JSON.stringify([{ ...JSON.parse(policy({ iss: 'ruled' }))[0], rules: [{ methods: 'POST' }] }]),
  'a.pem': pem(),
  'b.pem': pem(),
};

const key = { file: 'a.pem' };
const reuse = { for: '30s' };
const policies = [
  { name: 'kept', file: 'caller.yaml', key, reuse },
  { name: 'moment', file: 'caller.yaml', key, reuse: { for: '30s', inEnvoy: '1s' }, output: { header: 'x-moment' } },
  { name: 'brief', file: 'brief.yaml', key, reuse: { for: '300s' }, output: { header: 'x-brief' } },
  { name: 'tier', file: 'tier.yaml', key, reuse, output: { header: 'x-tier' } },
  { name: 'passes', file: 'needs.yaml', key, reuse, onError: 'pass', output: { header: 'x-passes' } },
  { name: 'large', file: 'caller.yaml', key, reuse: { for: '30s', bytes: 1_024 }, output: { header: 'x-large' } },
  { name: 'second', file: 'caller.yaml', key, output: { header: 'x-second' } },
  { name: 'never', file: 'caller.yaml', key, reuse: { for: '30s', inEnvoy: '0s' }, output: { header: 'x-never' } },
  { name: 'ruled', file: 'ruled.yaml', key, reuse, output: { header: 'x-ruled' } },
  { name: 'turning', file: 'caller.yaml', key: 'turning', reuse, output: { header: 'x-turning' } },
];
const chains: Readonly<Record<string, readonly string[]>> = {
  '/both': ['kept', 'moment'],
  '/some': ['kept', 'second'],
  '/moment-kept': ['moment', 'kept'],
  '/kept-passes': ['kept', 'passes'],
  '/kept-ruled': ['kept', 'ruled'],
};

function load(options: Partial<LoadContext> = {}): Snapshot {
  const configuration = {
    authentication: { sources: [{ from: 'jwt_authn', payload: 'p' }] },
    keys: {
      turning: {
        versions: [
          { file: 'a.pem', kid: 'a' },
          { file: 'b.pem', kid: 'b', activeFrom: new Date(start + 20_000).toISOString() },
        ],
      },
    },
    policies,
    routes: [
      ...policies.map(({ name }) => ({ match: { pathPrefix: `/${name}` }, policies: [name] })),
      ...Object.entries(chains).map(([path, names]) => ({ match: { pathPrefix: path }, policies: names })),
    ],
  };
  const all = memoryFiles({ ...files, 'mintproc.yaml': JSON.stringify(configuration) });
  const { snapshot, problems } = loadConfiguration('mintproc.yaml', { files: all, now: () => start, ...options });
  assert.deepEqual(withoutNotes(problems), []);
  assert.ok(snapshot !== undefined);
  return snapshot;
}

const loaded = load();
const digest = loaded.envoyReuse?.digest ?? '';
const generation = loaded.envoyReuse?.generation ?? '';

interface Asked {
  /** Milliseconds after the start. */
  readonly at?: number;
  /** Of jwt_authn. */
  readonly claims?: JsonObject;
  readonly headers?: Readonly<Record<string, string>>;
  /** What the filter writes into its namespace. */
  readonly asking?: JsonValue;
}

const large = 'a'.repeat(1_000);
const claims = { sub: 'ann', tier: 1, exp: start / 1000 + 3600 };

/** As they were signed. */
const signed = (of: JsonObject): string => Buffer.from(JSON.stringify(of)).toString('base64url');

function requestOf(path: string, asked: Asked = {}) {
  const { claims: given = claims, headers = {}, asking = { [asks]: digest, [keyClaims]: signed(given) } } = asked;
  const metadata = { 'envoy.filters.http.jwt_authn': { p: given }, [reuseNamespace]: asking };
  return request({ ':path': path, ...headers }, { metadata });
}

/** A new process for each list of requests, which come one after another. */
function answered(snapshot: Snapshot, path: string, ...requests: readonly Asked[]): Decision[] {
  let now = 0;
  const decide = decideAtOnce(snapshot, { clock: () => start + now, randomId: () => 'id' });
  return requests.map((asked) => {
    now = asked.at ?? 0;
    return decide(requestOf(path, asked));
  });
}

function keepingIn(decision?: Decision): Keeping | undefined {
  return decision?.kind === 'forward' ? decision.keeping : undefined;
}

const permitted = (time: number): Keeping => ({ result: 'permitted', for: time, generation });
const not = (result: KeepingResult): Keeping => ({ result, generation });
const callerFor = (milliseconds: number): Asked => ({ claims: { ...claims, exp: (start + milliseconds) / 1000 } });

/** What the filter has in its key for the usual caller. */
const inKey = (written: JsonValue | undefined): Asked => ({
  asking: { [asks]: digest, ...(written === undefined ? {} : { [keyClaims]: written }) },
});

const cases: [name: string, path: string, requests: readonly Asked[], expected: Keeping | undefined][] = [
  ['`inEnvoy`, by default 5 s', '/kept', [{}], permitted(5_000)],
  ['the shortest `inEnvoy` of a chain', '/both', [{}], permitted(1_000)],
  ['the shortest `inEnvoy` of a chain, whichever is first', '/moment-kept', [{}], permitted(1_000)],
  ['`for` of `reuse` leaves 5 s', '/kept', [{}, { at: 25_000 }], permitted(5_000)],
  ['`for` of `reuse` leaves less', '/kept', [{}, { at: 25_001 }], permitted(4_999)],
  ['`for` of `reuse` leaves 100 ms', '/kept', [{}, { at: 29_900 }], permitted(100)],
  ['`for` of `reuse` leaves 99 ms', '/kept', [{}, { at: 29_901 }], not('time')],
  ['`for` of `reuse` is over: a new token', '/kept', [{}, { at: 30_000 }], permitted(5_000)],
  ['the token of the last request before the clock was set back', '/kept', [{ at: 9_000 }, {}], permitted(5_000)],
  ['the end of the token less `leeway` leaves 5 s', '/brief', [{}, { at: 20_000 }], permitted(5_000)],
  ['the end of the token less `leeway` leaves less', '/brief', [{}, { at: 20_001 }], permitted(4_999)],
  ['the end of the token less `leeway` leaves 99 ms', '/brief', [{}, { at: 24_901 }], not('time')],
  ['the next key in 5 s', '/turning', [{ at: 15_000 }], permitted(5_000)],
  ['the next key in less', '/turning', [{ at: 15_001 }], permitted(4_999)],
  ['the next key in less, with a token of before', '/turning', [{}, { at: 15_001 }], permitted(4_999)],
  ['the next key in 100 ms', '/turning', [{ at: 19_900 }], permitted(100)],
  ['the next key in 99 ms', '/turning', [{ at: 19_901 }], not('time')],
  ['the next key', '/turning', [{ at: 19_901 }, { at: 20_000 }], permitted(5_000)],
  ["the caller's token ends in 5 s", '/kept', [callerFor(5_000)], permitted(5_000)],
  ["the caller's token ends in less", '/kept', [callerFor(4_999)], permitted(4_999)],
  ["the caller's token ends in a fraction of a millisecond", '/kept', [callerFor(4_999.75)], permitted(4_999)],
  ["the caller's token ends in 125 ms", '/kept', [callerFor(125)], permitted(125)],
  ["the caller's token ends in 99 ms", '/kept', [callerFor(99)], not('time')],
  ["the caller's token has ended", '/kept', [callerFor(-1_000)], not('time')],
  ["the caller's token ends when no clock does", '/kept', [{ claims: { ...claims, exp: 1e300 } }], permitted(5_000)],
  ["the caller's token has no end", '/kept', [{ claims: { sub: 'ann' } }], permitted(5_000)],
  ["the caller's token ends at a text", '/kept', [{ claims: { ...claims, exp: '1700003600' } }], not('caller')],
  ["the caller's token ends at null", '/kept', [{ claims: { ...claims, exp: null } }], not('caller')],
  ["the caller's token ends at a list", '/kept', [{ claims: { ...claims, exp: [1_700_003_600] } }], not('caller')],
  [
    'the key has the claims in another order',
    '/kept',
    [inKey(signed({ exp: claims.exp, tier: 1, sub: 'ann' }))],
    permitted(5_000),
  ],
  ['the key has claims of another token', '/kept', [inKey(signed({ ...claims, sub: 'bob' }))], not('caller')],
  ['the key has a claim less', '/kept', [inKey(signed({ sub: 'ann', exp: claims.exp }))], not('caller')],
  ['the key has a claim more', '/kept', [inKey(signed({ ...claims, act: {} }))], not('caller')],
  ['the key has no claims', '/kept', [inKey(undefined)], not('caller')],
  ['the key has no JSON', '/kept', [inKey('a')], not('caller')],
  ['the key has claims that are no text', '/kept', [inKey(1)], not('caller')],
  ['a policy that is not kept', '/second', [{}], not('policy')],
  ['`inEnvoy: 0s`', '/never', [{}], not('policy')],
  ['a chain with a policy that is not kept', '/some', [{}], not('policy')],
  ['a policy that was passed over', '/passes', [{}], not('removal')],
  ['one of two policies was passed over', '/kept-passes', [{}], not('removal')],
  ['none of two policies was passed over', '/kept-passes', [{ headers: { 'x-needed': 'a' } }], permitted(5_000)],
  ['a policy that is not for this request', '/kept-ruled', [{ headers: { ':method': 'GET' } }], not('removal')],
  ['a policy whose rules mean this request', '/kept-ruled', [{ headers: { ':method': 'POST' } }], permitted(5_000)],
  ['a number that may have lost digits', '/tier', [{ claims: { ...claims, tier: 2 ** 53 } }], not('warning')],
  ['a token that mintproc has no room for', '/large', [{ claims: { ...claims, sub: large } }], not('time')],
  ['lookalikes are removed', '/moment', [{ headers: { x_moment: 'a' } }], permitted(1_000)],
  ['a refusal', '/unknown', [{}], undefined],
  ['a filter of another configuration', '/kept', [{ asking: { [asks]: `${digest}A` } }], not('other-filter')],
  ['an empty digest', '/kept', [{ asking: { [asks]: '' } }], not('other-filter')],
  ['a digest of a megabyte', '/kept', [{ asking: { [asks]: digest.repeat(25_000) } }], not('other-filter')],
  ['a digest in a list', '/kept', [{ asking: { [asks]: [digest] } }], not('other-filter')],
  ['a digest in an object', '/kept', [{ asking: { [asks]: { [asks]: digest } } }], not('other-filter')],
  ['a number in place of the digest', '/kept', [{ asking: { [asks]: 1 } }], not('other-filter')],
  ['null in place of the digest', '/kept', [{ asking: { [asks]: null } }], not('other-filter')],
  ['true in place of the digest', '/kept', [{ asking: { [asks]: true } }], not('other-filter')],
  ['another member of the namespace', '/kept', [{ asking: { ask: digest } }], undefined],
  ['an empty namespace', '/kept', [{ asking: {} }], undefined],
  ['no object in place of the namespace', '/kept', [{ asking: digest }], undefined],
];

for (const [name, path, requests, expected] of cases) {
  test(name, () => {
    const decisions = answered(load(), path, ...requests);
    assert.deepEqual(keepingIn(decisions.at(-1)), expected);
  });
}

test('without the metadata of jwt_authn, or with another payload, the end of the caller is unknown', () => {
  const decide = decideAtOnce(loaded, { clock: () => start, randomId: () => 'id' });
  const asking = { [reuseNamespace]: { [asks]: digest } };
  for (const metadata of [asking, { ...asking, 'envoy.filters.http.jwt_authn': { other: claims } }]) {
    assert.deepEqual(keepingIn(decide(request({ ':path': '/kept' }, { metadata }))), not('caller'));
  }
});

test('a configuration that lets Envoy keep nothing has no generation, so Envoy drops what it keeps', () => {
  const [decision] = answered({ ...loaded, envoyReuse: undefined }, '/kept', {});
  assert.deepEqual(keepingIn(decision), { result: 'other-filter', generation: '' });
});

test('a chain without policies is not kept: it has no time that would end', () => {
  const given = { mints: [], policies: [], wasLate: false, now: start };
  assert.deepEqual(keepingOf(digest, loaded.envoyReuse, requestOf('/kept'), given), not('policy'));
});

test('a token that ends within a millisecond is not kept until its end', () => {
  const [decision] = answered(loaded, '/kept', {});
  const [policy] = loaded.policies.values();
  assert.ok(decision?.kind === 'forward' && policy !== undefined);
  const policies = [{ ...policy, last: { until: start + 100.75 } }];
  const given = { mints: decision.mints, policies, wasLate: false, now: start };
  assert.deepEqual(keepingOf(digest, loaded.envoyReuse, requestOf('/kept'), given), permitted(100));
});

test('published variables are not kept: a later request would lack them', () => {
  const snapshot = load();
  const [decision] = answered(snapshot, '/kept', {});
  const policies = [...snapshot.policies.values()].filter(({ name }) => name === 'kept');
  assert.ok(decision?.kind === 'forward');
  const given = { mints: decision.mints, policies, wasLate: false, now: start };
  const kept = (metadata: JsonObject | undefined): Keeping =>
    keepingOf(digest, snapshot.envoyReuse, requestOf('/kept'), { ...given, metadata });
  assert.deepEqual(kept(undefined), permitted(5_000));
  assert.deepEqual(kept({ 'jwt.x': 'a' }), not('variables'));
});

test('a token that a service signed is kept from the next request on', () => {
  let arrive = (): void => assert.fail();
  const snapshot = load({
    wrapSign: (_, sign) => (input) => {
      const signature = new Later<string>();
      arrive = () => signature.settle(atOnce(sign(input)));
      return signature;
    },
  });
  const decide = makeDecide(snapshot, { clock: () => start, randomId: () => 'id' });
  const waiting = decide(requestOf('/kept'));
  assert.ok(waiting instanceof Later);
  const decisions: Decision[] = [];
  waiting.listen(
    (made) => decisions.push(made),
    () => assert.fail(),
  );
  arrive();
  assert.deepEqual(decisions.map(keepingIn), [not('late')]);
  assert.deepEqual(keepingIn(atOnce(decide(requestOf('/kept')))), permitted(5_000));
});
