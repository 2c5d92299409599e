import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stepsOf, withOutputs } from './console.ts';
import { abbreviated, isPart, isShown } from './shown-output.ts';

const comparisons: readonly [name: string, shown: string, actual: string, same: boolean][] = [
  ['the same', 'a\nb\n', 'a\nb\n', true],
  ['another word', 'a\nb\n', 'a\nc\n', false],
  ['a line more', 'a\n', 'a\nb\n', false],
  ['a line less', 'a\nb\n', 'a\n', false],
  ['other seconds', 'exp 1700000000\n', 'exp 1796070083\n', true],
  ['another number', 'exp 300\n', 'exp 301\n', false],
  ['another time', 'at 2026-01-01T00:00:00Z\n', 'at 2027-02-03T04:05:06.789Z\n', true],
  ['another UUID', 'jti 0f8fad5b-d9cb-469f-a165-70867728950e\n', 'jti 7c9e6679-7425-40de-944b-e07fc1f90ae7\n', true],
  ['a token', 'Bearer eyJ…\n', 'Bearer eyJhbGciOiJSUzI1NiJ9.e30.c2ln\n', true],
  ['no token', 'Bearer eyJ…\n', 'Bearer none\n', false],
  ['omitted lines', 'a\n…\nd\n', 'a\nb\nc\nd\n', true],
  ['no line omitted', 'a\n…\nd\n', 'a\nd\n', true],
  ['what follows omitted lines', 'a\n…\nd\n', 'a\nb\nc\n', false],
  ['a dot is a dot', 'a.b\n', 'a-b\n', false],
];

for (const [name, shown, actual, same] of comparisons) {
  test(`what a page shows: ${name}`, () => assert.equal(isShown(shown, actual), same));
}

const partsOfFiles: readonly [name: string, shown: string, isInFile: boolean][] = [
  ['the middle', 'b: 1\nc: 2\n', true],
  ['a part of a line', ': 1\n', false],
  ['lines apart', 'a: 0\nc: 2\n', false],
  ['lines apart, with the sign', 'a: 0\n…\nc: 2\n', true],
];

for (const [name, shown, expected] of partsOfFiles) {
  test(`a part of a file: ${name}`, () => assert.equal(isPart(shown, 'a: 0\nb: 1\nc: 2\nd: 3\n'), expected));
}

test('a token and a long word are abbreviated', () => {
  const word = 'x'.repeat(80);
  assert.equal(abbreviated(`eyJhbGciOiJSUzI1NiJ9.e30.c2ln "${word}" short\n`), 'eyJ… "xxxxxxxxxxxx…" short\n');
});

test('how long ago a time is, is not shown', () => {
  const output = 'pass  exp  2026-01-01T00:05:00Z, in 4m 59s.\npass  iat  2026-01-01T00:00:00Z, 1s ago.\n';
  assert.equal(abbreviated(output), 'pass  exp  2026-01-01T00:05:00Z, …\npass  iat  2026-01-01T00:00:00Z, …\n');
});

test('a console block is commands with their output', () => {
  const text = '$ mintproc a \\\n    --b   # why\nout\n$ ls\n';
  assert.deepEqual(stepsOf({ language: 'console', text }), [
    { command: 'mintproc a --b', output: 'out\n' },
    { command: 'ls', output: '' },
  ]);
  assert.equal(withOutputs(text, ['new\n', 'x\n']), '$ mintproc a \\\n    --b   # why\nnew\n$ ls\nx\n');
});

test('every line of an sh block is a command', () => {
  const text = 'a   # why\n\n# a comment\nb \\\n  c\n';
  assert.deepEqual(stepsOf({ language: 'sh', text }), [
    { command: 'a', output: undefined },
    { command: 'b c', output: undefined },
  ]);
});
