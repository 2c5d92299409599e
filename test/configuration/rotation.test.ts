/**
 * @module
 * Rotation as tokens and the JWKS show it. The first tests are named after the threads in which users of other servers
 * report these failures.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { decodeProtectedHeader } from 'jose';
import { ec, good, kidOf, load, mint, one, pem, policy, published, start, three, two, verifies } from './key-world.ts';
import { loadConfiguration } from './loading.ts';
import { memoryFiles } from './memory-files.ts';

test('ory/oathkeeper#763: rotation while cached: no reused token of the old key once the new one signs', async () => {
  const entry = { key: 'k', reuse: { for: '300s', leeway: '0s' } };
  const first = good({ 'a.pem': one, entry });
  const old = mint(first, 0);
  assert.equal(mint(first, 1000), old);
  const second = good({ 'a.pem': two, entry }, 2000, first);
  // The old key signs on until verifiers know the new one, and then no more, though its token would be reusable.
  assert.equal(kidOf(mint(second, 61_999)), kidOf(old));
  const token = mint(second, 62_000);
  assert.notEqual(kidOf(token), kidOf(old));
  assert.equal(mint(second, 63_000), token);
  for (const each of [old, token]) assert.ok(await verifies(each, second, 62_000));
});

test('ory/oathkeeper#763: a reused token does not outlive a change of the configuration', () => {
  const entry = { key: 'k', reuse: { for: '300s' } };
  const first = good({ 'a.pem': one, entry, 'p.yaml': policy({ claim: 'old' }) });
  const old = mint(first, 0);
  const second = good({ 'a.pem': one, entry, 'p.yaml': policy({ claim: 'new' }) }, 1, first);
  assert.notEqual(mint(second, 1).split('.')[1], old.split('.')[1]);
});

test('the old key stays in the JWKS until its last token has expired', async () => {
  const first = good({ 'a.pem': one });
  const second = good({ 'a.pem': two }, 0, first);
  const last = mint(second, 59_999);
  assert.ok(await verifies(last, second, 59_999 + 300_000));
  // 60 s more for verifiers whose clocks are behind.
  assert.equal(published(second, 60_000 + 360_000 - 1).keys.length, 2);
  assert.equal(published(second, 60_000 + 360_000).keys.length, 1);
});

test('every token verifies against the JWKS of its moment, through many rotations', async () => {
  let snapshot = good({ 'a.pem': one });
  for (let at = 10_000; at < 400_000; at += 10_000) {
    if (at % 50_000 === 0) snapshot = good({ 'a.pem': ec() }, at, snapshot);
    assert.ok(await verifies(mint(snapshot, at), snapshot, at), String(at));
  }
});

test('a same-kid swap: the same name with new material is refused if keys are published', () => {
  const keys = { k: { file: 'a.pem', kid: 'k-1' } };
  const first = good({ 'a.pem': one, keys });
  const { snapshot, problems } = load({ 'a.pem': two, keys }, 1, first);
  assert.equal(snapshot, undefined);
  assert.deepEqual(
    problems.map(({ code }) => code),
    ['keys.same-kid'],
  );
  assert.match(problems[0]?.suggestion ?? '', /^Give the new key another `kid`/);
});

test('two keys under the kid that a policy writes: the policy is to be changed, and not the keys', () => {
  const world = { 'a.pem': one, 'b.pem': two, keys: { k: { versions: [{ file: 'a.pem' }, { file: 'b.pem' }] } } };
  const { problems } = load({ ...world, 'p.yaml': policy({ kid: 'v1' }) });
  assert.deepEqual(
    problems.map(({ code }) => code),
    ['keys.same-kid'],
  );
  assert.match(problems[0]?.suggestion ?? '', /remove it from the policy/);
});

test('a policy that writes its own kid: published under it, and changed with the policy immediately', async () => {
  const keys = { k: { file: 'a.pem' } };
  const first = good({ 'a.pem': one, keys, 'p.yaml': policy({ kid: 'v1' }) });
  assert.equal(kidOf(mint(first, 0)), 'v1');
  assert.ok(await verifies(mint(first, 0), first, 0));
  assert.equal(load({ 'a.pem': two, keys, 'p.yaml': policy({ kid: 'v1' }) }, 1, first).snapshot, undefined);
  const second = good({ 'a.pem': two, keys, 'p.yaml': policy({ kid: 'v2' }) }, 1, first);
  assert.equal(kidOf(mint(second, 1)), 'v2');
  for (const token of [mint(first, 0), mint(second, 1)]) assert.ok(await verifies(token, second, 1));
});

test('revoked: the key no longer signs and is no longer published', async () => {
  const first = good({ 'a.pem': one });
  const old = mint(first, 0);
  const keys = { k: { file: 'a.pem', revoked: [kidOf(old)] } };
  const second = good({ 'a.pem': two, keys }, 1, first);
  assert.notEqual(kidOf(mint(second, 1)), kidOf(old));
  assert.equal(await verifies(old, second, 1), false);
});

test('versions with dates sign one after the other', () => {
  const date = (at: number): string => new Date(start + at).toISOString();
  const keys = {
    k: {
      versions: [
        { file: 'a.pem', kid: 'a' },
        { file: 'b.pem', kid: 'b', activeFrom: date(50_000), retireAfter: date(90_000) },
        { file: 'c.pem', kid: 'c', activeFrom: date(80_000) },
      ],
    },
  };
  const snapshot = good({ 'a.pem': one, 'b.pem': two, 'c.pem': three, keys });
  assert.deepEqual(
    [0, 49_999, 50_000, 79_999, 80_000, 1e9].map((at) => kidOf(mint(snapshot, at))),
    ['a', 'a', 'b', 'b', 'c', 'c'],
  );
});

test('after the last key has retired, requests are refused and the configuration is not loaded', () => {
  const keys = { k: { file: 'a.pem', retireAfter: new Date(start + 1000).toISOString() } };
  const snapshot = good({ 'a.pem': one, keys });
  mint(snapshot, 999);
  const message = 'None of the keys of the policy is active at this time.';
  assert.throws(() => mint(snapshot, 1000), { code: 'keys.none-active', message });
  assert.deepEqual(
    load({ 'a.pem': one, keys }, 1000).problems.map(({ code }) => code),
    ['keys.none-active'],
  );
});

test('an algorithm that the old key cannot be used with: the new key signs immediately', async () => {
  const first = good({ 'a.pem': one });
  const old = mint(first, 0);
  const rsa = pem(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);
  const second = good({ 'a.pem': rsa, 'p.yaml': policy({ signingMethod: 'RS256' }) }, 1, first);
  assert.equal(decodeProtectedHeader(mint(second, 1)).alg, 'RS256');
  for (const token of [old, mint(second, 1)]) assert.ok(await verifies(token, second, 1));
});

test('the keys of a policy that is gone stay published while its tokens live', async () => {
  const entries = [
    { name: 'p', file: 'p.yaml', key: 'k' },
    { name: 'q', file: 'p.yaml', key: 'l', output: { header: 'x-q' } },
  ];
  const keys = { k: { file: 'a.pem' }, l: { file: 'b.pem' } };
  const first = good({ 'a.pem': one, 'b.pem': two, entries, keys });
  const token = mint(first, 0, 'q');
  const second = good({ 'a.pem': one, 'b.pem': two, keys }, 1000, first);
  assert.ok(await verifies(token, second, 300_000));
  assert.equal(published(second, 1000 + 360_000).keys.length, 1);
});

test('tokens have a kid if the configuration names the key, and only then', () => {
  const thumbprint = published(good({ 'a.pem': one }), 0).keys[0]?.['kid'];
  const kids: [entry: object, keys: object, kid: unknown][] = [
    [{ key: 'k' }, { k: { file: 'a.pem' } }, thumbprint],
    [{ key: 'k' }, { k: { file: 'a.pem', kid: 'mine' } }, 'mine'],
    [{ key: { file: 'a.pem', kid: 'mine' } }, {}, 'mine'],
    [{ key: { file: 'a.pem' } }, {}, undefined],
  ];
  for (const [entry, keys, kid] of kids) assert.equal(kidOf(mint(good({ 'a.pem': one, entry, keys }), 0)), kid);
});

const dated = (...files: (readonly [file: string, activeFrom?: number])[]) => ({
  k: {
    versions: files.map(([file, at]) => ({
      file,
      ...(at === undefined ? {} : { activeFrom: new Date(start + at).toISOString() }),
    })),
  },
});

test('a dated key that comes too late waits until verifiers know it, also after a second reload', () => {
  const keys = dated(['a.pem'], ['b.pem', 2000]);
  const files = { 'a.pem': one, 'b.pem': two };
  const first = good({ ...files, keys: dated(['a.pem']) });
  const late = load({ ...files, keys }, 1000, first);
  assert.deepEqual(
    late.problems.map(({ code, severity }) => `${severity} ${code}`),
    ['warning keys.late-announcement'],
  );
  const second = good({ ...files, keys }, 1000, first);
  const third = good({ ...files, keys }, 5000, second);
  for (const snapshot of [second, third]) {
    assert.equal(kidOf(mint(snapshot, 60_999)), kidOf(mint(first, 0)));
    assert.notEqual(kidOf(mint(snapshot, 61_000)), kidOf(mint(first, 0)));
  }
});

test('a key that is older by its date never takes over from the one that signs', () => {
  const files = { 'a.pem': one, 'b.pem': two, 'c.pem': three };
  const before = good({ ...files, keys: dated(['a.pem'], ['c.pem', -1000]) });
  const after = good({ ...files, keys: dated(['a.pem'], ['b.pem', -2000], ['c.pem', -1000]) }, 1000, before);
  const again = good({ ...files, keys: dated(['a.pem'], ['b.pem', -2000], ['c.pem', -1000]) }, 2000, after);
  for (const snapshot of [after, again]) assert.equal(kidOf(mint(snapshot, 500_000)), kidOf(mint(before, 0)));
});

const [old, next] = ['20230101T000000Z--k-1.pem', '20231114T221500Z--k-2.pem'];

test('names with dates date the keys of a folder, and name them', () => {
  const snapshot = good({ [`d/${old}`]: one, [`d/${next}`]: two, keys: { k: { directory: 'd' } } });
  // The second begins 100 s after the start.
  assert.equal(kidOf(mint(snapshot, 99_999)), 'k-1');
  assert.equal(kidOf(mint(snapshot, 100_000)), 'k-2');
});

test('a key without a date is older than those that have one, also after a restart, wherever its name sorts', () => {
  for (const name of ['0.pem', 'z.pem']) {
    const files = { [`d/${name}`]: one, [`d/${old}`]: two, keys: { k: { directory: 'd' } } };
    const snapshot = good(files);
    assert.equal(kidOf(mint(snapshot, 0)), 'k-1');
    assert.equal(kidOf(mint(snapshot, 10_000_000)), 'k-1');
    const later = good(files, 1000, good({ [`d/${old}`]: two, keys: { k: { directory: 'd' } } }));
    assert.equal(kidOf(mint(later, 10_000_000)), 'k-1');
  }
});

const notDates = ['2026-07-01--a.pem', '20260701T000000--a.pem', '20260231T000000Z--a.pem', '20260701T250000Z--a.pem'];

for (const name of notDates) {
  test(`${name} has no date, which is reported`, () => {
    const { problems } = load({ [`d/${name}`]: one, keys: { k: { directory: 'd' } } });
    assert.deepEqual(
      problems.map(({ code }) => code),
      ['keys.unclear-name'],
    );
  });
}

test('a name with a date is not reported', () => {
  assert.deepEqual(load({ [`d/${old}`]: one, keys: { k: { directory: 'd' } } }).problems, []);
});

test('a JWK keeps the name of its file, and another kid in it is reported', () => {
  const jwk = JSON.stringify({
    ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }),
    kid: 'other',
  });
  const { problems, snapshot } = load({ [`d/${old.replace('pem', 'jwk')}`]: jwk, keys: { k: { directory: 'd' } } });
  assert.deepEqual(
    problems.map(({ code }) => code),
    ['keys.unclear-name'],
  );
  assert.ok(snapshot);
  assert.equal(kidOf(mint(snapshot, 0)), 'k-1');
});

test('several instances: a key needs a date unless it is the first of several', () => {
  const jwks = { replicas: 2 };
  const codes = (world: object) =>
    load({ 'a.pem': one, 'b.pem': two, jwks, ...world }).problems.map(({ code }) => code);
  assert.deepEqual(codes({ keys: { k: { file: 'a.pem' } } }), ['keys.undated']);
  assert.deepEqual(codes({ keys: dated(['a.pem']) }), []);
  assert.deepEqual(codes({ keys: dated(['a.pem'], ['b.pem']) }), ['keys.undated']);
  assert.deepEqual(codes({ keys: dated(['a.pem'], ['b.pem', 1000]) }), []);
  assert.deepEqual(codes({ keys: dated(['a.pem'], ['b.pem']), jwks: { replicas: 1 } }), []);
});

test('`cache` is how long a new key is published, if verifiers cache for longer than maxAge', () => {
  const world = { 'a.pem': one, jwks: { cache: '100s' } };
  const second = good({ ...world, 'a.pem': two }, 1000, good(world));
  assert.equal(kidOf(mint(second, 100_999)), kidOf(mint(good(world), 0)));
  assert.notEqual(kidOf(mint(second, 101_000)), kidOf(mint(good(world), 0)));
  const short = load({ ...world, jwks: { cache: '100s', publishAhead: '99s' } });
  assert.deepEqual(
    short.problems.map(({ code, path }) => [code, path]),
    [['keys.short-announcement', ['jwks', 'publishAhead']]],
  );
});

const published1h = { keepFor: '1h' };

const kept: readonly [lifetime: string, exp: number, jwks: object, keptFor: number][] = [
  ['no end, as keepFor says', 0, published1h, 3_600_000],
  ['no end, a day by default', 0, {}, 86_400_000],
  ['one second', 1, published1h, 1000],
];

for (const [lifetime, exp, jwks, keptFor] of kept) {
  test(`a replaced key stays published while its tokens are valid, of a lifetime of ${lifetime}`, () => {
    const world = { 'p.yaml': policy({ exp }), jwks };
    const second = good({ ...world, 'a.pem': two }, 0, good({ ...world, 'a.pem': one }));
    // The old key signs for 60 s, and clocks of verifiers may be 60 s slow.
    const end = 60_000 + keptFor + 60_000;
    assert.deepEqual(
      [end - 1, end].map((at) => published(second, at).keys.length),
      [2, 1],
    );
  });
}

test('without a JWKS, the replaced key stops immediately after the load, and is kept for a day', () => {
  const files = {
    'p.yaml': policy({ exp: 0 }),
    'mintproc.yaml': JSON.stringify({
      policies: [{ name: 'p', file: 'p.yaml', key: { file: 'a.pem' } }],
      routes: [{ match: {}, policies: ['p'] }],
    }),
  };
  const now = (): number => start;
  const first = loadConfiguration('mintproc.yaml', { files: memoryFiles({ ...files, 'a.pem': one }), now });
  assert.ok(first.snapshot);
  const before = first.snapshot.keys;
  const next = loadConfiguration('mintproc.yaml', { files: memoryFiles({ ...files, 'a.pem': two }), now, before });
  const ring = next.snapshot?.keys.rings.get('p') ?? [];
  assert.deepEqual(
    ring.map(({ lifetime, stopsAt }) => [lifetime, stopsAt]),
    [
      [86_460_000, start],
      [86_460_000, Number.POSITIVE_INFINITY],
    ],
  );
});

/** The first key began to be published so many milliseconds before the start, and to sign at `activeFrom`. */
const remembered: readonly [name: string, since: number, activeFrom: number, signsFrom: number][] = [
  ['it signed', -100_000, -50_000, 0],
  ['it has been published long enough', -60_000, 1e9, 0],
  ['it has to wait for its announcement', -20_000, 1e9, 40_000],
  ['it was to sign before', -20_000, 30_000, 30_000],
];

for (const [name, since, activeFrom, signsFrom] of remembered) {
  test(`a new process goes on with the remembered times of a key: ${name}`, () => {
    const world = { 'a.pem': one, 'b.pem': two, jwks: { state: 'state.json' }, keys: dated(['a.pem'], ['b.pem']) };
    const [a, b] = good(world).keys.rings.get('p') ?? [];
    assert.ok(a && b);
    const past = { algorithms: new Set(['ES256']), until: start + 1e10 };
    const recall = () => [
      { held: a.held, since: start - 1e9, activeFrom: Number.NEGATIVE_INFINITY, ...past },
      { held: b.held, since: start + since, activeFrom: start + activeFrom, ...past },
    ];
    const { snapshot } = load(world, 0, undefined, { recall });
    assert.ok(snapshot);
    const [, later] = snapshot.keys.rings.get('p') ?? [];
    assert.deepEqual([...(later?.algorithms ?? [])], ['ES256']);
    assert.equal(kidOf(mint(snapshot, signsFrom)), b.held.thumbprint);
    if (signsFrom > 0) assert.equal(kidOf(mint(snapshot, signsFrom - 1)), a.held.thumbprint);
  });
}

test('a key that is not remembered waits after those that are, whatever the times of those', () => {
  const world = { 'a.pem': one, 'b.pem': two, jwks: { state: 'state.json' }, keys: dated(['a.pem'], ['b.pem']) };
  const [a, b] = good(world).keys.rings.get('p') ?? [];
  assert.ok(a && b);
  const past = { algorithms: new Set(['ES256']), since: start - 1e9, activeFrom: Number.NEGATIVE_INFINITY };
  const { snapshot } = load(world, 0, undefined, { recall: () => [{ held: a.held, until: start + 1e10, ...past }] });
  assert.ok(snapshot);
  assert.equal(kidOf(mint(snapshot, 59_999)), a.held.thumbprint);
  assert.equal(kidOf(mint(snapshot, 60_000)), b.held.thumbprint);
});

const writtenKids: readonly [name: string, headers: readonly (readonly [string, string])[], members: string][] = [
  ['none', [['x', 'y']], 'kid, x'],
  [
    'a fixed one',
    [
      ['x', 'y'],
      ['kid', 'v1'],
    ],
    'x, kid',
  ],
  [
    'one that varies',
    [
      ['x', 'y'],
      ['kid', '#[1 ++ "a"]'],
    ],
    'x, kid',
  ],
];

for (const [name, headers, members] of writtenKids) {
  test(`the key's name is added to a header unless the policy writes a kid, here ${name}`, () => {
    const [written] = JSON.parse(policy());
    written.config.customHeaders = headers.map(([header, value]) => ({ name: header, value }));
    const token = mint(good({ 'a.pem': one, 'p.yaml': JSON.stringify([written]) }), 0);
    const names = Object.keys(decodeProtectedHeader(token)).filter((header) => header === 'kid' || header === 'x');
    assert.equal(names.join(', '), members);
  });
}
