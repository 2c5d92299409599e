/**
 * @module
 * The report of differences between two configurations.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changesBetween, describeDifference, parts } from '../../src/configuration/changes.ts';
import { finish } from '../../src/diagnostics/steps.ts';
import { good, one, policy, two, type World } from './key-world.ts';

const key = (kid: string, more = {}): object => ({ k: { file: 'a.pem', kid, ...more } });
const routes = (...matches: object[]): object[] => matches.map((match) => ({ match, policies: ['p'] }));
const entries = (count: number): object[] =>
  Array.from({ length: count }, (_, index) => ({ name: `p${index || ''}`, file: 'p.yaml', key: 'k' }));
const [orders, pets] = [{ pathPrefix: '/orders' }, { pathPrefix: '/pets', method: ['GET', 'PUT'] }];
const base: World = { 'a.pem': one, keys: key('a') };

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
  ['a key under another name', base, { 'a.pem': two, keys: key('b') }, ['keys: added b; removed a']],
  [
    'the date of a key',
    base,
    { ...base, keys: key('a', { retireAfter: '2029-01-01T00:00:00Z' }) },
    ['keys: changed a'],
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
  ['a setting', base, { ...base, jwks: { publishAhead: '2h' } }, ['settings: changed jwks']],
  [
    'a long match',
    { ...base, routes: routes({}) },
    { ...base, routes: routes({ pathPrefix: `/${'x'.repeat(200)}` }, {}) },
    [`routes: added pathPrefix=/${'x'.repeat(88)}…`],
  ],
];

for (const [name, before, after, expected] of rows) {
  test(`differences: ${name}`, () => {
    const changes = finish(changesBetween(good(before).digests, good(after).digests));
    const found = parts.flatMap((part) => {
      const difference = describeDifference(changes, part);
      return difference === undefined ? [] : [`${part}: ${difference}`];
    });
    assert.deepEqual(found, expected);
  });
}

test('a value that is written instead of a name is not shown', () => {
  const secret = 'K7"s3cr3t{}';
  const after = {
    ...good(base).digests,
    variables: new Map([[secret, 'x']]),
    keys: new Map([[`${'k'.repeat(81)}`, 'x']]),
  };
  const { variables, keys } = finish(changesBetween(good(base).digests, after));
  assert.deepEqual([variables.added, keys.added], [['(a name that is not shown)'], ['(a name that is not shown)']]);
});
