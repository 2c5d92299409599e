/**
 * @module
 * The order of members in the JSON of a claim. The cases of `test/conformance/` compare values, which have no order.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readJson } from '../conformance-files.ts';
import type { Context } from '../context-bindings.ts';
import { verdictOf } from './differences.ts';

const context: Context = readJson('corpus-context.json');

/** As the real engine 2.12.2 writes them. */
const ordered: [expression: string, text: string][] = [
  ['{b: 1, "1": 2}', '{"b":1,"1":2}'],
  ['[1,2,3,4] groupBy ($ mod 2)', '{"1":[1,3],"0":[2,4]}'],
];

for (const [expression, text] of ordered) {
  test(`members keep their order: ${expression}`, () => assert.equal(verdictOf(expression, context), text));
}
