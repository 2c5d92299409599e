import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Decision } from '../../src/decision/decision.ts';
import { exactNumber, parseExactly } from '../../src/diagnostics/exact-json.ts';
import type { JsonValue } from '../../src/diagnostics/json.ts';
import { publish } from '../../src/dialects/apigee/published.ts';
import { encodeDecision } from '../../src/extproc/codec/encode-response.ts';
import type { ProcessingResponse } from '../../src/extproc/messages.ts';
import { respondTo } from '../../src/extproc/respond.ts';
import { processMethod } from './stream-client.ts';

const { responseSerialize, responseDeserialize } = processMethod();

/** The answer for a decision, decoded by the generic codec. */
const writers: [name: string, written: (decision: Decision) => Buffer][] = [
  [
    'native',
    (decision) => {
      const { bytes, start, end } = encodeDecision(decision);
      return Buffer.from(bytes.subarray(start, end));
    },
  ],
  ['generic', (decision) => responseSerialize(respondTo(decision))],
];

const values: [name: string, value: JsonValue, kind: object][] = [
  ['a number', 1.5, { numberValue: 1.5 }],
  ['zero', 0, { numberValue: 0 }],
  ['the largest that is exact anyway', 2 ** 53 - 1, { numberValue: 2 ** 53 - 1 }],
  ['a larger one that a double holds', exactNumber('9007199254740992'), { numberValue: 2 ** 53 }],
  ['one that no double holds', exactNumber('9007199254740993'), { stringValue: '9007199254740993' }],
  ['one below zero', exactNumber('-100002348117421473'), { stringValue: '-100002348117421473' }],
  ['one of 400 digits', exactNumber('9'.repeat(400)), { stringValue: '9'.repeat(400) }],
  ['a power of ten', exactNumber('1e400'), { stringValue: '1e400' }],
  ['no number', Number.NaN, { nullValue: 'NULL_VALUE' }],
  ['an infinity', Number.NEGATIVE_INFINITY, { nullValue: 'NULL_VALUE' }],
  ['null', null, { nullValue: 'NULL_VALUE' }],
  ['false', false, { boolValue: false }],
  ['an empty string', '', { stringValue: '' }],
  ['an empty list', [], { listValue: {} }],
  ['an empty object', {}, { structValue: {} }],
  [
    'one inside',
    parseExactly('[{"id":9007199254740993}]'),
    { listValue: { values: [{ structValue: { fields: { id: { stringValue: '9007199254740993' } } } }] } },
  ],
];

for (const [codec, written] of writers) {
  for (const [name, value, kind] of values) {
    test(`${codec} codec: published values: ${name}`, () => {
      const read = responseDeserialize(
        written({ kind: 'forward', set: [], remove: [], mints: [], metadata: { value } }),
      );
      assert.deepEqual(plain(publishedIn(read)), { value: kind });
    });
  }

  test(`${codec} codec: a token's claims are published with all of their digits`, () => {
    const part = (json: string): string => Buffer.from(json).toString('base64url');
    const token = `${part('{"alg":"HS256"}')}.${part('{"id":100002348117421473,"n":1e400}')}.s`;
    const variables = publish({ policy: 'P', variable: 'private.token', failed: 'JWT.failed' }, token, 0);
    assert.equal(JSON.stringify(variables.read('jwt.P.claim.id')), '100002348117421473');
    const read = responseDeserialize(
      written({ kind: 'forward', set: [], remove: [], mints: [], metadata: variables.all() }),
    );
    const fields = publishedIn(read) as Readonly<Record<string, object>>;
    assert.deepEqual(plain(fields['jwt.P.claim.id']), { stringValue: '100002348117421473' });
    assert.deepEqual(plain(fields['jwt.P.claim.n']), { stringValue: '1e400' });
    for (const [name, value] of Object.entries(fields)) assert.equal(Object.keys(plain(value)).length, 1, name);
  });
}

function publishedIn({ dynamic_metadata }: ProcessingResponse): unknown {
  return dynamic_metadata?.fields?.['mintproc']?.structValue?.fields;
}

/** Removes the names of the oneofs, which the decoder adds. */
function plain(value: unknown): object {
  return JSON.parse(JSON.stringify(value, (name, member) => (name === 'kind' ? undefined : member)));
}
