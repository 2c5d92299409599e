/**
 * @module
 * The facts that a source gives to the object of a vendor's authentication policy.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonValue } from '../../src/diagnostics/json.ts';
import { makeIdentify } from '../../src/identity/authentication.ts';
import { authenticationSchema } from '../../src/identity/authentication-schema.ts';
import { callerAs } from '../../src/identity/shaped-caller.ts';
import { type Seen, seenRequest } from '../configuration/memory-files.ts';

const jwtAuthn = 'envoy.filters.http.jwt_authn';

type Fields = Readonly<Record<string, JsonValue>>;

const claimsOfAll = { sub: 'u', client_id: 'c', client_name: 'n', tier: 7 };

/** The facts for a vendor's object, by `as`, of a caller that every fact is known of. */
const facts: readonly [name: string, source: object, seen: Seen, expected: Fields][] = [
  [
    'claims as basic',
    { from: 'jwt_authn', as: 'basic' },
    { metadata: { [jwtAuthn]: { p: claimsOfAll } } },
    { principal: 'u', clientId: null, clientName: null, properties: {} },
  ],
  [
    'claims as client-id',
    { from: 'jwt_authn', as: 'client-id', clientName: 'client_name', slaId: 'tier' },
    { metadata: { [jwtAuthn]: { p: claimsOfAll } } },
    { principal: 'c', clientId: 'c', clientName: 'n', properties: { slaId: 7 } },
  ],
  [
    'claims as jwt-validation: `Bearer` is not a part of the token',
    { from: 'jwt_authn', as: 'jwt-validation', jwt: { header: 'authorization' } },
    { metadata: { [jwtAuthn]: { p: { client_id: 'c' } } }, headers: [['authorization', 'bearer  a.b.c']] },
    { principal: 'c', clientId: 'c', clientName: null, properties: { claims: { client_id: 'c' }, jwt: 'a.b.c' } },
  ],
  [
    'headers as jwt-validation',
    { from: 'headers', as: 'jwt-validation', clientId: 'x-client', slaId: 'x-tier', jwt: 'authorization' },
    {
      headers: [
        ['x-client', 'c'],
        ['x-tier', 'gold'],
        ['authorization', 'Bearer  a.Bearer b'],
      ],
    },
    { principal: 'c', clientId: 'c', clientName: null, properties: { claims: {}, jwt: 'a.Bearer b', slaId: 'gold' } },
  ],
  [
    'headers as basic: only a token has a scheme',
    { from: 'headers', as: 'basic', principal: 'x-user' },
    { headers: [['x-user', 'Bearer bob']] },
    { principal: 'Bearer bob' },
  ],
  ...['jwt_authn', 'headers'].map((from): [string, object, Seen, Fields] => [
    `${from} as jwt-validation, with a token that has a scheme inside`,
    from === 'headers'
      ? { from, as: 'jwt-validation', clientId: 'x-client', jwt: 'authorization' }
      : { from, as: 'jwt-validation', jwt: { header: 'authorization' } },
    {
      metadata: { [jwtAuthn]: { p: { client_id: 'c' } } },
      headers: [
        ['x-client', 'c'],
        ['authorization', 'a.Bearer b'],
      ],
    },
    {
      properties: { claims: from === 'headers' ? {} : { client_id: 'c' }, jwt: 'a.Bearer b' },
    },
  ]),
  [
    'headers as jwt-validation, without the token',
    { from: 'headers', as: 'jwt-validation', clientId: 'x-client', jwt: 'authorization' },
    { headers: [['x-client', 'c']] },
    { principal: 'c', properties: { claims: {} } },
  ],
  [
    'claims as jwt-validation, without the token',
    { from: 'jwt_authn', as: 'jwt-validation', jwt: { header: 'authorization' } },
    { metadata: { [jwtAuthn]: { p: { client_id: 'c' } } } },
    { principal: 'c', properties: { claims: { client_id: 'c' } } },
  ],
  [
    'an empty tier does not count',
    { from: 'jwt_authn', as: 'client-id', slaId: ['tier', 'other'] },
    { metadata: { [jwtAuthn]: { p: { client_id: 'c', tier: '', other: true } } } },
    { properties: {} },
  ],
];
for (const [name, source, seen, expected] of facts) {
  test(`the caller of a vendor: ${name}`, () => {
    const caller = makeIdentify(authenticationSchema.parse({ sources: [source] }))(seenRequest(seen));
    const asked = Object.keys(expected) as (keyof typeof caller)[];
    assert.deepEqual(Object.fromEntries(asked.map((field) => [field, caller[field]])), expected);
    assert.equal(caller.gaveInexact?.(), false);
  });
}

test('a caller that no source knows, and one of Apigee, are no object of a vendor', () => {
  const identify = makeIdentify(authenticationSchema.parse({}));
  const nobody = identify(seenRequest({}));
  const somebody = identify(seenRequest({ metadata: { [jwtAuthn]: { p: claimsOfAll } } }));
  assert.equal(callerAs(nobody, 'basic'), nobody);
  assert.equal(callerAs(somebody, 'apigee'), somebody);
  assert.notEqual(callerAs(somebody, 'basic'), somebody);
});
