/**
 * @module
 * `mintproc gen envoy` for callers with certificates: the TLS that it proposes is uncommented, and the caller is the
 * one of the handshake, by Envoy's attributes and by the header that Envoy writes, whatever the client writes.
 */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { jwtVerify } from 'jose';
import { seenHeader } from '../../demo/upstream.ts';
import { flexPolicy, secret } from '../configuration/memory-files.ts';
import { seenIn } from './harness/client.ts';
import { startGenerated } from './harness/generated-stack.ts';
import { type Certificates, makeCertificates } from './harness/python-tools.ts';

const uri = 'spiffe://example.com/ns/shop/sa/orders';
let certificates: Certificates;
before(async () => {
  certificates = await makeCertificates({ name: 'orders', dns: 'orders.example.com', uri });
});

const policy = flexPolicy({
  who: '#[authentication.principal]',
  dns: '#[authentication.properties.dns]',
});

for (const trustForwardedClientCert of [false, true]) {
  test(`the certificate is the caller, with trustForwardedClientCert: ${trustForwardedClientCert}`, async () => {
    await using stack = await startGenerated({
      platform: 'envoy',
      listen: 'unix',
      caller: false,
      certificates: true,
      files: {
        'policy.yaml': policy,
        'ca.crt': certificates.ca,
        'server.crt': certificates.server.cert,
        'server.key': certificates.server.key,
      },
      mintproc: {
        authentication: { sources: [{ from: 'certificate', trustForwardedClientCert }] },
        policies: [{ name: 'p', file: 'policy.yaml', requireCaller: true }],
        routes: [{ match: {}, policies: ['p'] }],
      },
    });
    const tls = { ...certificates.caller, ca: certificates.ca };
    const forged = 'URI=spiffe://example.com/admin;Subject="CN=admin"';
    const seen = seenIn(await stack.ask({ tls, headers: [['X-Forwarded-Client-Cert', forged]] }));
    const [value = ''] = seenHeader(seen, 'authorization');
    const { payload } = await jwtVerify(value.replace('Bearer ', ''), Buffer.from(secret));
    assert.deepEqual([payload['who'], payload['dns']], [uri, 'orders.example.com']);
    assert.doesNotMatch(JSON.stringify(seen.headers), /admin/);
    // The header reaches the upstream only where it is in use; then it is Envoy's own.
    const forwarded = seenHeader(seen, 'x-forwarded-client-cert');
    assert.equal(forwarded.length, trustForwardedClientCert ? 1 : 0);
  });
}
