import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MintError } from '../../src/diagnostics/mint-error.ts';
import { HeaderValues } from '../../src/mint/header-values.ts';

test('each token has its own value, also when it is reused', () => {
  const values = new HeaderValues('Bearer ');
  const given = ['a.b.c', 'a.b.c', 'a.b.d', 'a.b.c'].map((token) => values.of(token, 20));
  assert.deepEqual(given, ['Bearer a.b.c', 'Bearer a.b.c', 'Bearer a.b.d', 'Bearer a.b.c']);
});

test('a kept value is checked against the maximum like any other', () => {
  const values = new HeaderValues('x ');
  assert.equal(values.of('abc', 5), 'x abc');
  assert.throws(
    () => values.of('abc', 4),
    (error) => error instanceof MintError && error.code === 'mint.token-too-large',
  );
  assert.equal(values.of('abc', 5), 'x abc');
});

test('an invalid value is refused each time', () => {
  const values = new HeaderValues('');
  for (const token of ['a\nb', 'a\nb', 'c\rd', 'e\0f']) {
    assert.throws(
      () => values.of(token, 20),
      (error) => error instanceof MintError && error.code === 'mint.forbidden-character',
    );
  }
});

test('no value is kept before the first', () => {
  assert.equal(new HeaderValues('p').of('', 1), 'p');
});
