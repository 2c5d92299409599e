import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { finish } from '../../../src/diagnostics/steps.ts';
import { signatureAlgorithms } from '../../../src/jose/signature-algorithms.ts';
import { readSource } from '../../../src/keys/sources/index.ts';
import type { KeyRequest, KeySpec } from '../../../src/keys/sources/source.ts';
import { makeArchives } from '../../e2e/harness/pkcs12-archives.ts';
import { rowNamed } from '../../jose/algorithm-rows.ts';
import { anySigning, keyRequest, type MemoryFile, memoryAccess } from './memory-access.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const ec = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;
const mlDsa = generateKeyPairSync('ml-dsa-44').privateKey;
const passphrase = 'open sesame';

const pem = (key: KeyObject, type: 'pkcs8' | 'pkcs1' | 'sec1' = 'pkcs8', cipher?: string): string =>
  String(key.export({ type, format: 'pem', ...(cipher === undefined ? {} : { cipher, passphrase }) } as never));
const jwk = (key: KeyObject, more: object = {}): string =>
  JSON.stringify({ ...key.export({ format: 'jwk' }), ...more });
const set = (...keys: string[]): string => `{"keys":[${keys.join(',')}]}`;
const { aes } = await makeArchives();
const pkcs12: MemoryFile = { content: aes.content, mode: 0o600 };

interface Example {
  readonly spec: KeySpec;
  readonly files?: Readonly<Record<string, string | MemoryFile>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly request?: Partial<KeyRequest>;
}

const inline = (text: string): KeySpec => ({ scheme: 'inline', text });
const file: KeySpec = { scheme: 'file', path: 'k' };
const encrypted = { form: { password: passphrase } };

const privateKeys: readonly [name: string, example: Example, key: KeyObject, kid?: string][] = [
  ['inline PKCS#8', { spec: inline(pem(rsa)) }, rsa],
  ['a file of PKCS#8', { spec: file, files: { k: pem(rsa) } }, rsa],
  ['a file of PKCS#1', { spec: file, files: { k: pem(rsa, 'pkcs1') } }, rsa],
  ['a file of SEC1', { spec: file, files: { k: pem(ec, 'sec1') } }, ec],
  ['a file of PKCS#8 for ML-DSA', { spec: file, files: { k: pem(mlDsa) } }, mlDsa],
  ['encrypted PKCS#8', { spec: file, files: { k: pem(rsa, 'pkcs8', 'aes-256-cbc') }, request: encrypted }, rsa],
  ['PKCS#1 with DEK-Info', { spec: file, files: { k: pem(rsa, 'pkcs1', 'aes-128-cbc') }, request: encrypted }, rsa],
  ['SEC1 with DEK-Info', { spec: file, files: { k: pem(ec, 'sec1', 'des-ede3-cbc') }, request: encrypted }, ec],
  ['the environment', { spec: { scheme: 'environment', variable: 'KEY' }, environment: { KEY: pem(ec) } }, ec],
  [
    'the environment, with \\n written out',
    { spec: { scheme: 'environment', variable: 'KEY' }, environment: { KEY: pem(ec).replaceAll('\n', '\\n') } },
    ec,
  ],
  ['indented PEM', { spec: inline(pem(ec).replaceAll(/^/gm, '      ')) }, ec],
  ['a JWK', { spec: { scheme: 'jwk', text: jwk(ec, { kid: 'e', use: 'sig' }) } }, ec, 'e'],
  ['a JWK of kty AKP', { spec: { scheme: 'jwk', text: jwk(mlDsa, { kid: 'm' }) } }, mlDsa, 'm'],
  ['a file that contains a JWK', { spec: file, files: { k: jwk(rsa, { kid: 'r' }) } }, rsa, 'r'],
  [
    'a JWK set, by kid',
    { spec: { scheme: 'jwks', path: 'k', kid: 'b' }, files: { k: set(jwk(rsa, { kid: 'a' }), jwk(ec, { kid: 'b' })) } },
    ec,
    'b',
  ],
];

for (const [name, example, key, kid] of privateKeys) {
  test(`private key from ${name}`, () => {
    const reading = read(example);
    assert.deepEqual(reading.findings, []);
    assert.equal(reading.keys.length, 1);
    assert.ok(reading.keys[0]?.key.equals(key));
    assert.equal(reading.keys[0]?.kid, kid);
  });
}

function read({ spec, files, environment, request }: Example) {
  return finish(readSource(spec, keyRequest(memoryAccess(files, environment), request)));
}

const secrets: readonly [name: string, example: Example, hex: string][] = [
  ['a string', { spec: inline('abc') }, '616263'],
  ['a file with its line break', { spec: file, files: { k: 'abc\n' } }, '616263'],
  ['base64', { spec: inline('-_8='.replace('-_', '+/')), request: { form: { encoding: 'base64' } } }, 'fbff'],
  ['base64url of whole blocks', { spec: inline('-_8A'), request: { form: { encoding: 'base64url' } } }, 'fbff00'],
  ['base64url', { spec: inline('-_8'), request: { form: { encoding: 'base64url' } } }, 'fbff'],
  ['base64url of one byte', { spec: inline('-w'), request: { form: { encoding: 'base64url' } } }, 'fb'],
  ['hex', { spec: inline('fb ff'), request: { form: { encoding: 'hex' } } }, 'fbff'],
  ['a JWK', { spec: { scheme: 'jwk', text: '{"kty":"oct","k":"-_8"}' } }, 'fbff'],
  ['text that begins like a JWK', { spec: inline('{"kty":') }, '7b226b7479223a'],
];

for (const [name, example, hex] of secrets) {
  test(`secret from ${name}`, () => {
    const { keys, findings } = read({ ...example, request: { use: anySigning('secret'), ...example.request } });
    assert.deepEqual(findings, []);
    assert.equal(keys[0]?.key.export().toString('hex'), hex);
    assert.equal(keys[0]?.thumbprint, undefined);
  });
}

const refused: readonly [name: string, example: Example, code: string][] = [
  ['a missing file', { spec: file }, 'config.unreadable-file'],
  ['a file that is not text', { spec: file, files: { k: pkcs12 } }, 'keys.not-pem'],
  ['a missing variable', { spec: { scheme: 'environment', variable: 'KEY' } }, 'keys.no-variable'],
  ['truncated PEM', { spec: inline(pem(rsa).slice(0, 400)) }, 'keys.cut-off'],
  ['an encrypted key without passphrase', { spec: inline(pem(rsa, 'pkcs8', 'aes-256-cbc')) }, 'keys.unreadable'],
  [
    'an encrypted key with another passphrase',
    { spec: inline(pem(rsa, 'pkcs1', 'aes-128-cbc')), request: { form: { password: 'other' } } },
    'keys.unreadable',
  ],
  [
    'a secret that is not hex',
    { spec: inline('xyz'), request: { use: anySigning('secret'), form: { encoding: 'hex' } } },
    'keys.bad-encoding',
  ],
  [
    'a secret with a character that is not in base64',
    { spec: inline('QU!JD'), request: { use: anySigning('secret'), form: { encoding: 'base64' } } },
    'keys.bad-encoding',
  ],
  [
    'a secret with a character that is not in base64url',
    { spec: inline('QU/D'), request: { use: anySigning('secret'), form: { encoding: 'base64url' } } },
    'keys.bad-encoding',
  ],
  ['a JWK for encryption', { spec: { scheme: 'jwk', text: jwk(ec, { use: 'enc' }) } }, 'jose.wrong-key-use'],
  [
    'a JWK with key_ops verify only',
    { spec: { scheme: 'jwk', text: jwk(ec, { key_ops: ['verify'] }) } },
    'jose.wrong-key-use',
  ],
  [
    'a secret JWK for a private key',
    { spec: { scheme: 'jwk', text: '{"kty":"oct","k":"AA"}' } },
    'jose.wrong-key-type',
  ],
  [
    'a JWK set without the kid',
    { spec: { scheme: 'jwks', path: 'k', kid: 'z' }, files: { k: set() } },
    'jose.no-matching-key',
  ],
  [
    'a JWK set without private keys',
    { spec: { scheme: 'jwks', path: 'k', kid: undefined }, files: { k: set() } },
    'jose.no-matching-key',
  ],
  [
    'a file that is not a JWK set',
    { spec: { scheme: 'jwks', path: 'k', kid: undefined }, files: { k: '[]' } },
    'jose.malformed-jwk',
  ],
  [
    'a JWK set with a malformed key',
    { spec: { scheme: 'jwks', path: 'k', kid: undefined }, files: { k: set('{}') } },
    'jose.malformed-jwk',
  ],
  [
    'PKCS#12 with another password',
    {
      spec: { scheme: 'pkcs12', path: 'k' },
      files: { k: pkcs12 },
      request: { form: { password: 'x' } },
    },
    'keys.unreadable',
  ],
  ['a file that is not PKCS#12', { spec: { scheme: 'pkcs12', path: 'k' }, files: { k: 'no' } }, 'keys.unreadable'],
  [
    'PKCS#12 for a secret',
    { spec: { scheme: 'pkcs12', path: 'k' }, request: { use: anySigning('secret') } },
    'jose.wrong-key-type',
  ],
  ['a missing PKCS#12 file', { spec: { scheme: 'pkcs12', path: 'k' } }, 'config.unreadable-file'],
  ['a missing folder', { spec: { scheme: 'directory', path: 'd' } }, 'config.unreadable-file'],
  ['a folder without keys', { spec: { scheme: 'directory', path: 'd' }, files: { 'd/.hidden': 'x' } }, 'keys.missing'],
  [
    'a folder with a malformed key',
    { spec: { scheme: 'directory', path: 'd' }, files: { 'd/1.pem': pem(rsa), 'd/2.pem': 'x' } },
    'keys.not-pem',
  ],
];

for (const [name, example, code] of refused) {
  test(`refused: ${name}`, () => {
    const { keys, findings } = read(example);
    assert.equal(keys.length, 0);
    assert.deepEqual(
      findings.map((finding) => [finding.code, finding.severity]),
      [[code, 'error']],
    );
    for (const { message } of findings) assert.doesNotMatch(message, /MII|xyz|sesame/);
  });
}

const unencrypted: readonly [form: string, spec: KeySpec, content: string][] = [
  ['PEM', file, pem(ec)],
  ['a file of a JWK', file, jwk(ec)],
  ['a JWK', { scheme: 'jwk', text: jwk(ec) }, ''],
  ['a JWK set', { scheme: 'jwks', path: 'k', kid: undefined }, set(jwk(ec))],
];

for (const [form, spec, k] of unencrypted) {
  test(`a passphrase of ${form} that is not encrypted is a warning`, () => {
    const { keys, findings } = read({ spec, files: { k }, request: encrypted });
    assert.equal(keys.length, 1);
    assert.deepEqual(
      findings.map(({ code, severity }) => [code, severity]),
      [['keys.unused-passphrase', 'warning']],
    );
  });
}

test('a folder: keys in the order of their names, numbers as numbers, hidden files skipped', () => {
  const keys = ['1.pem', '2.pem', '10.pem'].map((name) => [name, generateKeyPairSync('ed25519').privateKey] as const);
  const files = Object.fromEntries(keys.map(([name, key]) => [`d/${name}`, pem(key)]));
  const spec: KeySpec = { scheme: 'directory', path: 'd' };
  const reading = read({ spec, files: { ...files, 'd/..data': 'x', 'd/1.pem~': 'x' } });
  assert.deepEqual(reading.findings, []);
  assert.deepEqual(
    reading.keys.map(({ key }) => keys.find(([, other]) => other.equals(key))?.[0]),
    ['1.pem', '2.pem', '10.pem'],
  );
});

test('a JWK set without kid: every private key, in its order', () => {
  const files = { k: set(jwk(ec, { kid: 'a' }), '{"kty":"oct","k":"AA"}', jwk(rsa, { kid: 'b' })) };
  const { keys } = read({ spec: { scheme: 'jwks', path: 'k', kid: undefined }, files });
  assert.deepEqual(
    keys.map(({ kid }) => kid),
    ['a', 'b'],
  );
});

const modes: readonly [mode: number, strictFiles: boolean, severity: string | undefined][] = [
  [0o600, true, undefined],
  [0o640, true, undefined],
  [0o644, false, 'warning'],
  [0o644, true, 'error'],
  [0o604, true, 'error'],
];

for (const [mode, strictFiles, severity] of modes) {
  test(`a key file of mode ${mode.toString(8)}${strictFiles ? ', strict' : ''}: ${severity ?? 'fine'}`, () => {
    const files = { k: { content: pem(ec), mode } };
    const { keys, findings } = read({ spec: file, files, request: { strictFiles } });
    assert.deepEqual(
      findings.map((finding) => [finding.code, finding.severity]),
      severity === undefined ? [] : [['keys.readable-by-all', severity]],
    );
    assert.equal(keys.length, severity === 'error' ? 0 : 1);
  });
}

for (const algorithm of signatureAlgorithms.values()) {
  test(`a generated key signs with ${algorithm.name}, is marked, and stays the same`, () => {
    const kind = algorithm.keyKind;
    const spec: KeySpec = { scheme: 'generated', algorithm: rowNamed(signatureAlgorithms, algorithm.name) };
    const { keys, findings } = read({ spec, request: { use: anySigning(kind) } });
    assert.deepEqual(
      findings.map(({ code, severity }) => [code, severity]),
      [['keys.generated', 'warning']],
    );
    const [made] = keys;
    assert.equal(made?.generated, true);
    assert.equal(made?.key.type, kind);
    assert.equal(read({ spec, request: { use: anySigning(kind), made } }).keys[0], made);
  });
}

test('certificates in the file of a key are read with it', () => {
  const archive = read({
    spec: { scheme: 'pkcs12', path: 'k' },
    files: { k: pkcs12 },
    request: { form: { password: 'secret' } },
  });
  const [held] = archive.keys;
  const certificate = new X509Certificate(held?.certificates[0] ?? Buffer.alloc(0)).toString();
  const text = `${pem(held?.key ?? ec)}${certificate}${certificate}`;
  const { keys } = read({ spec: inline(text) });
  assert.deepEqual(
    keys[0]?.certificates.map((der) => Buffer.from(der).equals(held?.certificates[0] ?? Buffer.alloc(0))),
    [true, true],
  );
});
