import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseExactly } from '../../src/diagnostics/exact-json.ts';
import type { JsonObject } from '../../src/diagnostics/json.ts';
import { expectedMembers } from '../../src/playground/expected-claims.ts';

const one = '0e0a5c1e-3c1b-4a5f-9d2e-1f2a3b4c5d6e';
const other = '7d9f0f3c-58aa-4f0e-8a46-0b1c2d3e4f50';
const uuid = '^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$';

/** All as JSON text, so that numbers have their digits. */
const expectations: [name: string, token: string, another: string, expected: string, areAll: boolean][] = [
  ['the same', '{"a":[1,{"b":null}]}', '{"a":[1,{"b":null}]}', '{"a":[1,{"b":null}]}', true],
  ['another text', '{"a":"x"}', '{"a":"y"}', '{"a":{"present":true}}', true],
  ['another identifier', `{"a":"${one}"}`, `{"a":"${other}"}`, JSON.stringify({ a: { matches: uuid } }), true],
  ['an identifier and another text', `{"a":"${one}"}`, '{"a":"y"}', '{"a":{"present":true}}', true],
  ['a member that the other lacks', '{"a":1,"b":2}', '{"a":1}', '{"a":1}', false],
  ['a member that only the other has', '{"a":1}', '{"a":1,"b":2}', '{"a":1}', false],
  ['a part of an object', '{"a":{"b":1,"c":2}}', '{"a":{"b":1,"c":3}}', '{"a":{"b":1,"c":{"present":true}}}', true],
  ['an object with another member', '{"a":{"b":1}}', '{"a":{"c":1}}', '{"a":{"present":true}}', true],
  ['an item of a list', '{"a":[1,2]}', '{"a":[1,3]}', '{"a":[1,{"present":true}]}', true],
  ['a longer list', '{"a":[1,2]}', '{"a":[1]}', '{"a":{"present":true}}', true],
  [
    'what looks like an expectation',
    '{"a":{"present":1}}',
    '{"a":{"present":1}}',
    '{"a":{"equals":{"present":1}}}',
    true,
  ],
  ['what looks like one, and differs', '{"a":{"matches":1}}', '{"a":{"matches":2}}', '{"a":{"present":true}}', true],
  [
    'a number of many digits',
    '{"a":1.10000000000000000001}',
    '{"a":1.10000000000000000001}',
    '{"a":1.10000000000000000001}',
    true,
  ],
  // A test file has doubles.
  ['a number beyond the doubles', '{"a":1e400}', '{"a":1e400}', '{"a":{"present":true}}', true],
  [
    'such a number in an expectation',
    '{"a":{"equals":1e400}}',
    '{"a":{"equals":1e400}}',
    '{"a":{"present":true}}',
    true,
  ],
];

for (const [name, token, another, expected, areAll] of expectations) {
  test(`expected of a token: ${name}`, () => {
    const found = expectedMembers(parseExactly(token) as JsonObject, parseExactly(another) as JsonObject);
    assert.equal(JSON.stringify(found.members), expected);
    assert.equal(found.areAll, areAll);
  });
}
