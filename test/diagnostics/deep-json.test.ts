import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deepestJson, parseExactly, parseJson } from '../../src/diagnostics/exact-json.ts';

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

for (const [name, parse] of [
  ['parseJson', parseJson],
  ['parseExactly', parseExactly],
] as const) {
  test(`${name} takes JSON as deep as it may be, and brackets in strings`, () => {
    assert.ok(Array.isArray(parse(nested(deepestJson))));
    assert.equal(parse(JSON.stringify('[{"\\'.repeat(2_000))), '[{"\\'.repeat(2_000));
  });

  test(`${name} refuses one level more`, () => {
    assert.throws(() => parse(nested(deepestJson + 1)), SyntaxError);
  });

  // Without the bound, Node 26.10 ends here.
  test(`${name} outlives JSON that is nested deep and broken off`, () => {
    for (let i = 0; i < 100; i++) {
      assert.throws(() => parse(`${'[1,'.repeat(10_000)}1`), SyntaxError);
      assert.throws(() => parse(`${'[1,'.repeat(10_000)}1234567890123456789`), SyntaxError);
    }
  });
}
