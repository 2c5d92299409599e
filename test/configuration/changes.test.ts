/**
 * @module
 * The report of differences between two configurations.
 */
import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { changesBetween, describeDifference } from '../../src/configuration/changes.ts';
import { parts } from '../../src/configuration/configuration-digests.ts';
import type { Snapshot } from '../../src/configuration/snapshot.ts';
import { finish } from '../../src/diagnostics/steps.ts';
import { heldKey, keyId } from '../../src/keys/held-key.ts';
import { makeTlsFiles } from '../e2e/harness/tls-files.ts';
import { good, load, one, policy, three, two, type World } from './key-world.ts';

const key = (kid: string, more = {}): object => ({ k: { file: 'a.pem', kid, ...more } });
const routes = (...matches: object[]): object[] => matches.map((match) => ({ match, policies: ['p'] }));
const entries = (count: number): object[] =>
  Array.from({ length: count }, (_, index) => ({ name: `p${index || ''}`, file: 'p.yaml', key: 'k' }));
const [orders, pets] = [{ pathPrefix: '/orders' }, { pathPrefix: '/pets', method: ['GET', 'PUT'] }];
const base: World = { 'a.pem': one, keys: key('a') };
const tls = await makeTlsFiles();
const users = {
  entries: ['k', 'l'].map((name) => ({ name, file: 'p.yaml', key: name })),
  routes: [{ match: {}, policies: ['k'] }],
};
const signingMethod = new X509Certificate(tls['server.crt']).publicKey.asymmetricKeyType === 'rsa' ? 'RS256' : 'ES256';
const certified: World = {
  'server.crt': tls['server.crt'],
  'server.key': tls['server.key'],
  'p.yaml': policy({ signingMethod }),
  keys: { k: { file: 'server.key' } },
};
const thumbprint = (key: string): string => heldKey(createPrivateKey(key)).thumbprint ?? '';

const rows: readonly [name: string, before: World, after: World, expected: string[]][] = [
  ['nothing', base, base, []],
  ["a policy's file", base, { ...base, 'p.yaml': policy({ claim: 'y' }) }, ['policies: changed p']],
  ["a policy's entry", base, { ...base, entry: { key: 'k', onError: 'pass' } }, ['policies: changed p']],
  ['a policy more', base, { ...base, entries: entries(2) }, ['policies: added p1']],
  ['a policy less', { ...base, entries: entries(3) }, base, ['policies: removed p1, p2']],
  [
    'many policies',
    base,
    { ...base, entries: entries(60) },
    [`policies: added ${Array.from({ length: 20 }, (_, i) => `p${i + 1}`).join(', ')} and 39 more`],
  ],
  ['a key under another name', base, { 'a.pem': two, keys: key('b') }, ['keys: changed k']],
  [
    'the date of a key',
    base,
    { ...base, keys: key('a', { retireAfter: '2029-01-01T00:00:00Z' }) },
    ['keys: changed k'],
  ],
  [
    'two names that swap their files',
    { 'a.pem': one, 'b.pem': two, ...users, keys: { k: { file: 'a.pem' }, l: { file: 'b.pem' } } },
    { 'a.pem': one, 'b.pem': two, ...users, keys: { k: { file: 'b.pem' }, l: { file: 'a.pem' } } },
    ['keys: changed k, l'],
  ],
  [
    'a name that moves to the file of another name',
    { 'a.pem': one, 'b.pem': two, ...users, keys: { k: { file: 'a.pem' }, l: { file: 'b.pem' } } },
    { 'a.pem': one, 'b.pem': two, ...users, keys: { k: { file: 'b.pem' }, l: { file: 'b.pem' } } },
    ['keys: changed k'],
  ],
  ['a revoked key', base, { ...base, keys: key('a', { revoked: ['old'] }) }, ['keys: changed k']],
  [
    'the certificate of a key',
    certified,
    { ...certified, keys: { k: { file: 'server.key', certificate: 'server.crt' } } },
    ['keys: changed k'],
  ],
  [
    'a folder with another key',
    { 'd/1.pem': one, 'd/2.pem': two, keys: { k: { directory: 'd' } } },
    { 'd/2.pem': two, 'd/3.pem': three, keys: { k: { directory: 'd' } } },
    [`keys: added ${thumbprint(three)} of k; removed ${thumbprint(one)} of k; changed k`],
  ],
  [
    "the key of a policy's entry",
    { 'a.pem': one, keys: {}, entry: { key: { file: 'a.pem' } } },
    { 'a.pem': two, keys: {}, entry: { key: { file: 'a.pem' } } },
    ['keys: changed key of p'],
  ],
  [
    'a route more',
    { ...base, routes: routes({}) },
    { ...base, routes: routes(orders, {}) },
    ['routes: added pathPrefix=/orders'],
  ],
  [
    'a route less, and another order',
    { ...base, routes: routes(orders, pets, { host: 'a.example' }, {}) },
    { ...base, routes: routes(pets, orders, {}) },
    ['routes: removed host=a.example; in another order'],
  ],
  [
    'the policies of a route',
    { ...base, entries: entries(2), routes: [{ match: {}, policies: ['p'] }] },
    { ...base, entries: entries(2), routes: [{ match: {}, policies: ['p1'] }] },
    ['routes: changed every request'],
  ],
  [
    'conditions on headers and parameters, of which only the names are shown',
    { ...base, routes: routes({}) },
    { ...base, routes: routes({ headers: { 'x-api-key': 's3cret' }, query: { v: ['1'], 'a b': true } }, {}) },
    ['routes: added headers=x-api-key query=v|(a name that is not shown)'],
  ],
  [
    'the first of three routes with the same match',
    { ...base, entries: entries(2), routes: routes(orders, orders, orders) },
    { ...base, entries: entries(2), routes: [{ match: orders, policies: ['p1'] }, ...routes(orders, orders)] },
    ['routes: changed pathPrefix=/orders'],
  ],
  ['a setting', base, { ...base, jwks: { publishAhead: '2h' } }, ['settings: changed jwks']],
  [
    'a long match',
    { ...base, routes: routes({}) },
    { ...base, routes: routes({ pathPrefix: `/${'x'.repeat(200)}` }, {}) },
    [`routes: added pathPrefix=/${'x'.repeat(88)}…`],
  ],
];

const linesOf = (before: Snapshot, after: Snapshot): string[] => {
  const changes = finish(changesBetween(before.digests, after.digests));
  return parts.flatMap((part) => {
    const difference = describeDifference(changes, part);
    return difference === undefined ? [] : [`${part}: ${difference}`];
  });
};

for (const [name, before, after, expected] of rows) {
  test(`differences: ${name}`, () => {
    assert.deepEqual(linesOf(good(before), good(after)), expected);
  });
}

test('a value that is written instead of a name is not shown', () => {
  const secret = 'K7"s3cr3t{}';
  const after = {
    ...good(base).digests,
    variables: new Map([[secret, 'x']]),
    keys: new Map([[JSON.stringify(['keys', 'k'.repeat(81)]), 'x']]),
  };
  const { variables, keys } = finish(changesBetween(good(base).digests, after));
  assert.deepEqual([variables.added, keys.added], [['(a name that is not shown)'], ['(a name that is not shown)']]);
});

/** What the policies sign with and publish, found without the digests. */
function signs({ policies, keys }: Snapshot): string {
  const rings = [...policies.keys()].map((name) =>
    keys.rings.get(name)?.map(({ held, activeFrom, retireAfter }) => {
      return [held.thumbprint, keyId(held), String(activeFrom), String(retireAfter)];
    }),
  );
  return JSON.stringify(rings);
}

test('a change of what policies sign with is never the same, and no change is: 600 pairs', () => {
  const names = ['k', 'l', 'm'];
  const files = ['a.pem', 'b.pem', 'c.pem'];
  const settings = (name: string): object[] => [
    {},
    { kid: `kid-${name}` },
    { retireAfter: '2029-01-01T00:00:00Z' },
    { revoked: ['old'] },
  ];
  let seed = 1;
  const pick = <T>(list: readonly [T, ...T[]] | readonly T[]): T => {
    seed = (seed * 48_271) % 2_147_483_647;
    return list[seed % list.length] as T;
  };
  const world = (): World => ({
    'a.pem': pick([one, two, three]),
    'b.pem': two,
    'c.pem': three,
    entries: names.map((name) => ({ name, file: 'p.yaml', key: pick([name, name, 'k']) })),
    keys: Object.fromEntries(names.map((name) => [name, { file: pick(files), ...pick(settings(name)) }])),
    routes: [{ match: {}, policies: ['k'] }],
  });
  const loaded = Array.from({ length: 40 }, () => {
    const made = world();
    return { made: JSON.stringify(made), before: good(made), after: good(made) };
  });
  const pairs = loaded.flatMap((one) => loaded.map((other) => [one, other] as const)).slice(0, 600);
  for (const [one, other] of pairs) {
    const lines = linesOf(one.before, other.after);
    if (one.made === other.made) assert.deepEqual(lines, [], one.made);
    else if (signs(one.before) !== signs(other.after)) assert.notDeepEqual(lines, [], `${one.made}\n${other.made}`);
  }
});

/** The world of each row has one error and no other difference from `whole`. */
const whole: World = { 'a.pem': one, 'b.pem': two, ...users, keys: { k: { file: 'a.pem' }, l: { file: 'b.pem' } } };
const [first, second] = users.entries;
const broken: readonly [what: string, World][] = [
  ['an unknown setting', { ...whole, jwks: { unknown: 1 } }],
  ['no list of policies', { ...whole, entries: 1 as never }],
  ['no list of routes', { ...whole, routes: 'x' as never }],
  ['a malformed policy', { ...whole, entries: [first, { ...second, unknown: 1 }] as object[] }],
  ['a policy without a name', { ...whole, entries: [first, { file: 'p.yaml', key: 'l' }] as object[] }],
  ['a malformed route', { ...whole, routes: [{ match: { unknown: 1 }, policies: ['k'] }] }],
  ['a malformed key', { ...whole, keys: { k: { file: 'a.pem' }, l: { unknown: 1 } } }],
  ['no map of keys', { ...whole, keys: [] }],
  ['a missing key file', { 'a.pem': one, ...users, keys: { k: { file: 'a.pem' }, l: { file: 'b.pem' } } }],
  ['a key file that is not a key', { ...whole, 'b.pem': 'x' }],
];

for (const [what, world] of broken) {
  test(`nothing is removed or added by ${what}`, () => {
    const { digests, problems } = load(world);
    assert.ok(digests);
    assert.ok(problems.some(({ severity }) => severity === 'error'));
    for (const [before, after] of [
      [good(whole).digests, digests],
      [digests, good(whole).digests],
    ] as const) {
      const changes = finish(changesBetween(before, after));
      for (const part of parts) assert.deepEqual([changes[part].added, changes[part].removed], [[], []], part);
    }
  });
}
