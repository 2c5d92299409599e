/**
 * @module
 * `--stand-in-keys` of mint, explain and compare.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { CompactEncrypt, SignJWT } from 'jose';
import { runCommand, writeFiles } from './captured-terminal.ts';

const issued = 1_600_000_000;

const files = writeFiles({
  'partner.yaml': `- policyRef: { name: jwt-generation-flex }
  config: { signingMethod: ES256, iat: true, exp: 300, customClaims: [{ name: sub, value: "#[authentication.principal]" }] }
`,
  'encrypted.yaml':
    '- jwt-generate: { version: 2.0.0, iss-claim: iss, exp-claim: 60, jwe-alg: RSA-OAEP-256, jwe-enc: A128GCM, jwe-crypto: backend }\n',
  'mintproc.yaml': `variables: { iss: https://issuer.example.com }
policies:
  - { name: partner, file: partner.yaml, key: { file: secrets/partner.pem, kid: key-1 } }
  - { name: encrypted, file: encrypted.yaml }
routes:
  - { match: { pathPrefix: /orders }, policies: [partner] }
  - { match: { pathPrefix: /encrypted }, policies: [encrypted] }
`,
  'broken.yaml': `policies: [{ name: partner, file: partner.yaml, key: { file: partner.yaml } }]
routes: [{ match: {}, policies: [partner] }]
`,
  'orders.yaml': 'request: { path: /orders/7 }\ncaller: { claims: { sub: alice } }\n',
  'objects.json': '{"authentication": {"principal": "alice"}}',
  'encrypted.request.yaml': 'request: { path: /encrypted }\n',
});

const config = ['--config', files['mintproc.yaml']];
const request = ['--request', files['orders.yaml']];
const partner = ['--policy', 'partner'];
const standIn = '--stand-in-keys';

const token = await new SignJWT({ sub: 'alice', exp: issued + 300, iat: issued })
  .setProtectedHeader({ kid: 'key-1', alg: 'ES256', typ: 'JWT' })
  .sign(
    await crypto.subtle
      .generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign'])
      .then((pair) => ('privateKey' in pair ? pair.privateKey : pair)),
  );

/** A command line, and how many keys it makes. */
const lines: readonly [line: readonly string[], made: number][] = [
  [['mint', ...config, ...request], 2],
  [['mint', ...config, ...request, ...partner], 1],
  [['mint', '--policy', files['partner.yaml'], '--request', files['objects.json']], 1],
  [['explain', ...config, ...request], 2],
  [['explain', ...config, ...partner], 1],
  [['explain', ...config, ...request, ...partner], 1],
  [['compare', token, ...config, ...request], 2],
];

for (const [line, made] of lines) {
  const shown = line.filter((word) => word !== token && !word.startsWith('/')).join(' ');
  test(`${shown}: an absent key is an error, and is made only if that is asked for`, async () => {
    const plain = await runCommand(line);
    assert.equal(plain.code, 1);
    assert.match(plain.errors, /error: .*\[(?:config\.unreadable-file|keys\.missing)\]/);
    const { code, errors } = await runCommand([...line, standIn]);
    assert.equal(code, 0, errors);
    const notes = errors.split('\n').filter((one) => one.startsWith('note: A key to '));
    assert.equal(notes.length, made, errors);
    assert.match(
      notes[0] ?? '',
      /A key to sign with \(ES256\) was made for this run: the one of .*:\d+:\d+ is not at hand\./,
    );
  });
}

test('a key that is there and broken stays an error', async () => {
  const line = ['mint', '--config', files['broken.yaml'], ...request, standIn];
  const { code, errors } = await runCommand(line);
  assert.equal(code, 1);
  assert.match(errors, /\[keys\.not-pem\]/);
});

test('many lines share their keys, which are reported once, at the end', async () => {
  const one = JSON.stringify({ policy: files['partner.yaml'], request: { authentication: { principal: 'alice' } } });
  const { code, out, errors } = await runCommand(['mint', '--jsonl', standIn], [one, one]);
  assert.equal(code, 0);
  for (const line of out.trim().split('\n')) assert.equal(JSON.parse(line).claims.sub, 'alice');
  assert.equal(errors.match(/A key to sign with/g)?.length, 1, errors);
});

test('a token that was encrypted to another key is compared as far as it can be read', async () => {
  const line = [...config, '--request', files['encrypted.request.yaml'], '--policy-name', 'encrypted', standIn];
  const minted = await runCommand(['mint', ...line, '--format', 'json']);
  const { token: encrypted } = JSON.parse(minted.out).policies[0];
  const { out } = await runCommand(['compare', encrypted, ...line]);
  assert.match(out, /unread +claims +No key opens the recorded token/);
});

test('serve and validate do not know the option', async () => {
  for (const command of ['serve', 'validate', 'check', 'gen', 'import']) {
    const { code, errors } = await runCommand([command, ...config, standIn]);
    assert.equal(code, 2, command);
    assert.match(errors, /stand-in-keys|unknown|no option/i, command);
  }
});

test('a token that is encrypted to a stand-in key is opened, to be compared with one that the given key opens', async () => {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const recipient = writeFiles({ 'old.pem': pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() });
  const claims = { iss: 'https://issuer.example.com', exp: issued + 60, iat: issued };
  const recorded = await new CompactEncrypt(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A128GCM' })
    .encrypt(pair.publicKey);
  const line = [...config, '--request', files['encrypted.request.yaml'], '--key', recipient['old.pem'], standIn];
  const { code, out, errors } = await runCommand(['compare', recorded, ...line]);
  assert.match(out, /same +claims\.iss/);
  assert.equal(code, 0, out + errors);
});
