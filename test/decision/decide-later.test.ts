/**
 * Decisions whose signatures arrive later equal those that are made immediately.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { loadConfiguration } from '../../src/configuration/load.ts';
import type { Snapshot } from '../../src/configuration/snapshot.ts';
import { makeDecide } from '../../src/decision/decide.ts';
import type { Decision } from '../../src/decision/decision.ts';
import { arrival, Later } from '../../src/diagnostics/later.ts';
import { MintError } from '../../src/diagnostics/mint-error.ts';
import type { Sign } from '../../src/jose/signature-algorithms.ts';
import type { IncomingRequest } from '../../src/request/incoming-request.ts';
import { InForce } from '../../src/serving/in-force.ts';
import { atOnce, decideAtOnce } from '../at-once.ts';
import { flexPolicy, memoryFiles, request, secret } from '../configuration/memory-files.ts';

const pem = (): string =>
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const rsaPolicy = (claims: Readonly<Record<string, string>>): string =>
  flexPolicy(claims, '').replace('HS256', 'RS256');
const apigee = (name: string, elements: string): string =>
  `<GenerateJWT name="${name}"><Algorithm>HS256</Algorithm>` +
  `<SecretKey><Value ref="private.key"/></SecretKey>${elements}</GenerateJWT>`;

const files = {
  'rsa.yaml': rsaPolicy({ iss: 'mint', from: "#['x' ++ (attributes.headers['x-value'] default '')]" }),
  'needs.yaml': rsaPolicy({ from: "#['x' ++ attributes.headers['x-needed']]" }),
  'hmac.yaml': flexPolicy({ iss: 'mint', from: "#['x' ++ (attributes.headers['x-value'] default '')]" }),
  'first.xml': apigee('First', '<Subject ref="request.header.x-value"/>'),
  'second.xml': apigee('Second', '<Issuer ref="jwt.First.claim.subject"/>'),
  'secret.txt': secret,
  'key.pem': pem(),
  'other.pem': pem(),
};

const key = { file: 'key.pem' };
const policies = [
  { name: 'rsa', file: 'rsa.yaml', key },
  { name: 'fresh', file: 'rsa.yaml', key, reuse: false, output: { header: 'x-fresh' } },
  { name: 'needs', file: 'needs.yaml', key, output: { header: 'x-needs' } },
  { name: 'passes', file: 'needs.yaml', key, onError: 'pass', output: { header: 'x-passes' } },
  { name: 'hmac', file: 'hmac.yaml', output: { header: 'x-hmac' } },
  { name: 'first', file: 'first.xml', output: { header: 'x-first' } },
  { name: 'second', file: 'second.xml', output: { header: 'x-second' } },
];
const chains: Readonly<Record<string, readonly string[]>> = {
  '/then-hmac': ['rsa', 'hmac'],
  '/hmac-then': ['hmac', 'rsa'],
  '/both': ['rsa', 'fresh'],
  '/some-pass': ['rsa', 'passes', 'fresh'],
  '/some-fail': ['rsa', 'needs', 'fresh'],
  '/published': ['first', 'second'],
};

function configuration(): object {
  return {
    edition: 'x',
    limits: { tokenBytes: 2_000 },
    publishVariables: true,
    variables: { 'private.key': { file: 'secret.txt' } },
    policies,
    routes: [
      ...policies.map(({ name }) => ({ match: { pathPrefix: `/${name}` }, policies: [name] })),
      ...Object.entries(chains).map(([path, names]) => ({ match: { pathPrefix: path }, policies: names })),
    ],
  };
}

/** Signers that delay every signature until the test releases it. */
class HeldSignatures {
  readonly #algorithms: readonly string[];
  #waiting: ((error?: Error) => void)[] = [];
  asked = 0;

  constructor(...algorithms: readonly string[]) {
    this.#algorithms = algorithms;
  }

  readonly wrapSign = (algorithm: string, sign: Sign): Sign => {
    if (!this.#algorithms.includes(algorithm)) return sign;
    return (input) => {
      const signature = new Later<string>();
      this.asked++;
      this.#waiting.push((error) => {
        if (error === undefined) signature.settle(atOnce(sign(input)));
        else signature.fail(error);
      });
      return signature;
    };
  };

  /** All that wait arrive. */
  release(error?: Error): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const arrive of waiting) arrive(error);
  }

  /** What arrives once all signatures do, one after the other. */
  async decided(decision: Decision | Later<Decision>): Promise<Decision> {
    const arriving = arrival(decision);
    while (this.#waiting.length > 0) this.release();
    return await arriving;
  }
}

function snapshotOf(written: object, held?: HeldSignatures): Snapshot {
  const { snapshot, problems } = loadConfiguration('conf.yaml', {
    files: memoryFiles({ ...files, 'conf.yaml': JSON.stringify(written) }),
    ...(held && { wrapSign: held.wrapSign }),
  });
  assert.ok(snapshot, problems.map(({ message }) => message).join('\n'));
  return snapshot;
}

const sources = { clock: () => 1_700_000_000_500, randomId: () => 'id' };
const decide = decideAtOnce(snapshotOf(configuration()), sources);

function started(...algorithms: readonly string[]) {
  const held = new HeldSignatures(...algorithms);
  return { held, decide: makeDecide(snapshotOf(configuration(), held), sources) };
}

/** Without the times at which policies began to run. */
function timeless(decision: Decision): unknown {
  return { ...decision, mints: decision.mints.map(({ began: _, ...mint }) => mint) };
}

const to = (path: string, headers: Readonly<Record<string, string>> = {}): IncomingRequest =>
  request({ ':path': path, authorization: 'its own', ...headers });

const cases: [name: string, asked: IncomingRequest, arrives: 'later' | 'immediately', kind: Decision['kind']][] = [
  ['a token', to('/rsa'), 'later', 'forward'],
  ['a token that is not reused', to('/fresh'), 'later', 'forward'],
  ['a lookalike of its header', to('/rsa', { author_ization: 'x' }), 'later', 'forward'],
  ['a token that is too large', to('/rsa', { 'x-value': 'x'.repeat(2_000) }), 'later', 'refuse'],
  ['a claim that fails', to('/needs'), 'immediately', 'refuse'],
  ['a claim that fails, and passes', to('/passes'), 'immediately', 'forward'],
  ['another algorithm', to('/hmac'), 'immediately', 'forward'],
  ['the first of two policies', to('/then-hmac'), 'later', 'forward'],
  ['the second of two policies', to('/hmac-then'), 'later', 'forward'],
  ['both of two policies', to('/both'), 'later', 'forward'],
  ['a policy between them fails, and passes', to('/some-pass'), 'later', 'forward'],
  ['a policy between them fails', to('/some-fail'), 'later', 'refuse'],
  ['no route', to('/none'), 'immediately', 'untouched'],
];

for (const [name, asked, arrives, kind] of cases) {
  test(`decided ${arrives}: ${name}`, async () => {
    const { held, decide: decideLater } = started('RS256');
    const decision = decideLater(asked);
    assert.equal(decision instanceof Later ? 'later' : 'immediately', arrives);
    const came = await held.decided(decision);
    assert.equal(came.kind, kind);
    assert.deepEqual(timeless(came), timeless(decide(asked)));
  });
}

test('each policy begins when the one before it has its token', async () => {
  const { held, decide: decideLater } = started('RS256');
  const came = arrival(decideLater(to('/both')));
  assert.equal(held.asked, 1);
  held.release();
  assert.equal(held.asked, 2);
  held.release();
  assert.deepEqual(timeless(await came), timeless(decide(to('/both'))));
});

for (const isGone of [false, true]) {
  test(`the next policy ${isGone ? 'does not begin if nobody waits' : 'begins if somebody waits'}`, async () => {
    const { held, decide: decideLater } = started('RS256');
    const asker = { isGone: false };
    const came = arrival(decideLater(to('/both'), asker));
    asker.isGone = isGone;
    held.release();
    assert.equal(held.asked, isGone ? 1 : 2);
    held.release();
    const decision = await came;
    assert.equal(decision.kind, isGone ? 'refuse' : 'forward');
  });
}

test('a policy reads what one before it published, and so do later filters of Envoy', async () => {
  const { held, decide: decideLater } = started('HS256');
  const asked = to('/published', { 'x-value': 'alice' });
  const came = await held.decided(decideLater(asked));
  assert.equal(held.asked, 2);
  assert.ok(came.kind === 'forward' && came.metadata !== undefined);
  const [, claims = ''] = came.set[1]?.[1].split('.') ?? [];
  assert.equal(JSON.parse(Buffer.from(claims, 'base64url').toString()).iss, 'alice');
  assert.deepEqual(timeless(came), timeless(decide(asked)));
});

test('requests that are decided at the same time have records of their own', async () => {
  const { held, decide: decideLater } = started('RS256');
  const requests = ['short', 'much longer'].flatMap((value) =>
    ['/hmac-then', '/both'].map((path) => to(path, { 'x-value': value })),
  );
  const arriving = requests.map((asked) => decideLater(asked));
  const records = arriving.map((decision) => {
    assert.ok(decision instanceof Later);
    // A record may be read in the turn of its decision alone.
    return arrival(decision.map(timeless));
  });
  held.release();
  // The first signature of both paths is the same one, since its token is reused.
  assert.equal(held.asked, 4);
  held.release();
  assert.deepEqual(
    await Promise.all(records),
    requests.map((asked) => timeless(decide(asked))),
  );
});

test('requests for the same token wait for one signature if tokens may be reused', async () => {
  const { held, decide: decideLater } = started('RS256');
  const arriving = ['/rsa', '/fresh', '/fresh', '/rsa'].map((path) => arrival(decideLater(to(path))));
  assert.equal(held.asked, 3);
  held.release();
  const values = (await Promise.all(arriving)).map((came) => came.kind === 'forward' && came.set[0]?.[1]);
  assert.equal(new Set(values).size, 1);
  assert.equal(decideLater(to('/rsa')) instanceof Later, false);
  assert.equal(decideLater(to('/fresh')) instanceof Later, true);
});

test('a reload between question and answer changes nothing for the request', async () => {
  const held = new HeldSignatures('RS256');
  const next = policies.map((policy) => ('key' in policy ? { ...policy, key: { file: 'other.pem' } } : policy));
  const inForce = new InForce(snapshotOf(configuration(), held), (given) => makeDecide(given, sources));
  const before = arrival(inForce.current.decide(to('/rsa')));
  inForce.prepare(snapshotOf({ ...configuration(), policies: next }, held))();
  const after = arrival(inForce.current.decide(to('/rsa')));
  held.release();
  assert.deepEqual(timeless(await before), timeless(decide(to('/rsa'))));
  assert.notDeepEqual(timeless(await after), timeless(decide(to('/rsa'))));
});

const ends: [path: string, onError: 'deny' | 'pass', summary: string, set: readonly string[]][] = [
  ['/rsa', 'deny', 'refuse rsa refused mint.signing-failed', []],
  ['/rsa', 'pass', 'forward rsa passed mint.signing-failed', []],
  ['/then-hmac', 'deny', 'refuse rsa refused mint.signing-failed', []],
  ['/then-hmac', 'pass', 'forward rsa passed mint.signing-failed, hmac minted', ['x-hmac']],
];
for (const [path, onError, summary, set] of ends) {
  test(`a signature that fails later, ${path}, onError: ${onError}: ${summary}`, async () => {
    const held = new HeldSignatures('RS256');
    const changed = policies.map((policy) => ({ onError, ...policy }));
    const decideLater = makeDecide(snapshotOf({ ...configuration(), policies: changed }, held), sources);
    const arriving = arrival(decideLater(to(path)));
    held.release(new Error('the signer is away'));
    const came = await arriving;
    const mints = came.mints.map(({ policy, outcome, code }) => [policy, outcome, code].filter(Boolean).join(' '));
    assert.equal(`${came.kind} ${mints.join(', ')}`, summary);
    if (came.kind !== 'forward') return;
    assert.deepEqual([came.set.map(([name]) => name), came.remove], [set, ['authorization']]);
  });
}

test('an error that is no MintError is a defect of the decision', async () => {
  const made = snapshotOf(configuration());
  const [policy] = made.policies.values();
  assert.ok(policy);
  const [failing, refused] = [new Later<string>(), new Later<string>()];
  const decided = [failing, refused].map((token) => {
    const chain = {
      policies: [{ ...policy, minter: { mint: () => token } }],
      requiresCaller: false,
      watched: [],
      lookalikes: () => [],
    };
    return arrival(makeDecide({ ...made, route: () => ({ destination: chain }) }, sources)(to('/rsa')));
  });
  failing.fail(new RangeError('defect'));
  refused.fail(new MintError('mint.signing-failed', 'The key could not sign.'));
  const [defect, refusal] = await Promise.allSettled(decided);
  assert.ok(defect?.status === 'rejected' && defect.reason instanceof RangeError);
  assert.ok(refusal?.status === 'fulfilled' && refusal.value.kind === 'refuse');
});
