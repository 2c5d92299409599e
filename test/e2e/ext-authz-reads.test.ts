/**
 * @module
 * What mintproc knows of a request behind ext_authz: the caller from a payload header, from metadata and from the
 * connection; and what it cannot know, because Envoy joined the values of a header.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { decodeJwt } from 'jose';
import { parse } from 'yaml';
import type { EnvoyConfig } from '../../demo/envoy-config.ts';
import { seenHeader } from '../../demo/upstream.ts';
import { joinedByEnvoy } from '../../src/extproc/authz/check-headers.ts';
import { type Answer, ask, seenIn } from './harness/client.ts';
import { istioFilter, plainFilter, useExtAuthz } from './harness/ext-authz.ts';
import { admitAnonymous, hmacPolicy, requireCertificates, withoutJwtAuthn } from './harness/policies.ts';
import { makeCertificates } from './harness/python-tools.ts';
import { type Stack, startStack } from './harness/stack.ts';

function claimsIn(answer: Answer): object {
  const [value = ''] = seenHeader(seenIn(answer), 'authorization');
  const { iat, exp, ...claims } = decodeJwt(value.slice('Bearer '.length));
  return claims;
}

const callerPolicy = hmacPolicy({
  principal: '#[authentication.principal]',
  clientId: '#[authentication.clientId]',
});

function callerStack(sources: readonly object[], envoy: (config: EnvoyConfig) => void): Promise<Stack> {
  return startStack({
    files: { 'policy.yaml': callerPolicy },
    mintproc: {
      policies: [{ name: 'p', file: 'policy.yaml', requireCaller: true }],
      routes: [{ match: {}, policies: ['p'] }],
      authentication: { sources },
    },
    envoy,
  });
}

const jwtAuthn = 'envoy.filters.http.jwt_authn';

/** As Istio's RequestAuthentication with `outputPayloadToHeader`, which lets callers without a token pass. */
function forwardsPayload(config: EnvoyConfig): void {
  admitAnonymous(config);
  const provider = [...config.filter(jwtAuthn), 'typed_config', 'providers', 'demo'];
  config.set([...provider, 'forward_payload_header'], 'x-jwt-payload');
  useExtAuthz(config, istioFilter);
}

test('the payload that jwt_authn writes to a header is the caller; a payload of the client is not', async () => {
  await using stack = await callerStack([{ from: 'payload_header', header: 'x-jwt-payload' }], forwardsPayload);
  const authorization = ['authorization', `Bearer ${stack.credentials.token}`] as const;
  const own = ['x-jwt-payload', Buffer.from('{"sub":"mallory"}').toString('base64url')] as const;
  const alice = { principal: 'alice', clientId: 'partner-42' };
  assert.deepEqual(claimsIn(await stack.ask({ headers: [authorization] })), alice);
  assert.deepEqual(claimsIn(await stack.ask({ headers: [own, authorization, own] })), alice);
  for (const headers of [[], [own], [own, own]]) {
    const answer = await stack.ask({ headers });
    assert.deepEqual([answer.status, answer.body], [401, '{"error":{"code":"identity.missing"}}']);
  }
  assert.equal(stack.seen.length, 2);
});

test('metadata that the filter lists is the caller', async () => {
  const envoy = (config: EnvoyConfig): void =>
    useExtAuthz(config, plainFilter, undefined, { metadata_context_namespaces: [jwtAuthn] });
  await using stack = await callerStack([{ from: 'jwt_authn' }], envoy);
  const headers = [['authorization', `Bearer ${stack.credentials.token}`] as const];
  assert.deepEqual(claimsIn(await stack.ask({ headers })), { principal: 'alice', clientId: 'partner-42' });
});

test('the peer of the connection is the caller, by its SPIFFE ID', async () => {
  const uri = 'spiffe://cluster.local/ns/shop/sa/orders';
  const certificates = await makeCertificates({ name: 'orders', dns: 'orders.example.com', uri });
  await using stack = await startStack({
    files: {
      'policy.yaml': callerPolicy,
      'ca.pem': certificates.ca,
      'server.pem': certificates.server.cert,
      'server.key': certificates.server.key,
    },
    mintproc: {
      policies: [{ name: 'p', file: 'policy.yaml', requireCaller: true }],
      routes: [{ match: {}, policies: ['p'] }],
      authentication: { sources: [{ from: 'peer', clientId: 'serviceAccount' }] },
    },
    envoy(config) {
      withoutJwtAuthn(config);
      requireCertificates(config);
      useExtAuthz(config, istioFilter);
    },
  });
  const answer = await ask(stack.port, { tls: { ...certificates.caller, ca: certificates.ca } });
  assert.deepEqual(claimsIn(answer), { principal: uri, clientId: 'orders' });
});

const cases = new URL('../conformance/apigee/seed.yaml', import.meta.url);
const [apigee]: readonly { readonly policy: string }[] = parse(readFileSync(cases, 'utf8'));

test('published variables are metadata of the filter', async () => {
  await using stack = await startStack({
    files: { 'policy.xml': apigee?.policy ?? '', 'secret.txt': 'a secret of at least thirty-two bytes' },
    mintproc: {
      publishVariables: true,
      variables: { 'private.secretkey': { file: 'secret.txt' } },
      policies: [{ name: 'p', file: 'policy.xml', output: { header: 'x-token' } }],
      routes: [{ match: {}, policies: ['p'] }],
    },
    envoy(config) {
      withoutJwtAuthn(config);
      useExtAuthz(config, plainFilter);
      const variable = 'jwt.JWT-Generate-HS256.claim.subject';
      const value = `%DYNAMIC_METADATA(envoy.filters.http.ext_authz:mintproc:${variable})%`;
      config.set([...config.route, 'request_headers_to_add'], [{ header: { key: 'x-published', value } }]);
    },
  });
  const seen = seenIn(await stack.ask());
  assert.deepEqual(seenHeader(seen, 'x-published'), [decodeJwt(seenHeader(seen, 'x-token')[0] ?? '').sub]);
});

test('Envoy also names a peer whose certificate it did not verify, so that is no default source', async () => {
  const uri = 'spiffe://cluster.local/ns/shop/sa/admin';
  const [own, foreign] = await Promise.all([
    makeCertificates({ name: 'orders', dns: 'orders.example.com', uri }),
    makeCertificates({ name: 'stranger', dns: 'stranger.example.com', uri }),
  ]);
  const stack = (authentication: object): Promise<Stack> =>
    startStack({
      files: {
        'policy.yaml': callerPolicy,
        'ca.pem': own.ca,
        'server.pem': own.server.cert,
        'server.key': own.server.key,
      },
      mintproc: {
        policies: [{ name: 'p', file: 'policy.yaml', requireCaller: true }],
        routes: [{ match: {}, policies: ['p'] }],
        ...authentication,
      },
      envoy(config) {
        withoutJwtAuthn(config);
        requireCertificates(config);
        const place = ['transport_socket', 'typed_config', 'common_tls_context', 'validation_context'];
        config.set([...config.filterChain, ...place, 'trust_chain_verification'], 'ACCEPT_UNTRUSTED');
        useExtAuthz(config, plainFilter);
      },
    });
  const tls = { ...foreign.caller, ca: own.ca };
  await using byDefault = await stack({});
  assert.equal((await ask(byDefault.port, { tls })).status, 401);
  await using trusting = await stack({ authentication: { sources: [{ from: 'peer' }] } });
  assert.deepEqual(claimsIn(await ask(trusting.port, { tls })), { principal: uri });
});

const partner = {
  'policy.yaml': hmacPolicy({ partner: "#[attributes.headers['x-partner']]" }),
  'addresses.yaml': hmacPolicy({
    remote: "#[splitBy(attributes.remoteAddress, ':')[0]]",
    local: '#[attributes.localAddress]',
  }),
};

function headerStack(more: Readonly<Record<string, unknown>>): Promise<Stack> {
  return startStack({
    files: partner,
    mintproc: {
      policies: [
        { name: 'p', file: 'policy.yaml', onError: 'pass' },
        { name: 'addresses', file: 'addresses.yaml' },
      ],
      routes: [
        { match: { pathPrefix: '/read' }, policies: ['p'] },
        { match: { pathPrefix: '/addresses' }, policies: ['addresses'] },
      ],
    },
    envoy(config) {
      withoutJwtAuthn(config);
      config.set([...config.connectionManager, 'use_remote_address'], false);
      config.set([...config.connectionManager, 'forward_client_cert_details'], 'ALWAYS_FORWARD_ONLY');
      useExtAuthz(config, istioFilter, undefined, more);
    },
  });
}

let joined: Stack;
before(async () => {
  joined = await headerStack({});
});
after(() => joined?.[Symbol.asyncDispose]());

test('the addresses are those of the connection, whatever x-forwarded-for says', async () => {
  const headers = [['x-forwarded-for', '203.0.113.7'] as const];
  const claims = claimsIn(await joined.ask({ path: '/addresses', headers }));
  assert.deepEqual(claims, { remote: '127.0.0.1', local: `127.0.0.1:${joined.port}` });
});

const twice = [['x-partner', 'one'] as const, ['x-partner', 'two'] as const];
const values: [name: string, headers: (readonly [string, string])[], expected: object][] = [
  ['one value', [['x-partner', 'one']], { partner: 'one' }],
  ['no value', [], {}],
];
for (const [name, headers, expected] of values) {
  test(`joined headers: ${name}`, async () => {
    assert.deepEqual(claimsIn(await joined.ask({ path: '/read', headers })), expected);
  });
}

const doubtful: [name: string, headers: (readonly [string, string])[]][] = [
  ['two headers', twice],
  ['one header with a comma', [['x-partner', 'one,two']]],
];
for (const [name, headers] of doubtful) {
  test(`joined headers: ${name}: only a refusal is safe, also with onError: pass`, async () => {
    const before = joined.seen.length;
    const answer = await joined.ask({ path: '/read', headers });
    assert.deepEqual([answer.status, answer.body], [400, '{"error":{"code":"extproc.joined-header"}}']);
    assert.equal(joined.seen.length, before);
  });

  test(`joined headers: ${name}, which nothing reads`, async () => {
    assert.equal((await joined.ask({ path: '/other', headers })).status, 200);
  });
}

test('with encode_raw_headers two headers are two, and a comma is a part of a value', async () => {
  await using stack = await headerStack({ encode_raw_headers: true });
  assert.deepEqual(claimsIn(await stack.ask({ path: '/read', headers: twice })), { partner: 'one' });
  const comma = [['x-partner', 'one,two'] as const];
  assert.deepEqual(claimsIn(await stack.ask({ path: '/read', headers: comma })), { partner: 'one,two' });
});

for (const name of joinedByEnvoy) {
  test(`Envoy itself makes one of two ${name}`, async () => {
    const headers = [[name, 'one'] as const, [name, 'two'] as const];
    assert.equal(seenHeader(seenIn(await joined.ask({ path: '/other', headers })), name).length, 1);
  });
}
