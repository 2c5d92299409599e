import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { longestUnusualPath, maxInterpretations, pathInterpretations } from '../../src/routing/request-path.ts';

const usual: [target: string, interpretation: string][] = [
  ['/', '/'],
  ['/orders', '/orders'],
  ['/orders/1?a=/../b#c', '/orders/1'],
  ['/Orders/1', '/orders/1'],
  ['/caf%C3%A9', '/café'],
  ['/a%20b/%7Euser', '/a b/~user'],
  ['/%6Frders', '/orders'],
  ['/.well-known/jwks', '/.well-known/jwks'],
  ['/a b/c. d/ÀB.tar.gz', '/a b/c. d/àb.tar.gz'],
  ['', ''],
];
for (const [target, interpretation] of usual) {
  test(`one interpretation: ${target}`, () => assert.deepEqual(pathInterpretations(target), [interpretation]));
}

const unusual: [target: string, alsoRead: string[]][] = [
  ['//orders', ['//orders', '/orders']],
  ['//host/orders', ['/host/orders', '/orders']],
  ['http://host/orders', ['/orders']],
  ['/x/../orders', ['/x/../orders', '/orders']],
  ['/x/%2e%2E/orders', ['/orders']],
  ['/x/./orders/.', ['/x/orders/']],
  ['/../orders/..', ['/']],
  ['/orders%2F1', ['/orders%2f1', '/orders/1']],
  ['/orders%252F1', ['/orders%252f1', '/orders%2f1', '/orders/1']],
  ['/x/%252e%252e/orders', ['/orders']],
  ['/x\\..\\orders', ['/x\\..\\orders', '/x/../orders', '/orders']],
  ['/x%5C..%5Corders', ['/orders']],
  ['/orders;v=1/2', ['/orders/2']],
  ['/x/..;/orders', ['/orders']],
  ['/x/..%3Ba/orders', ['/orders']],
  ['/orders%3Fx', ['/orders', '/orders?x']],
  ['/orders%00.png', ['/orders']],
  ['/orders#x', ['/orders', '/orders#x']],
  ['/orders%', ['/orders%']],
  ['/%C0%AFx', ['/%c0%afx']],
  ['/x%FF%2F..%2Forders', ['/orders']],
  ['/x%FF%5C..%5Corders', ['/orders']],
  ['/orders%3B%FF', ['/orders']],
  ['/orders%00%FF', ['/orders']],
  ['/x/%2E%2E%FF', ['/x/..%ff']],
  // H22: forms that some servers interpret as `/orders`.
  ['/x/%u002e%u002e%u002forders', ['/orders']],
  ['/x/%c0%ae%c0%ae/orders', ['/orders']],
  ['/x/%C0%AE%C0%AE/orders', ['/orders']],
  ['/x/%25252e%25252e/orders', ['/orders']],
  ['/x/..%09/orders', ['/orders']],
  ['/orders.', ['/orders.', '/orders']],
  ['/orders%20', ['/orders ', '/orders']],
  // The same kinds in other places and forms.
  ['/x/%2525252525252e./orders', ['/orders']],
  ['/x/%25c0%25ae./orders', ['/orders']],
  ['/x/%c0./orders', ['/x/./orders', '/x/orders']],
  ['/x/%e0%80%ae%f0%80%80%ae/orders', ['/orders']],
  ['/x/%f8%80%80%80%ae./orders', ['/orders']],
  ['/x/%fc%80%80%80%80%ae./orders', ['/orders']],
  // The last character of Unicode.
  ['/x/%f8%84%8f%bf%bf/orders', ['/x/\u{10ffff}/orders']],
  // Beyond Unicode, so not a character.
  ['/x/%f8%87%bf%bf%bf/orders', ['/x/%f8%87%bf%bf%bf/orders']],
  ['/x/%fc%83%bf%bf%bf%bf/orders', ['/x/%fc%83%bf%bf%bf%bf/orders']],
  ['/x/\xc0\xae\xc0\xae/orders', ['/orders']],
  ['/x%c0%af..%c1%9corders', ['/orders']],
  ['/x/%uff0e%uff0e%u2215orders', ['/orders']],
  ['/x/..\u2216orders', ['/orders']],
  ['/x/..\u2044orders', ['/orders']],
  ['/x/%EF%BC%8E%EF%BC%8E/orders', ['/orders']],
  ['/\uff4frders', ['/orders']],
  ['/orders../1', ['/orders/1']],
  ['/orders%20.%20/1', ['/orders/1']],
  ['/%20orders/1', ['/orders/1']],
  ['/%20%20orders/1', ['/orders/1']],
  ['/orders%20%20/1', ['/orders/1']],
  ['/orders%01%01/1', ['/orders/1']],
  ['/or%0Aders', ['/orders']],
  ['/orders%C2%A0', ['/orders']],
  ['/orders%0b', ['/orders']],
  ['/orders%7F', ['/orders\x7f']],
  ['/.../orders', ['/orders']],
  ['/x/.. ', ['/x/', '/']],
  ['/x/. ./..', ['/x/', '/']],
  ['/a..b/...', ['/a..b/...', '/a..b/']],
  // Folded before decoding: what the client encoded stays.
  ['/x/%EF%BC%8Fy%2f.\uff0e/.\uff0e/orders', ['/x/orders', '/orders']],
  ['/x%EF%BC%8Fy/.\uff0e/orders', ['/orders', '/x/orders']],
  ['*', ['*']],
];
for (const [target, expected] of unusual) {
  test(`several interpretations: ${target}`, () => {
    const interpretations = pathInterpretations(target);
    assert.deepEqual(
      expected.filter((interpretation) => interpretations?.includes(interpretation) !== true),
      [],
      String(interpretations),
    );
  });
}

const exact: [target: string, interpretations: string[]][] = [
  // Raw bytes that are not overlong, and an escape that is not UTF-8.
  ['/\xe9\xa9;', ['/\xe9\xa9;', '/\xe9\xa9']],
  ['/x%80', ['/x%80']],
  // Two slashes begin a host only at the beginning.
  ['/a//b', ['/a//b', '/a/b']],
];
for (const [target, interpretations] of exact) {
  test(`no other interpretations: ${target}`, () => assert.deepEqual(pathInterpretations(target), interpretations));
}

test('an unusual path is read up to the longest length, and no further', () => {
  const path = `//${'a'.repeat(longestUnusualPath - 2)}`;
  assert.notEqual(pathInterpretations(path), undefined);
  assert.equal(pathInterpretations(`${path}a`), undefined);
});

const nested = '25'.repeat(62);
const often: [target: string, interpretations: number | undefined][] = [
  [`/%${nested}41`, maxInterpretations],
  [`/%25${nested}41`, undefined],
  // All wide characters are folded at once.
  [`/${'\uff4f'.repeat(maxInterpretations)}`, 2],
];
for (const [target, interpretations] of often) {
  test(`a path is decoded until nothing changes, or has too many interpretations: ${target.length}`, () =>
    assert.equal(pathInterpretations(target)?.length, interpretations));
}

test('decoding ends when a path has too many interpretations, of some 200,000 here', () => {
  const path = `/%${'25'.repeat(60)}41/%${'u0025'.repeat(60)}u0041/%${'c0%a5'.repeat(60)}41`;
  const before = process.cpuUsage();
  assert.equal(pathInterpretations(path), undefined);
  assert.ok(process.cpuUsage(before).user < 1_000_000);
});

test('a usual path has one interpretation at any length', () => {
  assert.equal(pathInterpretations(`/${'a'.repeat(100_000)}`)?.length, 1);
});

const twists: [text: string, interpretations: number | undefined][] = [
  ['//a//b%2Fx;v\\\\z/./', 64],
  ['//a//b;v\\\\z%23q/./', undefined],
];
for (const [text, interpretations] of twists) {
  test(`a path has at most ${maxInterpretations} interpretations: ${text}`, () =>
    assert.equal(pathInterpretations(text)?.length, interpretations));
}

/** Known ways in which backends read a path. Each result must be one of the interpretations. */
const backends: [name: string, read: (path: string) => string][] = [
  ['WHATWG URL', (path) => new URL(`http://h${path}`).pathname],
  ['decode, then merge slashes', (path) => decodeURIComponent(path).replace(/\/+/g, '/')],
  ['drop parameters, then decode', (path) => decodeURIComponent(path.replace(/;[^/]*/g, ''))],
];
const pieces = fc.constantFrom('/', '//', 'a', 'B', '..', '.', '%2F', '%2e', ';x', 'é', '%41', '\\');
for (const [name, read] of backends) {
  test(`a path as another server reads it is among the interpretations, or not a route's: ${name}`, () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
        const path = `/${parts.join('')}`;
        const theirs = decodeURIComponent(read(path)).toLowerCase();
        const interpretations = pathInterpretations(path);
        // Too many: the request is refused.
        if (interpretations === undefined) return;
        const ours = new Set(interpretations.flatMap((interpretation) => [interpretation, decoded(interpretation)]));
        assert.ok(ours.has(theirs), `${path} is read as ${theirs}, not among ${[...ours].join(' ')}`);
      }),
    );
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text).toLowerCase();
  } catch {
    return text;
  }
}
