/**
 * @module
 * The two samples of Apigee's page (GenerateJWT policy, 2017), word for word, through a real Envoy: what the upstream
 * receives verifies with jose and with PyJWT; faults are the vendor's; later filters see what was published.
 */
import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { compactVerify } from 'jose';
import { parse } from 'yaml';
import { seenHeader } from '../../demo/upstream.ts';
import { seenIn } from './harness/client.ts';
import { extProc, withoutJwtAuthn } from './harness/policies.ts';
import { verifyWithPyJwt } from './harness/python-tools.ts';
import { type Stack, startStack } from './harness/stack.ts';

const cases = new URL('../conformance/apigee/seed.yaml', import.meta.url);
const [hmacSample, rsaSample]: readonly { readonly policy: string }[] = parse(readFileSync(cases, 'utf8'));

const secret = 'a secret of at least thirty-two bytes';
const passphrase = 'a password';
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const publicKey = createPublicKey(privateKey);
const encrypted = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }).toString();

const second = `<GenerateJWT name="Second" continueOnError="true">
  <Algorithm>HS256</Algorithm>
  <SecretKey><Value ref="private.secretkey"/></SecretKey>
  <Subject ref="jwt.JWT-Generate-HS256.claim.subject"/>
  <Audience ref="request.header.x-audience.values.string">nobody</Audience>
  <ExpiresIn ref="request.queryparam.ttl">60</ExpiresIn>
  <OutputVariable>request.header.x-second</OutputVariable>
</GenerateJWT>`;

const failing = `<GenerateJWT name="Failing"><Algorithm>HS256</Algorithm>
  <SecretKey><Value ref="private.secretkey"/></SecretKey><Subject ref="request.header.x-user"/></GenerateJWT>`;

let stack: Stack;
before(async () => {
  const policies = { hmac: hmacSample?.policy ?? '', rsa: rsaSample?.policy ?? '', second, failing };
  stack = await startStack({
    files: {
      'secret.txt': secret,
      'encrypted.pem': encrypted,
      'password.txt': passphrase,
      'id.txt': 'key-7',
      ...Object.fromEntries(Object.entries(policies).map(([name, text]) => [`${name}.xml`, text])),
    },
    mintproc: {
      edition: 'edge',
      publishVariables: true,
      variables: {
        'private.secretkey': { file: 'secret.txt' },
        'private.privatekey': { file: 'encrypted.pem' },
        'private.privatekey-password': { file: 'password.txt' },
        'private.privatekey-id': { file: 'id.txt' },
      },
      policies: Object.keys(policies).map((name) => ({ name, file: `${name}.xml` })),
      routes: [
        { match: { pathPrefix: '/hmac' }, policies: ['hmac', 'second'] },
        { match: { pathPrefix: '/rsa' }, policies: ['rsa'] },
        { match: { pathPrefix: '/failing' }, policies: ['failing'] },
      ],
    },
    envoy(config) {
      withoutJwtAuthn(config);
      config.set([...extProc(config), 'metadata_options', 'receiving_namespaces'], { untyped: ['mintproc'] });
      const value = '%DYNAMIC_METADATA(mintproc:jwt.JWT-Generate-HS256.claim.subject)%';
      config.set([...config.route, 'request_headers_to_add'], [{ header: { key: 'x-published', value } }]);
    },
  });
});
after(() => stack?.[Symbol.asyncDispose]());

interface Example {
  readonly path: string;
  readonly header: string;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly verifier: { readonly jose: Parameters<typeof compactVerify>[1]; readonly pyJwt: string };
}

const byHmac = { jose: Buffer.from(secret), pyJwt: secret };
const byRsa = { jose: publicKey, pyJwt: String(publicKey.export({ type: 'spki', format: 'pem' })) };
const show = 'And now for something completely different.';
const iss = 'urn://apigee-edge-JWT-policy-test';

const examples: [name: string, example: Example][] = [
  [
    'HS256',
    {
      path: '/hmac',
      header: '{"kid":"1918290","typ":"JWT","alg":"HS256"}',
      claims: { sub: 'monty-pythons-flying-circus', aud: 'fans', show, iss },
      verifier: byHmac,
    },
  ],
  [
    'RS256, with an encrypted key',
    {
      path: '/rsa',
      header: '{"kid":"key-7","typ":"JWT","alg":"RS256"}',
      claims: { sub: 'apigee-seattle-hatrack-montage', aud: 'urn://c60511c0-12a2-473c-80fd-42528eb65a6a', show, iss },
      verifier: byRsa,
    },
  ],
];

for (const [name, { path, header, claims, verifier }] of examples) {
  test(`Apigee's sample: ${name}`, async () => {
    const headers: [string, string][] = [['Authorization', 'Bearer spoofed']];
    const values = seenHeader(seenIn(await stack.ask({ path, headers })), 'authorization');
    const token = /^Bearer (\S+)$/.exec(values[0] ?? '')?.[1] ?? '';
    assert.equal(values.length, 1);

    const { payload } = await compactVerify(token, verifier.jose);
    assert.equal(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString(), header);
    const { iat, exp, jti, ...rest } = JSON.parse(Buffer.from(payload).toString());
    assert.deepEqual(rest, claims);
    assert.equal(exp - iat, 3600);
    assert.match(jti, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);

    const byPyJwt = await verifyWithPyJwt(token, verifier.pyJwt, JSON.parse(header).alg);
    assert.deepEqual(byPyJwt.claims, JSON.parse(Buffer.from(payload).toString()));
  });
}

test('a second policy reads the first, repeated headers and the query', async () => {
  const headers: [string, string][] = [
    ['x-audience', 'a, b'],
    ['x-audience', 'c'],
    ['x-second', 'spoofed'],
  ];
  const seen = seenIn(await stack.ask({ path: '/hmac?ttl=2m', headers }));
  const [token = ''] = seenHeader(seen, 'x-second');
  const { payload } = await compactVerify(token, byHmac.jose);
  const { sub, aud, iat, exp } = JSON.parse(Buffer.from(payload).toString());
  assert.deepEqual([sub, aud, exp - iat], ['monty-pythons-flying-circus', ['a', 'b', 'c'], 120]);
});

test('a later filter of Envoy sees what was published', async () => {
  const seen = seenIn(await stack.ask({ path: '/hmac' }));
  assert.deepEqual(seenHeader(seen, 'x-published'), ['monty-pythons-flying-circus']);
});

test('a failure that continueOnError lets pass takes the header away', async () => {
  const seen = seenIn(await stack.ask({ path: '/hmac?ttl=soon', headers: [['x-second', 'spoofed']] }));
  assert.deepEqual(seenHeader(seen, 'x-second'), []);
  assert.equal(seenHeader(seen, 'authorization').length, 1);
});

test("a fault is the vendor's answer, and is counted under the vendor's name", async () => {
  const reached = stack.seen.length;
  const { status, body } = await stack.ask({ path: '/failing' });
  assert.equal(status, 401);
  assert.deepEqual(JSON.parse(body), {
    fault: {
      faultstring: 'Failed to resolve variable: policy(Failing) variable(request.header.x-user)',
      detail: { errorcode: 'policies.jwt.FailedToResolveVariable' },
    },
  });
  assert.equal(stack.seen.length, reached);
  const metrics = await stack.admin('/metrics');
  assert.match(metrics.body, /mintproc_faults_total\{policy="failing",fault="FailedToResolveVariable"\} 1/);
});
