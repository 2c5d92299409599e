/**
 * @module
 * JSON that a terminal shows as it is.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { jsonText } from '../../src/cli/json-text.ts';

test('JSON has no character that a terminal obeys, and is the same value', () => {
  assert.equal(jsonText('a\u009b\u{e0041}é\u2028'), '"a\\u009b\\udb40\\udc41é\\u2028"');
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), fc.constantFrom(undefined, 2), (value, indent) => {
      const text = jsonText(value, indent);
      assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
      assert.doesNotMatch(text, /(?!\n)[\p{C}\u2028\u2029]/u);
    }),
    { numRuns: 2000 },
  );
});

test('JSON gives no orders to a CI system, and is the same value', () => {
  for (const order of ['##[error]a', '##vso[task.setvariable variable=a]b', '###[x##[y', '##teamcity[a]']) {
    for (const value of [order, [order], { [order]: order }]) {
      const text = jsonText(value, 2);
      assert.doesNotMatch(text, /##\w*\[/);
      assert.deepEqual(JSON.parse(text), value);
    }
  }
  assert.equal(jsonText(['#[a]', '##', []]), '["#[a]","##",[]]');
});
