import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../src/diagnostics/json.ts';
import { makeIdentify } from '../../src/identity/authentication.ts';
import { type AuthenticationSettings, authenticationSchema } from '../../src/identity/authentication-schema.ts';
import { incomingOf } from '../../src/trial/incoming.ts';
import { trialRequestSchema } from '../../src/trial/request-schema.ts';
import { TrialError } from '../../src/trial/trial-error.ts';

function settings(...sources: readonly object[]): AuthenticationSettings {
  return authenticationSchema.parse(sources.length === 0 ? {} : { sources });
}

function made(written: object, authentication = settings()) {
  return incomingOf(trialRequestSchema.parse(written), authentication);
}

test('an omitted part is that of an ordinary request', () => {
  const { headers, attributes, metadata } = made({});
  assert.deepEqual(headers.all, [
    [':authority', 'localhost'],
    [':path', '/'],
    [':method', 'GET'],
    [':scheme', 'https'],
  ]);
  assert.equal(attributes.get('source.address'), '192.0.2.1:40000');
  assert.equal(attributes.get('xds.route_name'), undefined);
  assert.ok(metadata.isEmpty);
});

test('a header may be repeated, and its name is in lower case', () => {
  const { headers } = made({ request: { headers: { 'X-Tenant': ['a', 'b'] } } });
  assert.deepEqual(headers.values('x-tenant'), ['a', 'b']);
});

/** Each source, and what a test writes as the claims of a caller that it knows. */
const sources: readonly [name: string, source: object, claims: JsonObject][] = [
  ['jwt_authn', { from: 'jwt_authn' }, { sub: 'alice' }],
  ['jwt_authn', { from: 'jwt_authn', payload: 'https://issuer.example.com' }, { sub: 'alice' }],
  ['ext_authz', { from: 'ext_authz', path: 'a.b' }, { sub: 'alice' }],
  ['metadata', { from: 'metadata', namespace: 'x.y', path: ['c.d'] }, { sub: 'alice' }],
  ['certificate', { from: 'certificate' }, { uri: 'alice' }],
  ['peer', { from: 'peer' }, { principal: 'alice' }],
  ['payload_header', { from: 'payload_header' }, { sub: 'alice', roles: ['a'] }],
  ['payload_header', { from: 'payload_header', header: 'X-Claims' }, { sub: 'alice' }],
  ['headers', { from: 'headers', principal: 'X-User' }, { principal: 'alice' }],
];

for (const [name, source, claims] of sources) {
  test(`the source ${JSON.stringify(source)} knows the caller that a test writes`, () => {
    const authentication = settings({ from: 'metadata', namespace: 'other' }, source);
    const from = name === 'metadata' ? 'metadata-2' : name;
    const incoming = made({ caller: { claims, from } }, authentication);
    assert.equal(makeIdentify(authentication)(incoming).principal, 'alice');
  });
}

const mistakes: readonly [written: object, source: object | undefined, place: string][] = [
  [{ caller: { claims: {}, from: 'jwt' } }, undefined, 'caller.from'],
  [{ caller: { claims: { sub: 'a' } } }, { from: 'certificate' }, 'caller.claims.sub'],
  [{ caller: { claims: { sub: 'a' } } }, { from: 'peer' }, 'caller.claims.sub'],
  [{ caller: { claims: { sub: 'a' } } }, { from: 'headers', principal: 'x-user' }, 'caller.claims.sub'],
  [{ caller: { claims: { principal: 1 } } }, { from: 'headers', principal: 'x-user' }, 'caller.claims.principal'],
  [
    { caller: { claims: {} }, metadata: { 'envoy.filters.http.jwt_authn': {} } },
    undefined,
    'metadata.envoy.filters.http.jwt_authn',
  ],
];

for (const [written, source, place] of mistakes) {
  test(`${JSON.stringify(written)} is refused at ${place}`, () => {
    const authentication = source === undefined ? settings() : settings(source);
    assert.throws(
      () => made(written, authentication),
      (error) => error instanceof TrialError && error.path.join('.') === place,
    );
  });
}
