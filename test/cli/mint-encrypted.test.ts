/**
 * @module
 * `mint` with policies of API Connect: keys that the request file states, and tokens that only their recipient reads.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compactDecrypt, compactVerify } from 'jose';
import { runCommand, writeFiles } from './captured-terminal.ts';

const wrapping = Buffer.alloc(16, 7);
const secret = Buffer.alloc(32, 9);
const signingJwk = { kty: 'oct', k: secret.toString('base64url'), kid: 'stated' };

const files = writeFiles({
  'signed.yaml': '- jwt-generate: { version: 2.0.0, iss-claim: iss, jws-alg: HS256, jws-jwk: my.jwk }\n',
  'encrypted.yaml':
    '- jwt-generate: { version: 2.0.0, iss-claim: iss, jwe-alg: A128KW, jwe-enc: A128GCM, jwe-crypto: wrapping }\n',
  'wrapping.hex': wrapping.toString('hex'),
  'mintproc.yaml':
    'variables: { iss: me }\nkeys: { wrapping: { file: wrapping.hex, encoding: hex } }\npolicies: [{ name: a, file: encrypted.yaml }]\nroutes: [{ match: {}, policies: [a] }]\n',
  'object.json': JSON.stringify({ variables: { iss: 'me', 'my.jwk': signingJwk } }),
  'text.json': JSON.stringify({ variables: { iss: 'me', 'my.jwk': JSON.stringify(signingJwk) } }),
  'none.json': '{"variables": {"iss": "me"}}',
});

for (const request of ['object.json', 'text.json'] as const) {
  test(`a JWK that ${request} states signs`, async () => {
    const line = ['mint', '--policy', files['signed.yaml'], '--request', files[request], '--format', 'json'];
    const { token, header } = JSON.parse((await runCommand(line)).out);
    assert.deepEqual(header, { kid: 'stated', alg: 'HS256' });
    await compactVerify(token, secret);
  });
}

test('without the JWK there is no token', async () => {
  const line = ['mint', '--policy', files['signed.yaml'], '--request', files['none.json'], '--format', 'json'];
  const { code, out } = await runCommand(line);
  assert.equal(code, 1);
  assert.equal(JSON.parse(out).error.code, 'keys.missing');
});

const encrypted = ['mint', '--policy', files['encrypted.yaml'], '--config', files['mintproc.yaml']];

test('the claims of an encrypted token are null, since only its recipient reads them', async () => {
  const { out } = await runCommand([...encrypted, '--request', files['none.json'], '--format', 'json', '--at', '1000']);
  const { token, header, claims } = JSON.parse(out);
  assert.deepEqual(header, { alg: 'A128KW', enc: 'A128GCM' });
  assert.equal(claims, null);
  const { plaintext } = await compactDecrypt(token, wrapping);
  assert.equal(Buffer.from(plaintext).toString(), '{"iss":"me","exp":4600,"iat":1000}');
});

test('the text output says so', async () => {
  const { out } = await runCommand([...encrypted, '--request', files['none.json']]);
  assert.match(out, /^authorization: Bearer (?:[\w-]+\.){4}[\w-]+\n\nheader \{[\s\S]*\}\nclaims are encrypted\n$/);
});
