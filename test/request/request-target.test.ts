import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readQuery, readTarget } from '../../src/request/request-target.ts';

/** What Flex Gateway's own evaluator gave for the same `:path`. */
const targets: readonly [target: string, path: string | null, query: string | null][] = [
  ['/a/../b/%7Ec d', '/b/%7Ec%20d', null],
  ['//evil/x?a=1', '/x', 'a=1'],
  ['/p?', '/p', ''],
  [`/p?a='b"c#f`, '/p', 'a=%27b%22c'],
  ['*', '/*', null],
  ['http://x/y?z', '/y', 'z'],
  ['/a\\b', '/a/b', null],
  ['', '/', null],
  ['/%zz?%zz=%zz', '/%zz', '%zz=%zz'],
  ['foo', '/foo', null],
  ['//', null, null],
  ['/a.b/c..d', '/a.b/c..d', null],
  ['/a/./b', '/a/b', null],
  ['/a/..', '/', null],
  ['/p#f?q', '/p', null],
];

for (const [target, path, query] of targets) {
  test(`target ${JSON.stringify(target)}`, () => assert.deepEqual(readTarget(target), { path, query }));
}

/** Texts over the characters that decide which way is taken. */
const text = fc.string({ unit: fc.constantFrom(...'ab.0/%2E?#&=+;:@\\ \'"é~-_') });

test('the short cut for paths gives what the URL standard gives', () => {
  fc.assert(
    fc.property(text, (rest) => {
      const url = URL.parse(`/${rest}`, 'http://request');
      assert.equal(readTarget(`/${rest}`).path, url?.pathname ?? null);
      assert.equal(readTarget(`/${rest}`).query ?? '', url?.search.slice(1) ?? '');
    }),
    { numRuns: 3000 },
  );
});

test('the short cut for queries gives what URLSearchParams gives', () => {
  fc.assert(
    fc.property(text, (query) => {
      assert.deepEqual([...readQuery(query)], [...new Map(new URLSearchParams(`?${query}`))]);
    }),
    { numRuns: 3000 },
  );
});

test('without a query there are no parameters', () => assert.equal(readQuery(null).size, 0));
