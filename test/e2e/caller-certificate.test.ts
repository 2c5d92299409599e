/**
 * @module
 * The caller is known by its TLS certificate: `authentication` comes from what Envoy saw in the handshake, not from
 * x-forwarded-client-cert, which a client can write itself.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { decodeJwt } from 'jose';
import { seenHeader } from '../../demo/upstream.ts';
import { ask, seenIn } from './harness/client.ts';
import { hmacPolicy, requireCertificates, withoutJwtAuthn } from './harness/policies.ts';
import { type Certificates, makeCertificates } from './harness/python-tools.ts';
import { type Stack, startStack } from './harness/stack.ts';

let certificates: Certificates;
let stack: Stack;

before(async () => {
  const uri = 'spiffe://example.com/ns/shop/sa/orders';
  certificates = await makeCertificates({ name: 'orders', dns: 'orders.example.com', uri });
  stack = await startStack({
    files: {
      'policy.yaml': hmacPolicy({
        principal: '#[authentication.principal]',
        dns: '#[authentication.properties.dns]',
        cn: '#[authentication.properties.commonName]',
        clientId: '#[authentication.clientId]',
      }),
      'ca.pem': certificates.ca,
      'server.pem': certificates.server.cert,
      'server.key': certificates.server.key,
    },
    mintproc: {
      policies: [{ name: 'p', file: 'policy.yaml' }],
      routes: [{ match: {}, policies: ['p'] }],
      authentication: { sources: [{ from: 'certificate', clientId: 'commonName' }] },
    },
    envoy(config) {
      withoutJwtAuthn(config);
      requireCertificates(config);
    },
  });
});
after(() => stack?.[Symbol.asyncDispose]());

test('the certificate is the caller, whatever x-forwarded-client-cert says', async () => {
  const tls = { ...certificates.caller, ca: certificates.ca };
  const forged = 'URI=spiffe://example.com/admin;Subject="CN=admin"';
  const answer = await ask(stack.port, { tls, headers: [['x-forwarded-client-cert', forged]] });
  const [value = ''] = seenHeader(seenIn(answer), 'authorization');
  const { iat, exp, ...claims } = decodeJwt(value.slice('Bearer '.length));
  assert.deepEqual(claims, {
    principal: 'spiffe://example.com/ns/shop/sa/orders',
    dns: 'orders.example.com',
    cn: 'orders',
    clientId: 'orders',
  });
});

test('a caller without a certificate is refused by Envoy', async () => {
  const tls = { key: '', cert: '', ca: certificates.ca };
  await assert.rejects(ask(stack.port, { tls }));
});
