/**
 * @module
 * The example of the vendor's page (Generate JWT), word for word, through a real Envoy: what the upstream receives is
 * decrypted by jwcrypto and verified by PyJWT. And the gateway's answer where no token can be made.
 */
import assert from 'node:assert/strict';
import { createSecretKey, randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { callerToken } from '../../demo/credentials.ts';
import { seenHeader } from '../../demo/upstream.ts';
import { seenIn } from './harness/client.ts';
import { admitAnonymous } from './harness/policies.ts';
import { decryptWithJwcrypto, verifyWithPyJwt } from './harness/python-tools.ts';
import { type Stack, startStack } from './harness/stack.ts';

const example = `
- jwt-generate:
    title: jwt-generate
    iss-claim: iss.claim
    exp-claim: 3600
    jwt: generated.jwt
    jti-claim: true
    sub-claim: sub.claim
    aud-claim: aud.claim
    jws-jwk: jws.jwk
    jws-alg: HS256
    jws-crypto: jwsCryptoObjectName
    jwe-enc: A128CBC-HS256
    jwe-jwk: jwe.jwk
    jwe-alg: A128KW
    jwe-crypto: jweCryptoObjectName
`;

const strict = `
- jwt-generate:
    version: 2.0.0
    iss-claim: client.app.id
    jws-alg: HS256
    jws-crypto: jwsCryptoObjectName
`;

const secret = 'a shared secret of at least thirty-two bytes';
const wrapping = createSecretKey(randomBytes(16)).export({ format: 'jwk' });

let stack: Stack;
before(async () => {
  stack = await startStack({
    files: {
      'example.yaml': example,
      'strict.yaml': strict,
      'jws.secret': `${secret}\n`,
      'jwe.jwk': JSON.stringify({ ...wrapping, kid: 'wrapping' }),
    },
    mintproc: {
      variables: {
        'iss.claim': 'https://issuer.example',
        'sub.claim': { expression: "authentication.clientId default 'anonymous'" },
        'aud.claim': 'orders,billing',
      },
      keys: { jwsCryptoObjectName: { file: 'jws.secret' }, jweCryptoObjectName: { file: 'jwe.jwk' } },
      policies: [
        { name: 'example', file: 'example.yaml' },
        { name: 'strict', file: 'strict.yaml' },
      ],
      routes: [
        { match: { pathPrefix: '/example' }, policies: ['example'] },
        { match: { pathPrefix: '/strict' }, policies: ['strict'] },
      ],
    },
    envoy: admitAnonymous,
  });
});
after(() => stack?.[Symbol.asyncDispose]());

test("the vendor's example: signed, then encrypted, then read by its recipient", async () => {
  const caller = await callerToken(stack.credentials.callerKey, { client_id: 'app-7' });
  const sent = Date.now() / 1000;
  const answer = await stack.ask({ path: '/example', headers: [['Authorization', `Bearer ${caller}`]] });
  const [value = '', ...others] = seenHeader(seenIn(answer), 'authorization');
  assert.deepEqual(others, []);
  const token = /^Bearer (\S+)$/.exec(value)?.[1] ?? '';

  const [opened] = await decryptWithJwcrypto([{ token, key: { ...wrapping } }]);
  assert.deepEqual(opened?.header, { kid: 'wrapping', alg: 'A128KW', enc: 'A128CBC-HS256', cty: 'JWT' });
  const { header, claims } = await verifyWithPyJwt(opened.content, secret, 'HS256');
  assert.deepEqual(header, { alg: 'HS256' });
  const { jti, iat, exp, ...rest } = claims;
  assert.match(String(jti), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(Number(exp) - Number(iat), 3600);
  assert.ok(Math.abs(Number(iat) - sent) < 10, 'issued now');
  assert.deepEqual(rest, { iss: 'https://issuer.example', sub: 'app-7', aud: ['orders', 'billing'] });
});

test("the gateway's answer where the issuer is not known; the client's header does not replace it", async () => {
  const before = stack.seen.length;
  const answer = await stack.ask({ path: '/strict', headers: [['X-IBM-Client-Id', 'forged']] });
  assert.equal(answer.status, 500);
  assert.equal(answer.body, '{"httpCode":"500","httpMessage":"Invalid-JWT-Generate","moreInformation":""}');
  assert.equal(stack.seen.length, before);
});
