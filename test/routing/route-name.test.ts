/**
 * @module
 * Patterns of the names of Envoy's routes, and their keys in the index.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { beginningsOf, isBeginning, routeNameMatches } from '../../src/routing/route-name.ts';

const patterns: [pattern: string, isBeginning: boolean][] = [
  ['a/*', true],
  ['a/b/*', true],
  ['/*', true],
  ['a*', false],
  ['*', false],
  ['a/*/c', false],
  ['a/', false],
  ['', false],
];
const names = ['', '*', 'a', 'a*', 'a/', 'a/*', 'a/b', 'a/b/c', 'ab', 'ab/c', '/', '/a', 'A/b', 'a/*/c'];

for (const [pattern, expected] of patterns) {
  test(`${JSON.stringify(pattern)} is ${expected ? 'a beginning' : 'a whole name'}, and the index has the same matches`, () => {
    assert.equal(isBeginning(pattern), expected);
    for (const name of names) {
      const matches = name === pattern || (expected && name.startsWith(pattern.slice(0, -1)));
      assert.equal(routeNameMatches(pattern, name), matches, name);
      assert.equal([name, ...beginningsOf(name)].includes(pattern), matches, name);
    }
    assert.equal(routeNameMatches(pattern, undefined), false);
  });
}

test('a name has a beginning for each slash', () => {
  assert.deepEqual(['', 'a', 'a/b/c'].map(beginningsOf), [[], [], ['a/*', 'a/b/*']]);
});

test('a route without a pattern matches every name', () => {
  for (const name of [undefined, ...names]) assert.equal(routeNameMatches(undefined, name), true);
});
