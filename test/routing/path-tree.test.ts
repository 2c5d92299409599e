import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  anySegment,
  type PathPattern,
  readPath,
  readPathPrefix,
  wholePathReadings,
} from '../../src/routing/path-pattern.ts';
import { PathTree } from '../../src/routing/path-tree.ts';

/** A pattern as text; `%2A` for a literal star. */
function shown(pattern: PathPattern | undefined): string | undefined {
  if (pattern === undefined) return undefined;
  const texts = pattern.segments.map((segment) => (segment === anySegment ? '*' : segment.replaceAll('*', '%2A')));
  return `/${texts.join('/')} + ${pattern.ending}`;
}

const read: [kind: 'pathPrefix' | 'path', text: string, expected: string | undefined][] = [
  ['pathPrefix', '/', '/ + anything'],
  ['pathPrefix', '/orders', '/orders + anything'],
  ['pathPrefix', '/Orders/', '/orders + anything'],
  ['pathPrefix', '/caf%C3%A9', '/café + anything'],
  ['pathPrefix', '/a/b', '/a/b + anything'],
  ['pathPrefix', '/a b.c', '/a b.c + anything'],
  ['pathPrefix', '/a/%2A', '/a/%2A + anything'],
  ['path', '/', '/ + slash'],
  ['path', '/*', '/* + nothing'],
  ['path', '/**', '/ + more'],
  ['path', '/Orders', '/orders + nothing'],
  ['path', '/orders/', '/orders + slash'],
  ['path', '/orders/*/Items', '/orders/*/items + nothing'],
  ['path', '/orders/*/', '/orders/* + slash'],
  ['path', '/orders/*/**', '/orders/* + more'],
  ['path', '/a/%2a', '/a/%2A + nothing'],
  ['path', '/caf%C3%A9/*', '/café/* + nothing'],
];
for (const [kind, text, expected] of read) {
  const compile = kind === 'path' ? readPath : readPathPrefix;
  test(`${kind}: ${text}`, () => assert.equal(shown(compile(text)), expected));
}

const unreadable = ['orders', '', '/a//b', '/a/../b', '/a%2Fb', '/a?b', '/a;b', '/a\\b', '/a.', '/a%20', '/ａ', '//**'];
for (const text of unreadable) {
  test(`neither a pathPrefix nor a path: ${text}`, () =>
    assert.deepEqual([readPathPrefix(text), readPath(text)], [undefined, undefined]));
}

function patternOf(text: string): PathPattern {
  const pattern = text.startsWith('prefix ') ? readPathPrefix(text.slice('prefix '.length)) : readPath(text);
  assert.ok(pattern);
  return pattern;
}

function treeOf(texts: readonly string[]): PathTree<string> {
  const tree = new PathTree<string>();
  for (const text of texts) tree.getOrAdd(patternOf(text), () => text);
  return tree;
}

const matching: [pattern: string, path: string, expected: boolean][] = [
  ['prefix /orders', '/orders', true],
  ['prefix /orders', '/orders/', true],
  ['prefix /orders', '/orders/1', true],
  ['prefix /orders', '/ordersx', false],
  ['prefix /orders', '/order', false],
  ['prefix /orders', '/x/orders', false],
  ['prefix /', '/', true],
  ['prefix /', '/x', true],
  ['prefix /', '*', false],
  ['prefix /', '', false],
  ['/', '/', true],
  ['/', '/x', false],
  ['/', '', false],
  ['/', '*', false],
  ['/orders', '/orders', true],
  ['/orders', '/orders/', false],
  ['/orders', '/orders/1', false],
  ['/orders/', '/orders', true],
  ['/orders/', '/orders/', true],
  ['/orders/', '/orders//', false],
  ['/orders/', '/orders/\0', true],
  ['/orders/', '/orders/x', false],
  ['/orders/**', '/orders/\0', true],
  ['/orders/*', '/orders', false],
  ['/orders/*', '/orders/', false],
  ['/orders/*', '/orders/1', true],
  ['/orders/*', '/orders/*', true],
  ['/orders/*', '/orders/\0', true],
  ['/orders/*', '/orders/1/', false],
  ['/orders/*', '/orders/1/2', false],
  ['/orders/*/items', '/orders/1/items', true],
  ['/orders/*/items', '/orders//items', false],
  ['/orders/*/items', '/orders/1/2/items', false],
  ['/orders/*/', '/orders/1/', true],
  ['/orders/%2A', '/orders/*', true],
  ['/orders/%2A', '/orders/1', false],
  ['/**', '/', false],
  ['/**', '/1', true],
  ['/orders/**', '/orders', false],
  ['/orders/**', '/orders/', false],
  ['/orders/**', '/orders/1', true],
  ['/orders/**', '/orders/1/2/', true],
  ['/orders/*/**', '/orders/1', false],
  ['/orders/*/**', '/orders/1/2', true],
];
for (const [pattern, path, expected] of matching) {
  test(`${pattern} matches ${path}: ${expected}`, () => {
    assert.equal(treeOf([pattern]).matching(path).length, expected ? 1 : 0);
  });
}

const covering: [a: string, b: string, expected: boolean][] = [
  ['prefix /', 'prefix /x', true],
  ['prefix /', '/**', true],
  ['prefix /', '/', true],
  ['prefix /x', 'prefix /X/', true],
  ['prefix /x', 'prefix /xy', false],
  ['prefix /x', '/x', true],
  ['prefix /x', '/x/*/y', true],
  ['prefix /x', '/x/**', true],
  ['prefix /x', '/*', false],
  ['/**', '/', false],
  ['/**', 'prefix /x', true],
  ['/x/**', 'prefix /x', false],
  ['/x/**', 'prefix /x/y', true],
  ['/x/**', '/x', false],
  ['/x/**', '/x/*', true],
  ['/x/**', '/*/x', false],
  ['/*/**', '/x/**', true],
  ['/x', 'prefix /x', false],
  ['/x', '/x', true],
  ['/x', '/x/', false],
  ['/x/', '/x', true],
  ['/*', '/x', true],
  ['/*', '/x/', false],
  ['/*', '/%2A', true],
  ['/x', '/*', false],
  ['/%2A', '/*', false],
  ['/*/y', '/x/*', false],
  ['/*/y', '/x/y', true],
];
for (const [a, b, expected] of covering) {
  test(`${a} covers ${b}: ${expected}`, () => {
    assert.equal(treeOf([a]).covering(patternOf(b)).length, expected ? 1 : 0);
  });
}

const segment = fc.constantFrom('a', 'b', 'c');
const patternText = fc
  .tuple(fc.array(fc.oneof(segment, fc.constant('*')), { maxLength: 4 }), fc.constantFrom('', '/', '/**', 'prefix'))
  .map(([segments, end]) => {
    if (end === 'prefix') return `prefix /${segments.map((one) => (one === '*' ? 'a' : one)).join('/')}`;
    return segments.length === 0 && end === '' ? '/' : `${segments.map((one) => `/${one}`).join('')}${end}`;
  });
const pathText = fc
  .array(fc.oneof({ weight: 3, arbitrary: segment }, fc.constant('')), { minLength: 1, maxLength: 6 })
  .map((segments) => `/${segments.join('/')}`);

/** Written down without a look at the tree. */
function expressionOf(text: string): RegExp {
  const [, prefix, path = ''] = /^(?:prefix (.*)|(.*))$/.exec(text) ?? [];
  if (prefix !== undefined) return new RegExp(`^${prefix === '/' ? '' : prefix}(?:/.*)?$`);
  const source = path
    .replace(/\/\*\*$/, '/.+')
    .replace(/(?<=\/)\*(?=\/|$)/g, '[^/]+')
    .replace(/\/$/, '/?');
  return new RegExp(`^${source}$`);
}

test('the tree finds the patterns that a regular expression for each finds', () => {
  fc.assert(
    fc.property(fc.array(patternText, { maxLength: 12 }), pathText, (texts, path) => {
      const expected = texts.filter((text) => expressionOf(text).test(path));
      const found = treeOf(texts).matching(path);
      assert.deepEqual([...found].sort(), [...new Set(expected)].sort());
    }),
    { numRuns: 5000 },
  );
});

test('a pattern that covers another matches every path that the other matches', () => {
  const paths = ['a', 'b', 'a/b', 'b/a', 'a/a/a', 'a/b/c/d', 'a/b/c/d/e', 'c', 'c/a'].flatMap((path) => [
    `/${path}`,
    `/${path}/`,
  ]);
  fc.assert(
    fc.property(patternText, patternText, (a, b) => {
      if (treeOf([a]).covering(patternOf(b)).length === 0) return;
      const left = paths.filter((path) => expressionOf(b).test(path) && !expressionOf(a).test(path));
      assert.deepEqual(left, []);
    }),
    { numRuns: 5000 },
  );
});

const readings: [path: string, expected: string[]][] = [
  ['/orders', ['/orders']],
  ['/orders/', ['/orders/', '/orders/\0', '/orders']],
  ['/orders//x', ['/orders//x', '/orders/\0/x']],
  ['//', ['//', '/\0/\0', '/', '/\0']],
  ['/', ['/', '/\0']],
  ['*', ['*']],
];
for (const [path, expected] of readings) {
  test(`compared with whole paths: ${path}`, () => assert.deepEqual(wholePathReadings(path), expected));
}
