import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { lookalikesPattern } from '../../src/envoy/client-copies.ts';
import { HeaderList } from '../../src/request/header-fields.ts';
import { lookalikesOf } from '../../src/request/lookalikes.ts';

test('the pattern removes the header and exactly those that mintproc takes for it', () => {
  const name = fc.stringMatching(/^[ab_.~-]{1,6}$/);
  fc.assert(
    fc.property(name, name, (header, sent) => {
      const pattern = lookalikesPattern(header);
      const found = lookalikesOf([header])(new HeaderList([[sent, '']]));
      const isRemoved = pattern === undefined ? sent === header : new RegExp(`^(?:${pattern})$`).test(sent);
      assert.equal(isRemoved, sent === header || found.length > 0);
    }),
    { numRuns: 5000 },
  );
});

test('a pseudo-header is no lookalike', () => {
  assert.doesNotMatch(':path', new RegExp(`^(?:${lookalikesPattern('-path')})$`));
});

const sizes: [name: string, header: string, hasPattern: boolean][] = [
  ['no separator', 'authorization', false],
  ['as many letters as fit', `${'a'.repeat(93)}-`, true],
  ['one more', `${'a'.repeat(94)}-`, false],
  ['as many separators as fit', '-'.repeat(32), true],
  ['one more separator', '-'.repeat(33), false],
];
for (const [name, header, hasPattern] of sizes) {
  test(`a pattern that Envoy accepts: ${name}`, () =>
    assert.equal(lookalikesPattern(header) !== undefined, hasPattern));
}
