import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dialectOf } from '../../src/playground/dialect-of.ts';
import type { Dialect } from '../../src/playground/interface.ts';

const texts: [name: string, text: string, dialect: Dialect][] = [
  ['nothing', '', 'flex'],
  ['a policy of Flex Gateway', '- policyRef:\n    name: jwt-generation-flex\n', 'flex'],
  ['XML', '<GenerateJWT name="a"/>', 'apigee'],
  ['XML after a byte order mark and white space', '\ufeff\n <GenerateJWT', 'apigee'],
  ['an assembly', '# of an API\nassembly:\n  execute: []\n', 'datapower'],
  ['a list of policies', '- jwt-generate:\n    version: 2.0.0\n', 'datapower'],
  ['a policy behind a dash of its own', '-\n  jwt-generate :\n', 'datapower'],
  ['such a word as a value', 'name: "jwt-generate: no"\n', 'flex'],
  // One pattern over all lines would take quadratic time for them.
  ['a million empty lines', '\n'.repeat(1_000_000), 'flex'],
];

for (const [name, text, dialect] of texts) {
  test(`the dialect of ${name} is ${dialect}`, () => assert.equal(dialectOf(text), dialect));
}
