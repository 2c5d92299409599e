/**
 * What the sources of the caller read of a request, which headers they trust, and which of their keys nobody needs.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeJoined } from '../../src/identity/authentication.ts';
import { authenticationSchema } from '../../src/identity/authentication-schema.ts';
import { callerTokenHeaders, sourceReads, trustedHeaders } from '../../src/identity/source-reads.ts';
import { unusedKeys } from '../../src/identity/unused-keys.ts';

const certificateAttributes = [
  'connection.mtls',
  'connection.subject_peer_certificate',
  'connection.uri_san_peer_certificate',
  'connection.dns_san_peer_certificate',
  'connection.sha256_peer_certificate_digest',
];
const jwtAuthn = 'envoy.filters.http.jwt_authn';
const extAuthz = 'envoy.filters.http.ext_authz';

interface Reads {
  readonly attributes?: readonly string[];
  readonly namespaces?: readonly string[];
  readonly trusted?: readonly string[];
  readonly tokens?: readonly string[];
}

const reads: readonly [name: string, sources: readonly object[], expected: Reads][] = [
  ['none', [], {}],
  ['a token', [{ from: 'jwt_authn' }], { namespaces: [jwtAuthn] }],
  ['ext_authz', [{ from: 'ext_authz' }], { namespaces: [extAuthz] }],
  ['metadata', [{ from: 'metadata', namespace: 'n' }], { namespaces: ['n'] }],
  [
    'the same metadata twice',
    [
      { from: 'metadata', namespace: 'n' },
      { from: 'metadata', namespace: 'n' },
    ],
    { namespaces: ['n'] },
  ],
  ['a certificate', [{ from: 'certificate' }, { from: 'certificate' }], { attributes: certificateAttributes }],
  [
    'a forwarded certificate',
    [{ from: 'certificate', trustForwardedClientCert: true, clientId: { header: 'X-Client' } }],
    { attributes: certificateAttributes, trusted: ['x-forwarded-client-cert', 'x-client'] },
  ],
  [
    'a certificate with a header',
    [{ from: 'certificate', clientId: { header: 'a' } }],
    { attributes: certificateAttributes, trusted: ['a'] },
  ],
  ['the peer', [{ from: 'peer', clientName: { header: 'a' } }], { trusted: ['a'] }],
  ['a payload header', [{ from: 'payload_header', header: 'P', slaId: { header: 'a' } }], { trusted: ['p', 'a'] }],
  [
    'headers',
    [{ from: 'headers', principal: 'A', clientId: 'b', clientName: 'c', slaId: 'd', jwt: 'E', properties: { x: 'f' } }],
    { trusted: ['a', 'b', 'c', 'd', 'e', 'f'], tokens: ['e'] },
  ],
  [
    'one header',
    [
      { from: 'headers', principal: 'a' },
      { from: 'headers', clientId: 'A' },
    ],
    { trusted: ['a'] },
  ],
  [
    'facts in other places',
    [
      {
        from: 'jwt_authn',
        principal: { header: 'a' },
        clientId: { metadata: 'm' },
        clientName: false,
        slaId: ['x', 'y'],
        jwt: { header: 'Authorization' },
      },
    ],
    { namespaces: [jwtAuthn, 'm'], trusted: ['a', 'authorization'], tokens: ['authorization'] },
  ],
  [
    'a token in metadata',
    [
      { from: 'ext_authz', jwt: { metadata: 'm', path: 'jwt' } },
      { from: 'metadata', namespace: 'n', jwt: { header: 'a' } },
    ],
    { namespaces: [extAuthz, 'm', 'n'], trusted: ['a'], tokens: ['a'] },
  ],
];

for (const [name, sources, { attributes = [], namespaces = [], trusted = [], tokens = [] }] of reads) {
  test(`what sources read: ${name}`, () => {
    const settings = authenticationSchema.parse({ sources });
    assert.deepEqual(sourceReads(settings), { attributes, namespaces });
    assert.deepEqual(trustedHeaders(settings), trusted);
    assert.deepEqual(callerTokenHeaders(settings), tokens);
  });
}

const every = { principal: 'a', clientId: 'b', clientName: 'c', slaId: 'd', jwt: { header: 'e' } };

const unused: readonly [
  name: string,
  source: object,
  overrides: readonly ('apigee' | 'basic')[],
  keys: readonly string[],
][] = [
  ['without as', every, [], ['slaId', 'jwt']],
  ['apigee', { ...every, as: 'apigee' }, [], ['slaId']],
  ['basic', { ...every, as: 'basic' }, [], ['clientId', 'clientName', 'slaId', 'jwt']],
  ['client-id', { ...every, as: 'client-id' }, [], ['principal', 'jwt']],
  ['jwt-validation', { ...every, as: 'jwt-validation' }, [], ['principal']],
  ['basic, and a policy that reads it as apigee', { ...every, as: 'basic' }, ['apigee'], ['slaId']],
  ['a fact that is false', { as: 'basic', clientId: false }, [], []],
  ['nothing stated', { as: 'basic' }, [], []],
];

for (const [name, source, overrides, keys] of unused) {
  test(`unused keys: ${name}`, () => {
    const settings = authenticationSchema.parse({ sources: [{ from: 'peer' }, { from: 'jwt_authn', ...source }] });
    const [, given] = settings.sources;
    assert.deepEqual(
      unusedKeys(settings, overrides),
      keys.map((key) => ({ path: ['authentication', 'sources', 1, key], as: given?.as })),
    );
  });
}

const joined: readonly [sources: readonly object[], expected: string][] = [
  [[{ from: 'peer' }], 'no claim'],
  [[{ from: 'jwt_authn', joinLists: [] }], 'no claim'],
  [[{ from: 'jwt_authn', joinLists: ['scope'] }], 'the claims scope of jwt_authn, joined by spaces'],
  [
    [{ from: 'jwt_authn', joinLists: ['scope', 'a b\n'] }],
    'the claims scope and others of jwt_authn, joined by spaces',
  ],
];

for (const [sources, expected] of joined) {
  test(`joined claims: ${JSON.stringify(sources)}`, () => {
    assert.equal(describeJoined(authenticationSchema.parse({ sources })), expected);
  });
}

const headerNames: readonly [name: string, isValid: boolean][] = [
  ["!#$%&'*+.^_`|~09AZaz-", true],
  ['', false],
  ['x user', false],
  ['x-user ', false],
  [' x-user', false],
  ['x-user\n', false],
  ['x:user', false],
  ['ä', false],
];

for (const [name, isValid] of headerNames) {
  test(`a header named ${JSON.stringify(name)}: ${isValid ? 'valid' : 'invalid'}`, () => {
    const { error } = authenticationSchema.safeParse({ sources: [{ from: 'headers', principal: name }] });
    const messages = error?.issues.map(({ message }) => message) ?? [];
    assert.deepEqual(messages, isValid ? [] : ['must be a valid header name']);
  });
}

const allowed: readonly [count: number, isValid: boolean][] = [
  [0, true],
  [64, true],
  [65, false],
];

for (const [count, isValid] of allowed) {
  test(`${count} allowed codes: ${isValid ? 'valid' : 'invalid'}`, () => {
    const allow = Array.from({ length: count }, () => 'a.b');
    assert.equal(authenticationSchema.safeParse({ sources: [{ from: 'peer', allow }] }).success, isValid);
  });
}
