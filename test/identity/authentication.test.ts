import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonValue } from '../../src/diagnostics/json.ts';
import { makeIdentify } from '../../src/identity/authentication.ts';
import { authenticationSchema } from '../../src/identity/authentication-schema.ts';
import { encodedPayload, maxPayloadDepth, maxPayloadLength } from '../../src/identity/payload-header.ts';
import { type Seen, seenRequest } from '../configuration/memory-files.ts';

const jwtAuthn = 'envoy.filters.http.jwt_authn';
const extAuthz = 'envoy.filters.http.ext_authz';

type Fields = Readonly<Record<string, JsonValue>>;

const peerClaims = {
  principal: 'spiffe://cluster.local/ns/shop/sa/orders',
  uri: 'spiffe://cluster.local/ns/shop/sa/orders',
  trustDomain: 'cluster.local',
  namespace: 'shop',
  serviceAccount: 'orders',
};
const otherPeer = { principal: 'spiffe://x/orders', uri: 'spiffe://x/orders' };

/** Claims whose nesting is at the limit, as a header of this length. */
function longPayload(length: number, depth = maxPayloadDepth): string {
  const deep = Array.from({ length: depth - 1 }).reduce<JsonValue>((inner) => [inner], 'x');
  const claims = { sub: 'u', deep, pad: '' };
  const missing = Math.floor((length * 3) / 4) - JSON.stringify(claims).length;
  return encodedPayload({ ...claims, pad: 'x'.repeat(missing) });
}

const malformedPayloads: readonly (readonly [name: string, value: string])[] = [
  ['a payload one byte too long', `${longPayload(maxPayloadLength)}=`],
  ['a payload one level too deep', longPayload(2000, maxPayloadDepth + 1)],
  ['a payload in another alphabet', 'eyJzdWIiOiJ+fn4ifQ+/'],
  ['two payloads that Envoy joined', `${encodedPayload({ sub: 'a' })},${encodedPayload({ sub: 'b' })}`],
  ['a payload after another character', `.${encodedPayload({ sub: 'u' })}`],
  ['a payload before another character', `${encodedPayload({ sub: 'u' })}.`],
  ['a payload that is no JSON', Buffer.from('{sub').toString('base64url')],
  ['a payload that is a list', Buffer.from('["u"]').toString('base64url')],
  ['a payload that is not UTF-8', Buffer.from('{"sub":"\xff"}', 'latin1').toString('base64url')],
];

const unknown = { principal: null, clientId: null, clientName: null, properties: null };

/** The caller's four fields; `properties` only if an example is about them. */
const callers: [name: string, settings: object, seen: Seen, expected: Fields][] = [
  ['unknown', {}, {}, unknown],
  ['no sources', { sources: [] }, { metadata: { [jwtAuthn]: { p: { sub: 'u' } } } }, unknown],
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
    'a claim with the name claims is under claims',
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
    'the header of the token and a failed status are not payloads',
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
  ...(['iss', 'sub', 'aud', 'exp', 'iat'] as const).map((claim): [string, object, Seen, Fields] => [
    `a payload with a claim called alg, and ${claim}`,
    {},
    { metadata: { [jwtAuthn]: { p: { alg: 'x', [claim]: 'y' } } } },
    { properties: { alg: 'x', [claim]: 'y', claims: { alg: 'x', [claim]: 'y' } } },
  ]),
  ['alg alone is a header', {}, { metadata: { [jwtAuthn]: { p: { alg: 'x', kid: 'k' } } } }, unknown],
  [
    'a code that is no number: a payload',
    {},
    { metadata: { [jwtAuthn]: { p: { code: 'x', message: 'm' } } } },
    { properties: { code: 'x', message: 'm', claims: { code: 'x', message: 'm' } } },
  ],
  [
    'a message that is no text: a payload',
    {},
    { metadata: { [jwtAuthn]: { p: { code: 16, message: 7 } } } },
    { properties: { code: 16, message: 7, claims: { code: 16, message: 7 } } },
  ],
  [
    'a code, a message and another claim: a payload',
    {},
    { metadata: { [jwtAuthn]: { p: { code: 16, message: 'm', sub: 'u' } } } },
    { principal: 'u' },
  ],
  ['a failed status alone', {}, { metadata: { [jwtAuthn]: { f: { code: 16, message: 'Jwt is expired' } } } }, unknown],
  ['an empty payload', {}, { metadata: { [jwtAuthn]: { p: {} } } }, unknown],
  ['metadata that is not an object', {}, { metadata: { [jwtAuthn]: 'x' as never } }, unknown],
  [
    'the named payload among several; its name may contain dots',
    { sources: [{ from: 'jwt_authn', payload: 'https://idp.example.com' }] },
    { metadata: { [jwtAuthn]: { 'https://idp.example.com': { sub: 'u' }, other: { sub: 'x' } } } },
    { principal: 'u' },
  ],
  [
    'a payload name that is not there',
    { sources: [{ from: 'jwt_authn', payload: 'constructor' }] },
    { metadata: { [jwtAuthn]: { other: { sub: 'x' } } } },
    unknown,
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
    unknown,
  ],
  [
    'a path that leads through a list',
    { sources: [{ from: 'metadata', namespace: 'n', path: 'a.0' }] },
    { metadata: { n: { a: [{ sub: 'u' }] } } },
    unknown,
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
    'a field by a claim that Envoy has split',
    { sources: [{ from: 'jwt_authn', principal: 'scope' }] },
    { metadata: { [jwtAuthn]: { p: { scope: ['a', 'b'] } } } },
    { principal: 'a b' },
  ],
  [
    'members that every object has are not claims',
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
  ['a certificate without mTLS', {}, { attributes: { 'connection.subject_peer_certificate': 'CN=x' } }, unknown],
  [
    'mtls that is not true',
    {},
    { attributes: { 'connection.mtls': 'true', 'connection.subject_peer_certificate': 'CN=x' } },
    unknown,
  ],
  [
    'mTLS with empty names',
    {},
    {
      attributes: {
        'connection.mtls': true,
        'connection.uri_san_peer_certificate': '',
        'connection.subject_peer_certificate': '',
      },
    },
    unknown,
  ],
  ['mTLS without a certificate', {}, { attributes: { 'connection.mtls': true } }, unknown],
  [
    'a forwarded certificate is not trusted by default',
    {},
    { headers: [['x-forwarded-client-cert', 'URI=spiffe://admin']] },
    unknown,
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
    'an empty header is not a name',
    { sources: [{ from: 'headers', principal: 'x-user' }] },
    { headers: [['x-user', '']] },
    { principal: null },
  ],
  [
    'an empty header does not hide the next source',
    { sources: [{ from: 'headers', principal: 'x-user' }, { from: 'jwt_authn' }] },
    { headers: [['x-user', '']], metadata: { [jwtAuthn]: { p: { sub: 'u' } } } },
    { principal: 'u' },
  ],
  [
    'headers that are not there',
    { sources: [{ from: 'headers', principal: 'x-user' }] },
    { headers: [['x', 'y']] },
    unknown,
  ],
  [
    'the peer of the connection, a workload of a mesh',
    { sources: [{ from: 'peer' }] },
    { attributes: { 'source.principal': 'spiffe://cluster.local/ns/shop/sa/orders' } },
    {
      principal: 'spiffe://cluster.local/ns/shop/sa/orders',
      clientId: null,
      properties: { ...peerClaims, claims: peerClaims },
    },
  ],
  [
    'the peer, its service account as client id',
    { sources: [{ from: 'peer', clientId: 'serviceAccount' }] },
    { attributes: { 'source.principal': 'spiffe://cluster.local/ns/shop/sa/orders' } },
    { clientId: 'orders' },
  ],
  [
    'a peer with another URI',
    { sources: [{ from: 'peer' }] },
    { attributes: { 'source.principal': 'spiffe://x/orders' } },
    { properties: { ...otherPeer, claims: otherPeer } },
  ],
  ...['urn:spiffe://x/ns/a/sa/b', 'spiffe://x/ns/a/sa/b/c', 'spiffe://X/ns/a/sa/b', 'spiffe://x/ns//sa/b'].map(
    (uri): [string, object, Seen, Fields] => [
      `a peer that is no workload: ${uri}`,
      { sources: [{ from: 'peer' }] },
      { attributes: { 'source.principal': uri } },
      { properties: { principal: uri, uri, claims: { principal: uri, uri } } },
    ],
  ),
  [
    'a peer whose subject looks like a URI',
    { sources: [{ from: 'peer' }] },
    { attributes: { 'source.principal': 'CN=spiffe://x/ns/a/sa/b' } },
    { properties: { principal: 'CN=spiffe://x/ns/a/sa/b', claims: { principal: 'CN=spiffe://x/ns/a/sa/b' } } },
  ],
  ['a peer is not trusted by default', {}, { attributes: { 'source.principal': 'spiffe://x/orders' } }, unknown],
  ['no name of a peer', { sources: [{ from: 'peer' }] }, {}, unknown],
  ['no peer', { sources: [{ from: 'peer' }] }, { attributes: { 'source.principal': '' } }, unknown],
  [
    'the payload of a token in a header',
    { sources: [{ from: 'payload_header' }] },
    { headers: [['x-jwt-payload', encodedPayload({ sub: 'u', azp: 'c', scope: 'a b' })]] },
    {
      principal: 'u',
      clientId: 'c',
      properties: { clientId: 'c', sub: 'u', azp: 'c', scope: 'a b', claims: { sub: 'u', azp: 'c', scope: 'a b' } },
    },
  ],
  [
    'the payload in another header, padded',
    { sources: [{ from: 'payload_header', header: 'X-Claims' }] },
    { headers: [['x-claims', `${encodedPayload({ sub: 'uu' })}==`]] },
    { principal: 'uu' },
  ],
  [
    'a payload header is not trusted by default',
    {},
    { headers: [['x-jwt-payload', encodedPayload({ sub: 'u' })]] },
    unknown,
  ],
  [
    'a payload with null',
    { sources: [{ from: 'payload_header' }] },
    { headers: [['x-jwt-payload', encodedPayload({ sub: 'u', a: null })]] },
    { principal: 'u', properties: { sub: 'u', a: null, claims: { sub: 'u', a: null } } },
  ],
  ['no payload header', { sources: [{ from: 'payload_header' }] }, {}, unknown],
  ['an empty payload header', { sources: [{ from: 'payload_header' }] }, { headers: [['x-jwt-payload', '']] }, unknown],
  [
    'a payload as long and as deep as allowed',
    { sources: [{ from: 'payload_header' }] },
    { headers: [['x-jwt-payload', longPayload(maxPayloadLength)]] },
    { principal: 'u' },
  ],
  ['a header source without headers', { sources: [{ from: 'headers' }] }, { headers: [['x', 'y']] }, unknown],
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
  [
    'a payload header twice',
    { sources: [{ from: 'payload_header' }] },
    {
      headers: [
        ['x-jwt-payload', encodedPayload({ sub: 'mallory' })],
        ['x-jwt-payload', encodedPayload({ sub: 'alice' })],
      ],
    },
    'identity.repeated-header',
  ],
  ...malformedPayloads.map(([name, value]): [string, object, Seen, string] => [
    name,
    { sources: [{ from: 'payload_header' }] },
    { headers: [['x-jwt-payload', value]] },
    'identity.malformed-payload',
  ]),
];
for (const [name, settings, seen, code] of refused) {
  test(`no caller is trusted: ${name}`, () => {
    const identify = makeIdentify(authenticationSchema.parse(settings));
    assert.throws(() => identify(seenRequest(seen)), {
      name: 'MintError',
      code,
      message: /^[A-Z].*\.$/,
    });
  });
}
