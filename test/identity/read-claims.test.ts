/**
 * @module
 * Which claim a member of `authentication` is.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CallerKind } from '../../src/expressions/caller-objects.ts';
import { type AuthenticationSettings, authenticationSchema } from '../../src/identity/authentication-schema.ts';
import { claimRead } from '../../src/identity/read-claims.ts';

const byDefault = authenticationSchema.parse({});
const named = authenticationSchema.parse({
  sources: [{ from: 'jwt_authn', principal: 'user.name', clientId: { header: 'x-client' }, slaId: 'tier' }],
});
const headers = authenticationSchema.parse({ sources: [{ from: 'headers', principal: 'x-user' }] });

const jwt = 'jwt-validation';

const members: readonly [
  member: string,
  as: CallerKind | undefined,
  authentication: AuthenticationSettings,
  claim: readonly string[] | undefined,
][] = [
  ['', undefined, byDefault, undefined],
  ['principal', undefined, byDefault, ['sub']],
  ['clientId', undefined, byDefault, ['client_id']],
  ['clientName', undefined, byDefault, ['client_name']],
  ['properties', undefined, byDefault, undefined],
  ['properties.clientId', undefined, byDefault, ['client_id']],
  ['properties.roles', undefined, byDefault, ['roles']],
  ['properties.realm.roles', undefined, byDefault, ['realm', 'roles']],
  ['properties.claims', undefined, byDefault, undefined],
  ['properties.claims.sub', undefined, byDefault, ['sub']],
  ['properties.claims.realm.roles', 'apigee', byDefault, ['realm', 'roles']],
  ['properties.principal', undefined, byDefault, ['principal']],
  ['other', undefined, byDefault, undefined],
  ['other.roles', undefined, byDefault, undefined],
  ['principal', jwt, byDefault, ['client_id']],
  ['clientName', jwt, byDefault, undefined],
  ['properties.claims.sub', jwt, byDefault, ['sub']],
  ['properties.roles', jwt, byDefault, undefined],
  ['properties.jwt', jwt, byDefault, undefined],
  ['principal', 'basic', byDefault, ['sub']],
  ['clientId', 'basic', byDefault, undefined],
  ['properties.userProperties.sub', 'introspection', byDefault, ['sub']],
  ['principal', undefined, named, ['user.name']],
  ['clientId', undefined, named, undefined],
  ['properties.slaId', jwt, named, ['tier']],
  ['principal', undefined, headers, undefined],
  ['principal', undefined, { sources: [] }, undefined],
];

for (const [member, as, authentication, claim] of members) {
  const from = authentication.sources.map(({ from: one }) => one).join();
  test(`the claim of authentication.${member}, as ${as}, from ${from}`, () => {
    assert.deepEqual(claimRead(member.split('.').filter(Boolean), as, authentication), claim);
  });
}
