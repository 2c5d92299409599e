/**
 * Decisions whose token another thread signs are the decisions that are made at once.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { MintError } from '../../src/diagnostics/mint-error.ts';
import type { Decision, IncomingRequest } from '../../src/mint/decision.ts';
import { Later } from '../../src/mint/later.ts';
import type { Minted } from '../../src/mint/minter.ts';
import { makeDecide, makeDecideSoon } from '../../src/runtime/decide.ts';
import { InForce } from '../../src/runtime/in-force.ts';
import { loadConfiguration } from '../../src/runtime/load.ts';
import type { Snapshot } from '../../src/runtime/snapshot.ts';
import { flexPolicy, memoryFiles, request } from './memory-files.ts';

const pem = (): string =>
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const rsaPolicy = (claims: Readonly<Record<string, string>>): string =>
  flexPolicy(claims, '').replace('HS256', 'RS256');

const files = {
  'rsa.yaml': rsaPolicy({ iss: 'mint', from: "#['x' ++ (attributes.headers['x-value'] default '')]" }),
  'needs.yaml': rsaPolicy({ from: "#['x' ++ attributes.headers['x-needed']]" }),
  'hmac.yaml': flexPolicy({ iss: 'mint' }),
  'key.pem': pem(),
  'other.pem': pem(),
};

const key = { file: 'key.pem' };
const policies = [
  { name: 'rsa', file: 'rsa.yaml', key },
  { name: 'fresh', file: 'rsa.yaml', key, reuse: false },
  { name: 'needs', file: 'needs.yaml', key },
  { name: 'passes', file: 'needs.yaml', key, onError: 'pass' },
  { name: 'hmac', file: 'hmac.yaml', output: { header: 'x-hmac' } },
];

function snapshotOf(configuration: object): Snapshot {
  const { snapshot, problems } = loadConfiguration('conf.yaml', {
    files: memoryFiles({ ...files, 'conf.yaml': JSON.stringify(configuration) }),
  });
  assert.ok(snapshot, problems.map(({ message }) => message).join('\n'));
  return snapshot;
}

const routes = [
  ...policies.map(({ name }) => ({ match: { pathPrefix: `/${name}` }, policies: [name] })),
  { match: { pathPrefix: '/two' }, policies: ['rsa', 'hmac'] },
];
const sources = { clock: () => 1_700_000_000_500, randomId: () => 'id' };
const decide = makeDecide(snapshotOf(configuration()), sources);

/** Without the times at which policies began to run. */
function timeless(decision: Decision | Later<Decision>): unknown {
  assert.ok(!(decision instanceof Later));
  return { ...decision, mints: decision.mints.map(({ began: _, ...mint }) => mint) };
}

function come(later: Decision | Later<Decision>): Promise<Decision> {
  if (!(later instanceof Later)) return Promise.resolve(later);
  return new Promise((resolve, reject) => later.listen(resolve, reject));
}

const to = (path: string, headers: Readonly<Record<string, string>> = {}): IncomingRequest =>
  request({ ':path': path, authorization: 'its own', ...headers });

const cases: [name: string, asked: IncomingRequest, comes: 'later' | 'at once', kind: Decision['kind']][] = [
  ['a token', to('/rsa'), 'later', 'forward'],
  ['a token that is not reused', to('/fresh'), 'later', 'forward'],
  ['a lookalike of its header', to('/rsa', { author_ization: 'x' }), 'later', 'forward'],
  ['a token that is too large', to('/rsa', { 'x-value': 'x'.repeat(2_000) }), 'later', 'refuse'],
  ['a claim that fails', to('/needs'), 'at once', 'refuse'],
  ['a claim that fails, and passes', to('/passes'), 'at once', 'forward'],
  ['another algorithm', to('/hmac'), 'at once', 'forward'],
  ['two policies', to('/two'), 'at once', 'forward'],
  ['no route', to('/none'), 'at once', 'untouched'],
];

for (const [name, asked, comes, kind] of cases) {
  test(`decided ${comes}: ${name}`, async () => {
    const decision = makeDecideSoon(snapshotOf(configuration()), sources)(asked);
    assert.equal(decision instanceof Later ? 'later' : 'at once', comes);
    const came = await come(decision);
    assert.equal(came.kind, kind);
    assert.deepEqual(timeless(came), timeless(decide(asked)));
  });
}

function configuration(limits: object = { threadSignatures: 2, tokenBytes: 2_000 }) {
  return { limits, policies, routes };
}

test('as many signatures as allowed come later, of all policies together; one more is made at once', async () => {
  const soon = makeDecideSoon(snapshotOf(configuration()), sources);
  const paths = ['/rsa', '/fresh', '/fresh', '/rsa'];
  const decisions = paths.map((path) => soon(to(path)));
  // The last waits for the token of the first.
  assert.deepEqual(
    decisions.map((decision) => decision instanceof Later),
    [true, true, false, true],
  );
  const [first, ...others] = await Promise.all(decisions.map(come));
  for (const other of others) {
    assert.deepEqual(other.kind === 'forward' && other.set, first?.kind === 'forward' && first.set);
  }
  assert.equal(soon(to('/fresh')) instanceof Later, true);
});

for (const limits of [{ threadSignatures: 0 }, { threadSignatures: 'auto' }, {}]) {
  test(`every decision is made at once, and before a spare core was seen: ${JSON.stringify(limits)}`, () => {
    const soon = makeDecideSoon(snapshotOf(configuration({ ...limits, tokenBytes: 2_000 })), sources);
    for (const [, asked] of cases) assert.deepEqual(timeless(soon(asked)), timeless(decide(asked)));
  });
}

test('a reload between question and answer changes nothing for the request', async () => {
  const next = policies.map((policy) => ('key' in policy ? { ...policy, key: { file: 'other.pem' } } : policy));
  const inForce = new InForce(snapshotOf(configuration()), (given) => makeDecideSoon(given, sources));
  const before = inForce.current.decide(to('/rsa'));
  inForce.prepare(snapshotOf({ ...configuration(), policies: next }))();
  const after = inForce.current.decide(to('/rsa'));
  assert.deepEqual(timeless(await come(before)), timeless(decide(to('/rsa'))));
  assert.notDeepEqual(timeless(await come(after)), timeless(decide(to('/rsa'))));
});

test('a failure of the signature later is the policy’s refusal, or goes on without the header', async () => {
  const made = snapshotOf(configuration());
  const [policy] = made.policies.values();
  assert.ok(policy);
  const ends: [onError: 'deny' | 'pass', summary: string][] = [
    ['deny', 'refuse rsa refused mint.signing-failed'],
    ['pass', 'forward rsa passed mint.signing-failed'],
  ];
  for (const [onError, summary] of ends) {
    const failed = new Later<Minted>();
    const minter = { mint: () => assert.fail(), mintSoon: () => failed };
    const lone = { ...policy, minter, onError };
    const chain = { policies: [lone], requiresCaller: false, lookalikes: () => [], lone };
    const soon = makeDecideSoon({ ...made, route: () => chain }, sources)(to('/rsa'));
    const came = come(soon);
    failed.settle(new MintError('mint.signing-failed', 'The key could not sign.'));
    const { kind, mints, ...rest } = await came;
    assert.equal(`${kind} ${mints.map((mint) => `${mint.policy} ${mint.outcome} ${mint.code}`)}`, summary);
    if (onError === 'pass') assert.deepEqual(rest, { set: [], remove: ['authorization'] });
  }
});
