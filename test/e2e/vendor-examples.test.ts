/**
 * @module
 * The two examples of the vendor's page (Credential Injection JWT Generation), word for word but for the key, through a
 * real Envoy: what the upstream receives verifies with jose and with PyJWT.
 */
import assert from 'node:assert/strict';
import { createPublicKey, createSecretKey, generateKeyPairSync } from 'node:crypto';
import { after, before, test } from 'node:test';
import { jwtVerify } from 'jose';
import { callerToken } from '../../demo/credentials.ts';
import { seenHeader } from '../../demo/upstream.ts';
import { seenIn } from './harness/client.ts';
import { admitAnonymous, hmacSecret } from './harness/policies.ts';
import { verifyWithPyJwt } from './harness/python-tools.ts';
import { type Stack, startStack } from './harness/stack.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const publicKey = createPublicKey(privateKey);
const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' })).trim();

const hmacExample = `
- policyRef:
    name: jwt-generation-flex
  config:
    signingMethod: HS256
    privateKey: ${hmacSecret}
    iat: true
    exp: 3600
    nbf: 0
    customClaims:
      - name: "sub"
        value: "#[authentication.properties.clientId default 'anonymous']"
    customHeaders: []
`;

const rsaExample = `
- policyRef:
    name: jwt-generation-flex
  config:
    signingMethod: RS256
    privateKey: |
${pem.replace(/^/gm, '      ')}
    iat: true
    exp: 7200
    nbf: 0
    customClaims:
      - name: "aud"
        value: "'https://upstream.example.com'"
      - name: "client_id"
        value: "#[authentication.properties.clientId]"
    customHeaders:
      - name: "kid"
        value: "'key-1'"
`;

const verifiers = {
  HS256: { jose: createSecretKey(hmacSecret, 'utf8'), pyJwt: hmacSecret },
  RS256: { jose: publicKey, pyJwt: String(publicKey.export({ type: 'spki', format: 'pem' })) },
};

let stack: Stack;
before(async () => {
  stack = await startStack({
    files: { 'hmac.yaml': hmacExample, 'rsa.yaml': rsaExample },
    mintproc: {
      policies: [
        { name: 'hmac', file: 'hmac.yaml' },
        { name: 'rsa', file: 'rsa.yaml' },
      ],
      routes: [
        { match: { pathPrefix: '/hmac' }, policies: ['hmac'] },
        { match: { pathPrefix: '/rsa' }, policies: ['rsa'] },
      ],
    },
    envoy: admitAnonymous,
  });
});
after(() => stack?.[Symbol.asyncDispose]());

interface Example {
  readonly path: string;
  readonly clientId: string | undefined;
  readonly header: { readonly alg: 'HS256' | 'RS256'; readonly typ: string; readonly kid?: string };
  readonly claims: Readonly<Record<string, unknown>>;
  readonly lifetime: number;
}

const hs256 = { alg: 'HS256', typ: 'JWT' } as const;
const rs256 = { kid: 'key-1', alg: 'RS256', typ: 'JWT' } as const;
const aud = 'https://upstream.example.com';

const examples: [name: string, example: Example][] = [
  ['HMAC, a known caller', { path: '/hmac', clientId: 'c-1', header: hs256, claims: { sub: 'c-1' }, lifetime: 3600 }],
  ['HMAC, nobody', { path: '/hmac', clientId: undefined, header: hs256, claims: { sub: 'anonymous' }, lifetime: 3600 }],
  [
    'RSA, a known caller',
    { path: '/rsa', clientId: 'c-2', header: rs256, claims: { aud, client_id: 'c-2' }, lifetime: 7200 },
  ],
  ['RSA, nobody', { path: '/rsa', clientId: undefined, header: rs256, claims: { aud }, lifetime: 7200 }],
];

for (const [name, { path, clientId, header, claims, lifetime }] of examples) {
  test(name, async () => {
    const caller = clientId && (await callerToken(stack.credentials.callerKey, { client_id: clientId }));
    const sent = Date.now() / 1000;
    const answer = await stack.ask({ path, headers: caller ? [['Authorization', `Bearer ${caller}`]] : [] });
    const values = seenHeader(seenIn(answer), 'authorization');
    assert.equal(values.length, 1);
    const token = /^Bearer (\S+)$/.exec(values[0] ?? '')?.[1] ?? '';

    const byJose = await jwtVerify(token, verifiers[header.alg].jose);
    const { iat = 0, exp = 0, ...custom } = byJose.payload;
    assert.deepEqual(byJose.protectedHeader, header);
    assert.deepEqual(custom, claims);
    assert.equal(exp - iat, lifetime);
    assert.ok(Math.abs(iat - sent) < 10, 'issued now');

    const byPyJwt = await verifyWithPyJwt(token, verifiers[header.alg].pyJwt, header.alg);
    assert.deepEqual(byPyJwt, { header: { ...byJose.protectedHeader }, claims: { ...byJose.payload } });
  });
}

test('PyJWT refuses the same token under another key', async () => {
  const [value = ''] = seenHeader(seenIn(await stack.ask({ path: '/hmac' })), 'authorization');
  await assert.rejects(verifyWithPyJwt(value.slice('Bearer '.length), 'another-secret', 'HS256'), /InvalidSignature/);
});
