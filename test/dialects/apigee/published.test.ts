import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonValue } from '../../../src/diagnostics/json.ts';
import { publish } from '../../../src/dialects/apigee/published.ts';

const now = 1_700_000_000_000;
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const header = { kid: 'k', typ: 'JWT', alg: 'HS256', custom: 1 };
const claims = {
  sub: 's',
  iss: 'i',
  aud: ['a', 'b'],
  iat: 1_700_000_000,
  exp: 1_700_003_600,
  nbf: 1_699_999_999,
  x: true,
};
const token = `${part(header)}.${part(claims)}.signature`;
const publication = { policy: 'My-JWT', variable: 'jwt-variable', failed: 'JWT.failed' };

/** Every row of the table on the vendor's page. */
const rows: [name: string, expected: JsonValue | undefined][] = [
  ['jwt-variable', token],
  ['jwt.My-JWT.header.algorithm', 'HS256'],
  ['jwt.My-JWT.header.type', 'JWT'],
  ['jwt.My-JWT.header.kid', 'k'],
  ['jwt.My-JWT.header.custom', 1],
  ['jwt.My-JWT.claim.subject', 's'],
  ['jwt.My-JWT.claim.issuer', 'i'],
  ['jwt.My-JWT.claim.audience', ['a', 'b']],
  ['jwt.My-JWT.claim.expiry', 1_700_003_600],
  ['jwt.My-JWT.claim.issuedat', 1_700_000_000],
  ['jwt.My-JWT.claim.notbefore', 1_699_999_999],
  ['jwt.My-JWT.claim.x', true],
  ['jwt.My-JWT.claim.sub', 's'],
  ['jwt.My-JWT.decoded.claim.sub', 's'],
  ['jwt.My-JWT.expiry_formatted', '2023-11-14T23:13:20.000+0000'],
  ['jwt.My-JWT.seconds_remaining', 3600],
  ['jwt.My-JWT.time_remaining_formatted', '01:00:00.000'],
  ['jwt.My-JWT.is_expired', false],
  ['jwt.My-JWT.valid', true],
  ['jwt.My-JWT.payload-claim-names', Object.keys(claims)],
  ['jwt.My-JWT.payload-json', JSON.stringify(claims)],
  ['jwt.My-JWT.header-json', JSON.stringify(header)],
  ['jwt.Other.claim.sub', undefined],
  ['JWT.failed', undefined],
  ['toString', undefined],
];

for (const [name, expected] of rows) {
  test(`published: ${name}`, () => assert.deepEqual(publish(publication, token, now).read(name), expected));
}

test('all variables can be listed', () => {
  const all = publish(publication, token, now).all();
  assert.equal(all['jwt-variable'], token);
  assert.equal(all['jwt.My-JWT.claim.subject'], 's');
});

test('a token without an end has no remaining time, and is not expired', () => {
  const published = publish(publication, `${part(header)}.${part({})}.`, now);
  assert.equal(published.read('jwt.My-JWT.seconds_remaining'), undefined);
  assert.deepEqual([published.read('jwt.My-JWT.is_expired'), published.read('jwt.My-JWT.valid')], [false, true]);
});

test('an expired token and one that is not valid yet are not valid', () => {
  for (const lifetime of [{ exp: 1_699_999_999 }, { nbf: 1_700_000_001 }]) {
    assert.equal(publish(publication, `${part(header)}.${part(lifetime)}.`, now).read('jwt.My-JWT.valid'), false);
  }
});

test('header names are case-insensitive, in the message and in the request', () => {
  const published = publish({ ...publication, variable: 'message.header.X-Token' }, token, now);
  for (const name of ['message.header.x-token', 'request.header.X-TOKEN']) assert.equal(published.read(name), token);
  assert.ok(Object.hasOwn(published.all(), 'message.header.x-token'), 'in lower case for later filters');
});

test('a private variable is never published', () => {
  const published = publish({ ...publication, variable: 'private.jwt' }, token, now);
  assert.equal(published.read('private.jwt'), undefined);
  assert.ok(!JSON.stringify(published.all()).includes('signature'));
});

test('a policy that failed publishes only its failure', () => {
  assert.deepEqual(publish(publication, undefined, now).all(), { 'JWT.failed': true });
});
