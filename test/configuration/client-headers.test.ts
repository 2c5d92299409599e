/**
 * @module
 * Which of a client's own headers go before anything reads them.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadEnvoyNeeds } from '../../src/configuration/envoy-needs.ts';
import { flexPolicy, memoryFiles } from './memory-files.ts';

const certificate = 'x-forwarded-client-cert';
const apigee = (ref: string): string =>
  `<GenerateJWT name="G"><Algorithm>HS256</Algorithm><SecretKey><Value ref="private.key"/></SecretKey>
  <Subject ref="${ref}"/><ExpiresIn>60s</ExpiresIn><OutputVariable>request.header.X-Token</OutputVariable></GenerateJWT>`;

interface Case {
  readonly policy?: string;
  readonly file?: string;
  readonly entry?: object;
  readonly match?: object;
  readonly more?: object;
}
type Headers = Partial<Record<'removable' | 'read' | 'uncertain', readonly string[]>>;

const token = { output: { header: 'X-Token', prefix: '' } };
const plain = flexPolicy({ iss: 'x' });
const xToken = { policy: plain, entry: token };
const headersSource = { from: 'headers', principal: 'X-User', jwt: 'Authorization', properties: { tier: 'X-Tier' } };
const withKey = { variables: { 'private.key': { env: 'KEY' } } };

const cases: [name: string, given: Case, expected: Headers][] = [
  ['the header of the token', xToken, { removable: [certificate, 'x-token'] }],
  [
    'a header that an expression reads',
    { policy: flexPolicy({ iss: "#[attributes.headers['X-Token']]" }), entry: token },
    { removable: [certificate], read: ['x-token'] },
  ],
  [
    'an expression that reads another header',
    { policy: flexPolicy({ iss: '#[attributes.headers.other]' }), entry: token },
    { removable: [certificate, 'x-token'] },
  ],
  [
    'an expression that may read any header',
    { policy: flexPolicy({ iss: '#[attributes.headers[attributes.method]]' }), entry: token },
    { removable: [certificate], read: ['x-token'] },
  ],
  [
    'a flow variable of the header',
    { policy: apigee('request.header.x-token'), file: 'p.xml', more: withKey },
    { removable: [certificate], read: ['x-token'] },
  ],
  [
    'its values',
    { policy: apigee('message.header.X-Token.values.string'), file: 'p.xml', more: withKey },
    { removable: [certificate], read: ['x-token'] },
  ],
  [
    'a flow variable of another header',
    { policy: apigee('request.header.x-token-id'), file: 'p.xml', more: withKey },
    { removable: [certificate, 'x-token'] },
  ],
  [
    'a route that matches on it',
    { ...xToken, match: { headers: { 'x-token': true } } },
    { removable: [certificate], read: ['x-token'] },
  ],
  [
    'trusted headers go, but not the one with the token of the caller itself',
    { policy: plain, more: { authentication: { sources: [headersSource] } } },
    { removable: ['x-user', 'x-tier', certificate], read: ['authorization'] },
  ],
  [
    'the header with the claims of the caller goes',
    { policy: plain, more: { authentication: { sources: [{ from: 'payload_header', header: 'X-JWT-Payload' }] } } },
    { removable: ['x-jwt-payload', certificate, 'authorization'] },
  ],
  [
    'a trusted header that a policy reads too',
    {
      policy: flexPolicy({ iss: "#[attributes.headers.'x-user']" }),
      entry: token,
      more: { authentication: { sources: [{ from: 'headers', principal: 'x-user' }] } },
    },
    { removable: ['x-user', certificate, 'x-token'] },
  ],
  [
    'the header with the certificate, if it is trusted',
    {
      ...xToken,
      more: { authentication: { sources: [{ from: 'certificate', trustForwardedClientCert: true }] } },
    },
    { removable: ['x-token'] },
  ],
  [
    'a variable that is a header',
    {
      policy: apigee('tenant'),
      file: 'p.xml',
      more: { variables: { ...withKey.variables, tenant: { header: 'X-Tenant' } } },
    },
    { removable: [certificate, 'x-token'], uncertain: ['x-tenant'] },
  ],
  [
    'a template of the header',
    {
      policy: apigee('tenant'),
      file: 'p.xml',
      more: { variables: { ...withKey.variables, tenant: { template: 'a {request.header.x-token:none}' } } },
    },
    { removable: [certificate], read: ['x-token'] },
  ],
  [
    'an expression over headers in the configuration',
    {
      policy: apigee('tenant'),
      file: 'p.xml',
      more: { variables: { ...withKey.variables, tenant: { expression: 'attributes.headers.x' } } },
    },
    { removable: [certificate], read: ['x-token'] },
  ],
];

for (const [name, { policy = '', file = 'p.yaml', entry = {}, match = {}, more = {} }, expected] of cases) {
  test(name, () => {
    const configuration = {
      ...more,
      policies: [{ name: 'p', file, ...entry }],
      routes: [{ match, policies: ['p'] }],
    };
    const files = memoryFiles({ [file]: policy, 'conf.yaml': JSON.stringify(configuration) });
    const { needs, problems } = loadEnvoyNeeds('conf.yaml', files);
    assert.ok(needs, JSON.stringify(problems));
    assert.deepEqual(needs.headers, { removable: [], read: [], uncertain: [], ...expected });
  });
}
