import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonValue } from '../../src/diagnostics/json.ts';
import { makeIdentify } from '../../src/identity/authentication.ts';
import { authenticationSchema } from '../../src/identity/authentication-schema.ts';
import { type Seen, seenRequest } from '../configuration/memory-files.ts';

const jwtAuthn = 'envoy.filters.http.jwt_authn';
const extAuthz = 'envoy.filters.http.ext_authz';

type Fields = Readonly<Record<string, JsonValue>>;

const nobody = { principal: null, clientId: null, clientName: null, properties: null };

/** The caller's four fields; `properties` where an example is about them. */
const callers: [name: string, settings: object, seen: Seen, expected: Fields][] = [
  ['nobody', {}, {}, nobody],
  ['no sources', { sources: [] }, { metadata: { [jwtAuthn]: { p: { sub: 'u' } } } }, nobody],
  [
    'claims directly, under claims, and the client id',
    {},
    { metadata: { [jwtAuthn]: { payload: { sub: 'u', azp: 'c', name: 'n', scope: ['a'] } } } },
    {
      principal: 'u',
      clientId: 'c',
      clientName: 'n',
      properties: {
        clientId: 'c',
        sub: 'u',
        azp: 'c',
        name: 'n',
        scope: 'a',
        claims: { sub: 'u', azp: 'c', name: 'n', scope: 'a' },
      },
    },
  ],
  [
    'a claim of its own is not replaced by the derived clientId',
    {},
    { metadata: { [jwtAuthn]: { p: { client_id: 'c', clientId: 7 } } } },
    { clientId: 'c', properties: { client_id: 'c', clientId: 7, claims: { client_id: 'c', clientId: 7 } } },
  ],
  [
    'a claim called claims stands under claims',
    {},
    { metadata: { [jwtAuthn]: { p: { claims: 'x' } } } },
    { clientId: null, properties: { claims: { claims: 'x' } } },
  ],
  [
    'client_id before azp before cid before clientId',
    {},
    { metadata: { [jwtAuthn]: { p: { clientId: '4', cid: '3', azp: '2', client_id: '1' } } } },
    { clientId: '1' },
  ],
  ['cid', {}, { metadata: { [jwtAuthn]: { p: { clientId: '4', cid: '3' } } } }, { clientId: '3' }],
  [
    'only texts count, and not empty ones',
    {},
    { metadata: { [jwtAuthn]: { p: { sub: 7, client_id: '', azp: ['x'], cid: 'c', name: true } } } },
    { principal: null, clientId: 'c', clientName: null },
  ],
  [
    'the header of the token and a failed status are no payload',
    {},
    {
      metadata: {
        [jwtAuthn]: { h: { alg: 'RS256', kid: 'k' }, f: { code: 16, message: 'm' }, p: { sub: 'u' }, s: 'x' },
      },
    },
    { principal: 'u' },
  ],
  [
    'a payload with a claim called alg',
    {},
    { metadata: { [jwtAuthn]: { p: { alg: 'x', sub: 'u' } } } },
    { principal: 'u' },
  ],
  ['a failed status alone', {}, { metadata: { [jwtAuthn]: { f: { code: 16, message: 'Jwt is expired' } } } }, nobody],
  ['an empty payload', {}, { metadata: { [jwtAuthn]: { p: {} } } }, nobody],
  ['metadata that is no object', {}, { metadata: { [jwtAuthn]: 'x' as never } }, nobody],
  [
    'the named payload among several; its name may hold dots',
    { sources: [{ from: 'jwt_authn', payload: 'https://idp.example.com' }] },
    { metadata: { [jwtAuthn]: { 'https://idp.example.com': { sub: 'u' }, other: { sub: 'x' } } } },
    { principal: 'u' },
  ],
  [
    'a payload name that is not there',
    { sources: [{ from: 'jwt_authn', payload: 'constructor' }] },
    { metadata: { [jwtAuthn]: { other: { sub: 'x' } } } },
    nobody,
  ],
  ['ext_authz', {}, { metadata: { [extAuthz]: { sub: 'u' } } }, { principal: 'u' }],
  [
    'ext_authz below a path',
    { sources: [{ from: 'ext_authz', path: 'user.claims' }] },
    { metadata: { [extAuthz]: { user: { claims: { sub: 'u' } } } } },
    { principal: 'u' },
  ],
  [
    'the first source that knows the caller counts',
    {},
    { metadata: { [jwtAuthn]: { p: { sub: 'first' } }, [extAuthz]: { sub: 'second' } } },
    { principal: 'first' },
  ],
  [
    'metadata of any namespace, at a path of names with dots',
    { sources: [{ from: 'metadata', namespace: 'my.filter', path: ['a.b'], principal: 'user' }] },
    { metadata: { 'my.filter': { 'a.b': { user: 'u' } } } },
    { principal: 'u' },
  ],
  [
    'a path that leads to a text',
    { sources: [{ from: 'metadata', namespace: 'n', path: 'a' }] },
    { metadata: { n: { a: 'text' } } },
    nobody,
  ],
  [
    'a path that leads through a list',
    { sources: [{ from: 'metadata', namespace: 'n', path: 'a.0' }] },
    { metadata: { n: { a: [{ sub: 'u' }] } } },
    nobody,
  ],
  [
    'fields by a name with dots, a path, and the first of several',
    {
      sources: [
        {
          from: 'jwt_authn',
          principal: 'https://x.com/user',
          clientId: ['no', 'act.client'],
          clientName: 'act.missing',
        },
      ],
    },
    { metadata: { [jwtAuthn]: { p: { 'https://x.com/user': 'u', act: { client: 'c' } } } } },
    { principal: 'u', clientId: 'c', clientName: null },
  ],
  [
    'members of every object are no claims',
    { sources: [{ from: 'jwt_authn', principal: ['constructor.name', '__proto__.x', 'toString'] }] },
    { metadata: { [jwtAuthn]: { p: { a: 'b' } } } },
    { principal: null },
  ],
  [
    'a verified certificate',
    {},
    {
      attributes: {
        'connection.mtls': true,
        'connection.subject_peer_certificate': 'CN=orders,O=Example',
        'connection.uri_san_peer_certificate': 'spiffe://x/orders',
        'connection.dns_san_peer_certificate': 'orders.example.com',
        'connection.sha256_peer_certificate_digest': 'ab12',
      },
    },
    {
      principal: 'spiffe://x/orders',
      clientId: null,
      properties: {
        subject: 'CN=orders,O=Example',
        uri: 'spiffe://x/orders',
        dns: 'orders.example.com',
        hash: 'ab12',
        commonName: 'orders',
        claims: {
          subject: 'CN=orders,O=Example',
          uri: 'spiffe://x/orders',
          dns: 'orders.example.com',
          hash: 'ab12',
          commonName: 'orders',
        },
      },
    },
  ],
  [
    'a certificate by DNS name',
    {},
    {
      attributes: {
        'connection.mtls': true,
        'connection.dns_san_peer_certificate': 'd',
        'connection.subject_peer_certificate': 's',
      },
    },
    { principal: 'd' },
  ],
  [
    'a certificate by subject, its common name as client id',
    { sources: [{ from: 'certificate', clientId: 'commonName' }] },
    { attributes: { 'connection.mtls': true, 'connection.subject_peer_certificate': 'O=Example,CN=orders' } },
    { principal: 'O=Example,CN=orders', clientId: 'orders' },
  ],
  ['a certificate without mTLS', {}, { attributes: { 'connection.subject_peer_certificate': 'CN=x' } }, nobody],
  [
    'mtls that is not true',
    {},
    { attributes: { 'connection.mtls': 'true', 'connection.subject_peer_certificate': 'CN=x' } },
    nobody,
  ],
  ['mTLS without a word on the certificate', {}, { attributes: { 'connection.mtls': true } }, nobody],
  [
    'a forwarded certificate is not believed unasked',
    {},
    { headers: [['x-forwarded-client-cert', 'URI=spiffe://admin']] },
    nobody,
  ],
  [
    'a forwarded certificate, trusted, before the connection',
    { sources: [{ from: 'certificate', trustForwardedClientCert: true }] },
    {
      headers: [['x-forwarded-client-cert', 'Hash=ab;URI=spiffe://orders']],
      attributes: { 'connection.mtls': true, 'connection.subject_peer_certificate': 'CN=proxy' },
    },
    { principal: 'spiffe://orders' },
  ],
  [
    'trusted but absent: the connection',
    { sources: [{ from: 'certificate', trustForwardedClientCert: true }] },
    { attributes: { 'connection.mtls': true, 'connection.subject_peer_certificate': 'CN=proxy' } },
    { principal: 'CN=proxy' },
  ],
  [
    'headers',
    {
      sources: [
        { from: 'headers', principal: 'X-User', clientId: 'x-client', properties: { team: 'X-Team', no: 'x-no' } },
      ],
    },
    {
      headers: [
        ['x-user', 'u'],
        ['x-client', 'c'],
        ['x-team', 't'],
      ],
    },
    {
      principal: 'u',
      clientId: 'c',
      clientName: null,
      properties: { clientId: 'c', team: 't', claims: { team: 't' } },
    },
  ],
  [
    'one header of several',
    { sources: [{ from: 'headers', principal: 'x-user', clientName: 'x-name' }] },
    { headers: [['x-name', 'n']] },
    { principal: null, clientId: null, clientName: 'n', properties: { claims: {} } },
  ],
  [
    'an empty header names nobody',
    { sources: [{ from: 'headers', principal: 'x-user' }] },
    { headers: [['x-user', '']] },
    { principal: null },
  ],
  [
    'headers that are not there',
    { sources: [{ from: 'headers', principal: 'x-user' }] },
    { headers: [['x', 'y']] },
    nobody,
  ],
  ['a header source without headers', { sources: [{ from: 'headers' }] }, { headers: [['x', 'y']] }, nobody],
];
for (const [name, settings, seen, expected] of callers) {
  test(`the caller: ${name}`, () => {
    const caller = makeIdentify(authenticationSchema.parse(settings))(seenRequest(seen));
    const asked = Object.keys(expected) as (keyof typeof caller)[];
    assert.deepEqual(Object.fromEntries(asked.map((field) => [field, caller[field]])), expected);
  });
}

const refused: [name: string, settings: object, seen: Seen, code: string][] = [
  ['two payloads', {}, { metadata: { [jwtAuthn]: { a: { sub: 'x' }, b: { sub: 'y' } } } }, 'identity.ambiguous'],
  [
    'a malformed certificate header',
    { sources: [{ from: 'certificate', trustForwardedClientCert: true }] },
    { headers: [['x-forwarded-client-cert', 'URI="spiffe://x']] },
    'identity.malformed-certificate',
  ],
  [
    'an identity header twice',
    { sources: [{ from: 'headers', principal: 'x-user' }] },
    {
      headers: [
        ['x-user', 'mallory'],
        ['x-user', 'alice'],
      ],
    },
    'identity.repeated-header',
  ],
];
for (const [name, settings, seen, code] of refused) {
  test(`no caller is believed: ${name}`, () => {
    const identify = makeIdentify(authenticationSchema.parse(settings));
    assert.throws(() => identify(seenRequest(seen)), {
      name: 'MintError',
      code,
    });
  });
}
