/**
 * @module
 * Properties of an API whose values are not valid names of keys: numbers with lost digits, and empty strings. `npm run
 * search secrets` found both.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placeOfApi } from '../../../src/dialects/datapower/api-place.ts';
import { outcomeOf } from './conformance-case.ts';

const api = (value: string, property: string): string => `x-ibm-configuration:
  properties: { number: { value: ${value} } }
  assembly:
    execute:
      - jwt-generate: { version: 2.0.0, iss-claim: iss.claim, jws-alg: HS256, ${property} }
`;

const cases: [name: string, value: string, property: string, expected: string][] = [
  ['a key, one above the maximum', '9007199254740992', 'jws-crypto: $(number)', 'error variables.inexact-number'],
  ['a key, the maximum', '9007199254740991', 'jws-crypto: $(number)', 'error keys.missing'],
  ['a key, a large negative number', '-1e300', 'jws-crypto: a$(number)', 'error variables.inexact-number'],
  ['a key, empty', '""', 'jws-crypto: $(number)', 'error policy.invalid-value'],
  ['a JWK, empty', '""', 'jws-jwk: $(number)', 'error policy.invalid-value'],
  ['a claim', '9007199254740992', 'jws-crypto: hmac, sub-claim: x$(number)', 'error variables.inexact-number'],
];

for (const [name, value, property, expected] of cases) {
  test(`a property of the API: ${name}`, () => {
    const { problems } = outcomeOf({ name, policy: api(value, property), variables: {} });
    assert.ok(problems.includes(expected), problems.join('\n'));
  });
}

test('an API is at most four levels deep in a document', () => {
  const api = { 'x-ibm-configuration': {} };
  const within = (depth: number) => placeOfApi(Array.from({ length: depth }).reduce((inner) => ({ a: inner }), api));
  assert.deepEqual(within(0), { path: [], value: api });
  assert.deepEqual(within(4), { path: ['a', 'a', 'a', 'a'], value: api });
  assert.deepEqual(within(5).path, []);
});
