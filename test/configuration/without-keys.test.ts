/**
 * @module
 * Policies without an active key, at a start, at a reload and in `validate`.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load, one, start, two } from './key-world.ts';

const date = (at: number): string => new Date(start + at).toISOString();
const files = { 'a.pem': one, 'b.pem': two };

const withoutKeys: readonly [
  when: string,
  keys: object,
  before: object | undefined,
  codes: string[],
  isLoaded: boolean,
][] = [
  ['the start, one of two', { k: { file: 'a.pem', retireAfter: date(-1) } }, undefined, ['warning'], true],
  [
    'a reload after it retired',
    { k: { file: 'a.pem', retireAfter: date(-1) } },
    { k: { file: 'a.pem', retireAfter: date(-1) } },
    ['warning'],
    true,
  ],
  [
    'a reload that takes the key away',
    { k: { file: 'a.pem', retireAfter: date(-1) } },
    { k: { file: 'a.pem' } },
    ['error'],
    false,
  ],
  ['the start, a key of tomorrow', { k: { file: 'a.pem', activeFrom: date(1e8) } }, undefined, ['warning'], true],
];

for (const [when, keys, before, severities, isLoaded] of withoutKeys) {
  test(`a policy without an active key at ${when}`, () => {
    const other = { l: { file: 'b.pem' } };
    const both = [
      { name: 'p', file: 'p.yaml', key: 'k' },
      { name: 'q', file: 'p.yaml', key: 'l' },
    ];
    const world = { ...files, entries: both };
    const some = { withoutKeys: 'some' } as const;
    const first = before && load({ ...world, keys: { ...before, ...other } }, 0, undefined, some).snapshot;
    const { snapshot, problems } = load({ ...world, keys: { ...keys, ...other } }, 0, first, some);
    assert.deepEqual(
      problems
        .filter(({ code }) => code === 'keys.none-active' || code === 'keys.idle-policy')
        .map(({ severity }) => severity),
      severities,
    );
    assert.equal(snapshot !== undefined, isLoaded);
  });
}

test('if no policy has an active key, nothing is loaded, unless one has onError: pass', () => {
  const keys = { k: { file: 'a.pem', retireAfter: date(-1) } };
  const some = { withoutKeys: 'some' } as const;
  assert.equal(load({ 'a.pem': one, keys }, 0, undefined, some).snapshot, undefined);
  assert.ok(load({ 'a.pem': one, keys, entry: { key: 'k', onError: 'pass' } }, 0, undefined, some).snapshot);
});

test('validate is stricter: a policy without an active key is an error', () => {
  const { snapshot, problems } = load({ 'a.pem': one, keys: { k: { file: 'a.pem', retireAfter: date(-1) } } });
  assert.deepEqual([snapshot, problems.map(({ severity }) => severity)], [undefined, ['error']]);
});
