/**
 * @module
 * Encrypted tokens of two vendors through a real Envoy: an Apigee policy with its key set, and a whole API of API
 * Connect whose JWK an action sets. jwcrypto opens what the upstream receives.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, test } from 'node:test';
import { jwtVerify } from 'jose';
import { seenHeader } from '../../demo/upstream.ts';
import { seenIn } from './harness/client.ts';
import { withoutJwtAuthn } from './harness/policies.ts';
import { decryptWithJwcrypto } from './harness/python-tools.ts';
import { type Stack, startStack } from './harness/stack.ts';

const recipient = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const signer = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const recipientJwk = { ...recipient.publicKey.export({ format: 'jwk' }), kid: 'backend', use: 'enc' };
const signingJwk = { ...signer.privateKey.export({ format: 'jwk' }), kid: 'signer', use: 'sig' };
const own = { ...recipient.privateKey.export({ format: 'jwk' }) };

const apigee = `<GenerateJWT name="Encrypt">
  <Algorithms><Key>ECDH-ES+A256KW</Key><Content>A256GCM</Content></Algorithms>
  <PublicKey><JWKS>${JSON.stringify({ keys: [recipientJwk] })}</JWKS><Id>backend</Id></PublicKey>
  <Subject ref="request.header.x-user"/>
  <OutputVariable>request.header.x-token</OutputVariable>
</GenerateJWT>`;

const api = JSON.stringify({
  openapi: '3.0.3',
  info: { title: 'Orders', 'x-ibm-name': 'orders', version: '1.0.0' },
  servers: [{ url: 'https://api.example/orders' }],
  paths: { '/{id}': { get: {} } },
  'x-ibm-configuration': {
    gateway: 'datapower-api-gateway',
    assembly: {
      execute: [
        { 'set-variable': { actions: [{ set: 'sign.jwk', value: JSON.stringify(signingJwk), type: 'string' }] } },
        {
          if: {
            condition: 'true',
            execute: [
              {
                'jwt-generate': {
                  version: '2.1.0',
                  jwt: 'message.headers.x-token',
                  'iss-claim': 'api.name',
                  'sub-claim': 'request.parameters.id',
                  'jws-alg': 'ES256',
                  'jws-jwk': 'sign.jwk',
                  'jwe-alg': 'RSA-OAEP-256',
                  'jwe-enc': 'A128CBC-HS256',
                  'jwe-crypto': 'backendCertificate',
                },
              },
            ],
          },
        },
      ],
    },
  },
});

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });

let stack: Stack;
before(async () => {
  stack = await startStack({
    files: {
      'encrypt.xml': apigee,
      'api.json': api,
      'backend.pem': rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    },
    mintproc: {
      keys: { backendCertificate: { file: 'backend.pem' } },
      policies: [
        { name: 'encrypt', file: 'encrypt.xml' },
        { name: 'api', file: 'api.json' },
      ],
      routes: [
        { match: { pathPrefix: '/apigee' }, policies: ['encrypt'] },
        { match: { pathPrefix: '/orders' }, policies: ['api'] },
      ],
    },
    envoy: withoutJwtAuthn,
  });
});
after(() => stack?.[Symbol.asyncDispose]());

async function tokenAt(path: string, headers: [string, string][]): Promise<string> {
  const answer = await stack.ask({ path, headers });
  const [value = '', ...others] = seenHeader(seenIn(answer), 'x-token');
  assert.deepEqual(others, []);
  return value;
}

test("an Apigee policy: the client's own header is gone, the token is for the recipient alone", async () => {
  const token = await tokenAt('/apigee', [
    ['x-user', 'alice'],
    ['x-token', 'forged'],
  ]);
  const [opened] = await decryptWithJwcrypto([{ token, key: own }]);
  assert.equal(opened?.header['alg'], 'ECDH-ES+A256KW');
  assert.equal(opened.header['kid'], 'backend');
  assert.equal(JSON.parse(opened.content).sub, 'alice');
});

test('a whole API of API Connect: signed, encrypted, in the header that its variable is', async () => {
  const value = await tokenAt('/orders/7', []);
  const token = /^Bearer (\S+)$/.exec(value)?.[1] ?? '';
  const [opened] = await decryptWithJwcrypto([{ token, key: { ...rsa.privateKey.export({ format: 'jwk' }) } }]);
  assert.deepEqual(opened?.header, { alg: 'RSA-OAEP-256', enc: 'A128CBC-HS256', cty: 'JWT' });
  const { payload, protectedHeader } = await jwtVerify(opened.content, signer.publicKey);
  assert.deepEqual(protectedHeader, { kid: 'signer', alg: 'ES256' });
  assert.deepEqual([payload.iss, payload.sub], ['orders', '7']);
});
