import assert from 'node:assert/strict';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { calculateJwkThumbprint, exportJWK } from 'jose';
import { signatureAlgorithms } from '../../src/jose/signature-algorithms.ts';
import { signingUse } from '../../src/keys/key-use.ts';
import { type OneKey, readKeyText } from './read-key-text.ts';

function algorithm(name: string) {
  const row = signatureAlgorithms.get(name);
  assert.ok(row, `${name} has a row`);
  return row;
}

function read(name: string, text: string, origin?: 'policy' | 'file'): OneKey {
  return readKeyText(signingUse(algorithm(name)), text, origin);
}

/** A signature with the key; empty if the key was refused. */
function signed(name: string, { held }: OneKey): string {
  return held === undefined ? '' : algorithm(name).createSigner(held.key)('a.b');
}

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const ec = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;
const ed = generateKeyPairSync('ed25519').privateKey;
const pkcs8 = String(rsa.export({ type: 'pkcs8', format: 'pem' }));
const encrypted = String(rsa.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'p' }));

const readable: readonly [name: string, algorithm: string, text: string][] = [
  ['PKCS#8', 'RS256', pkcs8],
  ['PKCS#1', 'RS256', String(rsa.export({ type: 'pkcs1', format: 'pem' }))],
  ['SEC1', 'ES256', String(ec.export({ type: 'sec1', format: 'pem' }))],
  ['PKCS#8 of an EC key', 'ES256', String(ec.export({ type: 'pkcs8', format: 'pem' }))],
  ['PKCS#8 of an Ed25519 key', 'EdDSA', String(ed.export({ type: 'pkcs8', format: 'pem' }))],
  ['indented', 'RS256', pkcs8.replaceAll(/^/gm, '    ')],
  ['with Windows line ends', 'RS256', pkcs8.replaceAll('\n', '\r\n')],
  ['with \\n written out', 'RS256', pkcs8.replaceAll('\n', '\\n')],
  ['with a comment before it', 'RS256', `partner key of 2026\n${pkcs8}`],
];

for (const [name, algorithmName, text] of readable) {
  test(`reads a key: ${name}`, () => {
    const key = read(algorithmName, text);
    assert.deepEqual(key.findings, []);
    assert.match(signed(algorithmName, key), /^[\w-]{80,}$/);
  });
}

const refused: readonly [name: string, algorithm: string, text: string, code: string][] = [
  ['text that is not PEM', 'RS256', 'my-secret-key', 'keys.not-pem'],
  ['a public key', 'RS256', '-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n', 'keys.not-pem'],
  [
    'a placeholder',
    'RS256',
    '-----BEGIN PRIVATE KEY-----\n<your-private-key>\n-----END PRIVATE KEY-----\n',
    'keys.not-pem',
  ],
  ['damaged PEM', 'RS256', '-----BEGIN PRIVATE KEY-----\nMIIBAAAA\n-----END PRIVATE KEY-----\n', 'keys.unreadable'],
  ['an encrypted key', 'RS256', encrypted, 'keys.unreadable'],
  ['an EC key for RS256', 'RS256', String(ec.export({ type: 'pkcs8', format: 'pem' })), 'jose.wrong-key-type'],
  ['an empty secret', 'HS256', '', 'jose.empty-secret'],
];

for (const [name, algorithmName, text, code] of refused) {
  test(`refuses a key: ${name}`, () => {
    const { held, findings } = read(algorithmName, text);
    assert.equal(held, undefined);
    assert.deepEqual(
      findings.map((finding) => finding.code),
      [code],
    );
    for (const { message } of findings) assert.doesNotMatch(message, /MII|my-secret/);
  });
}

test('PEM without its line breaks is refused with a suggestion', () => {
  const folded = String(rsa.export({ type: 'pkcs8', format: 'pem' })).replaceAll('\n', ' ');
  const [finding] = read('RS256', folded).findings;
  assert.equal(finding?.code, 'keys.unreadable');
  assert.match(finding?.suggestion ?? '', /In YAML, begin it with `\|`/);
});

test('a weak secret is used, with a warning', () => {
  const { held, findings } = read('HS256', 'my-secret-key');
  assert.ok(held);
  assert.deepEqual(
    findings.map(({ code, severity }) => [code, severity]),
    [['jose.short-secret', 'warning']],
  );
});

for (const [name, algorithmName, privateKey] of [
  ['RSA', 'RS256', rsa],
  ['EC', 'ES256', ec],
  ['Ed25519', 'EdDSA', ed],
] as const) {
  test(`thumbprint as the jose library computes it: ${name}`, async () => {
    const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const expected = await calculateJwkThumbprint(await exportJWK(createPrivateKey(pem)));
    assert.equal(read(algorithmName, pem).held?.thumbprint, expected);
  });
}

test('a secret has no thumbprint', () => {
  assert.equal(read('HS256', 'x'.repeat(32)).held?.thumbprint, undefined);
});

const endings: readonly [name: string, origin: 'policy' | 'file', text: string, same: boolean][] = [
  ['one line break at the end of a file', 'file', 'secret\n', true],
  ['a Windows line break at the end of a file', 'file', 'secret\r\n', true],
  ['the second line break at the end of a file', 'file', 'secret\n\n', false],
  ['a line break at the end of a string in a policy', 'policy', 'secret\n', false],
];

for (const [name, origin, text, same] of endings) {
  test(`${name} ${same ? 'is not part' : 'is part'} of the secret`, () => {
    const plain = signed('HS256', read('HS256', 'secret'));
    assert.notEqual(plain, '');
    assert.equal(signed('HS256', read('HS256', text, origin)) === plain, same);
  });
}
