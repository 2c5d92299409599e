/**
 * What a source can know of a caller, and whether a caller has given a number that JSON readers print differently.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CallerKind } from '../../src/expressions/caller-objects.ts';
import { makeIdentify } from '../../src/identity/authentication.ts';
import { authenticationSchema } from '../../src/identity/authentication-schema.ts';
import { knownCallers } from '../../src/identity/known-callers.ts';
import { seenRequest } from '../configuration/memory-files.ts';

type Facts = Readonly<Record<string, string>>;

const certificate = ['subject', 'commonName', 'uri', 'dns', 'hash'];
const all = { claims: 'all claims' };
const peer = { user: 'claim principal', ...all };
const token = {
  user: 'claim sub',
  clientId: 'the first of client_id, azp, cid, clientId',
  clientName: 'the first of client_name, name',
  ...all,
};
const contract = { user: 'claim sub', clientId: 'claim client_id', ...all };

const known: readonly [
  source: object,
  as: CallerKind | undefined,
  facts: Facts,
  claims: readonly string[] | undefined,
][] = [
  [{ from: 'jwt_authn' }, undefined, token, undefined],
  [{ from: 'jwt_authn' }, 'jwt-validation', contract, undefined],
  [{ from: 'jwt_authn', as: 'jwt-validation' }, undefined, contract, undefined],
  [{ from: 'jwt_authn', as: 'jwt-validation' }, 'apigee', token, undefined],
  [{ from: 'ext_authz', clientId: false, clientName: false }, undefined, { user: 'claim sub', ...all }, undefined],
  [
    { from: 'metadata', namespace: 'n', clientName: 'n' },
    'client-id',
    { ...contract, clientName: 'claim n' },
    undefined,
  ],
  [
    { from: 'payload_header', slaId: { header: 'X-Tier' }, jwt: { metadata: 'm', path: 'a.b' } },
    'client-id',
    { ...contract, slaId: 'header x-tier', jwt: 'metadata m, a, b' },
    undefined,
  ],
  [{ from: 'jwt_authn', principal: 'a b\n' }, 'client-id', { ...contract, user: 'claim in mintproc.yaml' }, undefined],
  [{ from: 'peer' }, undefined, peer, ['principal', 'uri', 'trustDomain', 'namespace', 'serviceAccount']],
  [{ from: 'certificate' }, 'client-id', { user: 'the first of uri, dns, subject', ...all }, certificate],
  [{ from: 'certificate' }, undefined, { user: 'the first of uri, dns, subject', ...all }, certificate],
  [
    { from: 'certificate', trustForwardedClientCert: true },
    undefined,
    { user: 'the first of uri, dns, subject', ...all },
    [...certificate, 'by'],
  ],
  [{ from: 'headers' }, undefined, { claims: 'the headers of `properties`' }, []],
  [
    { from: 'headers', principal: 'a', clientId: 'b', clientName: 'c', slaId: 'd', jwt: 'e', properties: { f: 'g' } },
    undefined,
    {
      user: 'header a',
      clientId: 'header b',
      clientName: 'header c',
      slaId: 'header d',
      jwt: 'header e',
      claims: 'the headers of `properties`',
    },
    ['f'],
  ],
];

for (const [source, as, facts, claims] of known) {
  test(`known of a caller from ${JSON.stringify(source)}, as ${as}`, () => {
    const settings = authenticationSchema.parse({ sources: [source] });
    const [caller, ...others] = knownCallers(settings, as);
    assert.ok(caller !== undefined && others.length === 0);
    assert.deepEqual(Object.fromEntries(caller.facts), facts);
    assert.deepEqual(caller.claims, claims);
    assert.equal(caller.as, as ?? settings.sources[0]?.as);
  });
}

test('sources of one kind have numbers', () => {
  const sources = ['a', 'b', 'c'].map((namespace) => ({ from: 'metadata', namespace }));
  const settings = authenticationSchema.parse({ sources: [...sources, { from: 'peer' }] });
  assert.deepEqual(
    knownCallers(settings).map(({ from }) => from),
    ['metadata', 'metadata-2', 'metadata-3', 'peer'],
  );
});

const large = '12345678901234567890';

const numbers: readonly [name: string, payload: string, read: 'properties' | 'tier' | 'a', gave: boolean][] = [
  ['exact claims', '{"tier":7,"a":"x"}', 'properties', false],
  ['an inexact claim among all', `{"tier":7,"a":${large}}`, 'properties', true],
  ['an exact claim next to an inexact one', `{"tier":7,"a":${large}}`, 'tier', false],
  ['an inexact claim', `{"tier":7,"a":${large}}`, 'a', true],
  ['a text', `{"a":"${large}"}`, 'a', false],
  ['a claim that is not there', '{"b":1}', 'a', false],
];

for (const [name, payload, read, gave] of numbers) {
  test(`an inexact number was given: ${name}`, () => {
    const settings = authenticationSchema.parse({ sources: [{ from: 'payload_header' }] });
    const value = Buffer.from(payload).toString('base64url');
    const caller = makeIdentify(settings)(seenRequest({ headers: [['x-jwt-payload', value]] }));
    assert.equal(caller.gaveInexact?.(), false);
    if (read === 'properties') assert.notEqual(caller.properties, null);
    else caller.property?.(read);
    assert.equal(caller.gaveInexact?.(), gave);
    // Asking resets it.
    assert.equal(caller.gaveInexact?.(), false);
  });
}

const tiers: readonly [tier: string, gave: boolean][] = [
  ['7', false],
  [large, true],
  [`"${large}"`, false],
];

for (const [tier, gave] of tiers) {
  test(`an inexact number was given: a tier ${tier}`, () => {
    const source = { from: 'payload_header', as: 'client-id', slaId: 'tier' };
    const value = Buffer.from(`{"client_id":"c","tier":${tier}}`).toString('base64url');
    const identify = makeIdentify(authenticationSchema.parse({ sources: [source] }));
    const caller = identify(seenRequest({ headers: [['x-jwt-payload', value]] }));
    caller.property?.('slaId');
    assert.equal(caller.gaveInexact?.(), gave);
  });
}
