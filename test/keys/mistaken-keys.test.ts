/**
 * @module
 * Files that people give as keys by mistake: what the message says of each, and the command or line that mends it.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finish } from '../../src/diagnostics/steps.ts';
import type { KeyFinding } from '../../src/jose/key-finding.ts';
import { signatureAlgorithms } from '../../src/jose/signature-algorithms.ts';
import { type KeyUse, signingUse } from '../../src/keys/key-use.ts';
import { readKeys } from '../../src/keys/read-keys.ts';
import type { KeySpec } from '../../src/keys/sources/source.ts';
import { writtenWell } from '../diagnostics/written-well.ts';
import { makeKeyFiles } from './made-keys.ts';
import { keyRequest, memoryAccess } from './sources/memory-access.ts';

const made = makeKeyFiles();
const uses: Readonly<Record<string, KeyUse>> = Object.fromEntries(
  ['RS256', 'ES256', 'HS256', 'EdDSA'].flatMap((name) => {
    const row = signatureAlgorithms.get(name);
    return row === undefined ? [] : [[name, signingUse(row)]];
  }),
);

type Scheme = 'file' | 'environment' | 'inline' | 'pkcs12' | 'jwks' | 'jwk';

function specOf(scheme: Scheme, text: string): KeySpec {
  switch (scheme) {
    case 'environment':
      return { scheme, variable: 'KEY' };
    case 'inline':
    case 'jwk':
      return { scheme, text };
    case 'jwks':
      return { scheme, path: 'k', kid: undefined };
    default:
      return { scheme, path: 'k' };
  }
}

interface Given {
  readonly scheme?: Scheme;
  readonly algorithm?: string;
  readonly password?: string;
}

function findings(
  content: Uint8Array,
  { scheme = 'file', algorithm = 'RS256', password }: Given,
): readonly KeyFinding[] {
  const text = Buffer.from(content).toString('utf8');
  const access = memoryAccess({ k: { content } }, { KEY: text });
  const use = uses[algorithm];
  assert.ok(use, algorithm);
  const { findings: found } = finish(readKeys(specOf(scheme, text), keyRequest(access, { use, form: { password } })));
  writtenWell(found);
  return found;
}

function shown(found: readonly KeyFinding[]): string {
  return found.map(({ code, message, suggestion = '' }) => `${code}: ${message} ${suggestion}`).join('\n');
}

type Change = (content: Buffer) => Buffer | string;

/** How a file of `made-keys.ts` is changed on its way into a configuration. */
const changes = {
  none: (content) => content,
  empty: () => '',
  blank: () => ' \n\t\r\n',
  base64: (content) => content.toString('base64'),
  'base64 lines': (content) => content.toString('base64').replace(/.{64}/g, '$&\n'),
  'spaces for line breaks': (content) => content.toString().trim().replaceAll('\n', ' '),
  'no line breaks': (content) => content.toString().replaceAll('\n', ''),
  'escaped twice': (content) => content.toString().replaceAll('\n', '\\\\n'),
  'cut off': (content) => content.subarray(0, 400),
  'a line is missing': (content) => content.toString().split('\n').toSpliced(5, 1).join('\n'),
  'no Base64': (content) => content.toString().replace(/\n[\s\S]*\n-/, '\n<your private key>\n-'),
  'long dashes': (content) => content.toString().replaceAll('-----', '–––––'),
  'UTF-16': (content) => Buffer.from(`\uFEFF${content.toString()}`, 'utf16le'),
  'UTF-16 without BOM': (content) => Buffer.from(content.toString(), 'utf16le'),
  'the public half as SSH2': () => '---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----\n',
  'after a certificate': (content) =>
    Buffer.concat([made.get('cert.pem') ?? assert.fail('no certificate'), content]).toString(),
  'a chain': (content) => Buffer.concat([content, content]),
  'a set': (content) => Buffer.concat([Buffer.of(0x31), content.subarray(1)]),
  'without its lines': (content) => content.toString().replace(/-----.*-----\n/g, ''),
} as const satisfies Record<string, Change>;

type Changed = readonly [file: string, change: keyof typeof changes];

const mistaken: readonly (readonly [name: string, from: Changed, code: string, words: RegExp, given?: Given])[] = [
  ['a public key', ['public.pem', 'none'], 'keys.not-pem', /is a public key, but a private key.* Nobody can/],
  ['a public key in PKCS#1', ['pkcs1-public.pem', 'none'], 'keys.not-pem', /is a public key, but a private key/],
  ['a certificate', ['cert.pem', 'none'], 'keys.not-pem', /is a certificate, which.*`certificate:`/],
  ['a certificate chain', ['cert.pem', 'a chain'], 'keys.not-pem', /is a certificate chain/],
  ['a public key after a certificate', ['public.pem', 'after a certificate'], 'keys.not-pem', /is a public key, but/],
  [
    'a signing request',
    ['request.pem', 'none'],
    'keys.not-pem',
    /certificate signing request.*private key that the req/,
  ],
  ['an OpenSSH private key', ['ssh-rsa', 'none'], 'keys.not-pem', /format of OpenSSH.*ssh-keygen -p -m PKCS8/],
  ['an OpenSSH Ed25519 key', ['ssh-ed25519', 'none'], 'keys.not-pem', /Ed25519.*openssl genpkey -algorithm ed25519/],
  [
    'an OpenSSH public key',
    ['ssh-rsa.pub', 'none'],
    'keys.not-pem',
    /public key in the format of OpenSSH.*without `\.pub`/,
  ],
  [
    'an SSH2 public key',
    ['ssh-rsa.pub', 'the public half as SSH2'],
    'keys.not-pem',
    /public key in the format of OpenSSH/,
  ],
  ['PKCS#8 in DER', ['private.der', 'none'], 'keys.not-pem', /private key in DER.*openssl pkey -inform DER/],
  ['PKCS#1 in DER', ['pkcs1.der', 'none'], 'keys.not-pem', /private key in DER/],
  ['SEC1 in DER', ['sec1.der', 'none'], 'keys.not-pem', /private key in DER/],
  ['an encrypted key in DER', ['encrypted.der', 'none'], 'keys.not-pem', /encrypted private key in DER/],
  ['a public key in DER', ['public.der', 'none'], 'keys.not-pem', /is a public key in DER/],
  ['a public RSA key in DER', ['pkcs1-public.der', 'none'], 'keys.not-pem', /is a public RSA key in DER/],
  ['a certificate in DER', ['cert.der', 'none'], 'keys.not-pem', /certificate in DER/],
  ['a request in DER', ['request.der', 'none'], 'keys.not-pem', /certificate signing request in DER/],
  ['PKCS#12 by file:', ['key.p12', 'none'], 'keys.not-pem', /PKCS#12 file.*Write `pkcs12:` in place of `file:`/],
  ['DER of a set', ['private.der', 'a set'], 'keys.not-pem', /in no form that is known here/],
  ['a Java key store', ['key.jks', 'none'], 'keys.not-pem', /Java key store.*keytool -importkeystore/],
  ['a JCEKS key store', ['key.jceks', 'none'], 'keys.not-pem', /Java key store/],
  ['Base64 of PEM', ['rsa.pem', 'base64'], 'keys.not-pem', /Base64 of a PEM file.*base64 -d FILE/],
  ['Base64 of PEM in lines', ['rsa.pem', 'base64 lines'], 'keys.not-pem', /Base64 of a PEM file/],
  ['Base64 of DER', ['private.der', 'base64'], 'keys.not-pem', /without the lines BEGIN.*openssl pkey -inform DER/],
  ['PEM without its lines', ['rsa.pem', 'without its lines'], 'keys.not-pem', /without the lines BEGIN/],
  ['Base64 of a certificate', ['cert.der', 'base64'], 'keys.not-pem', /Base64 of a certificate/],
  ['Base64 of PKCS#12', ['key.p12', 'base64'], 'keys.not-pem', /Base64 of a PKCS#12 file.*write `pkcs12: key\.p12`/],
  ['an empty file', ['rsa.pem', 'empty'], 'keys.not-pem', /This is empty/],
  ['a blank file', ['rsa.pem', 'blank'], 'keys.not-pem', /only spaces/],
  ['UTF-16', ['rsa.pem', 'UTF-16'], 'keys.not-pem', /UTF-16.*iconv -f UTF-16/],
  ['UTF-16 without a byte order mark', ['rsa.pem', 'UTF-16 without BOM'], 'keys.not-pem', /UTF-16/],
  ['a DSA key', ['dsa.pem', 'none'], 'jose.wrong-key-type', /signs with an RSA.*of type dsa/],
  ['parameters', ['parameters.pem', 'none'], 'keys.not-pem', /only the parameters/],
  ['PKCS#7', ['pkcs7.pem', 'none'], 'keys.not-pem', /PKCS#7/],
  ['a placeholder', ['rsa.pem', 'no Base64'], 'keys.not-pem', /perhaps a placeholder/],
  ['other dashes', ['rsa.pem', 'long dashes'], 'keys.not-pem', /changed dashes.*five hyphens/],
  [
    'an encrypted key without passphrase',
    ['encrypted.pem', 'none'],
    'keys.unreadable',
    /no passphrase is given.*`passphrase: \{/,
  ],
  ['an empty passphrase', ['encrypted.pem', 'none'], 'keys.unreadable', /passphrase is empty/, { password: '' }],
  [
    'a wrong passphrase',
    ['encrypted.pem', 'none'],
    'keys.unreadable',
    /does not decrypt.*openssl pkey/,
    { password: 'no' },
  ],
  ['the old form without passphrase', ['traditional.pem', 'none'], 'keys.unreadable', /no passphrase is given/],
  ['the old form, wrong', ['traditional.pem', 'none'], 'keys.unreadable', /does not decrypt/, { password: 'no' }],
  [
    'DES',
    ['old-encryption.pem', 'none'],
    'keys.unreadable',
    /DES, RC2 or RC4.*-provider legacy/,
    { password: 'secret' },
  ],
  [
    'spaces for line breaks',
    ['rsa.pem', 'spaces for line breaks'],
    'keys.unreadable',
    /line breaks are missing.*begin it with `\|`/,
  ],
  ['no line breaks', ['rsa.pem', 'no line breaks'], 'keys.unreadable', /line breaks are missing/],
  ['escaped twice', ['rsa.pem', 'escaped twice'], 'keys.unreadable', /escaped twice.*one backslash/],
  ['cut off', ['rsa.pem', 'cut off'], 'keys.cut-off', /ends in the middle/],
  ['a missing line', ['rsa.pem', 'a line is missing'], 'keys.unreadable', /part of its Base64 is missing/],
  [
    'a wrong curve',
    ['ec.pem', 'none'],
    'jose.wrong-curve',
    /ES256 needs a key on P-256.*secp384r1/,
    { algorithm: 'ES256' },
  ],
  [
    'an RSA key for ES256',
    ['rsa.pem', 'none'],
    'jose.wrong-key-type',
    /This key signs with RS256/,
    { algorithm: 'ES256' },
  ],
  ['a certificate as a secret', ['cert.pem', 'none'], 'jose.wrong-key-type', /HS256/, { algorithm: 'HS256' }],
  ['an OpenSSH key as a secret', ['ssh-rsa', 'none'], 'keys.not-pem', /OpenSSH, but a secret/, { algorithm: 'HS256' }],
  ['PKCS#12 as a secret', ['key.p12', 'none'], 'keys.not-pem', /PKCS#12.*but a secret/, { algorithm: 'HS256' }],
  [
    'PEM by pkcs12:',
    ['rsa.pem', 'none'],
    'keys.unreadable',
    /private key, but a PKCS#12.*`file:` in place/,
    { scheme: 'pkcs12' },
  ],
  ['JKS by pkcs12:', ['key.jks', 'none'], 'keys.unreadable', /Java key store.*keytool/, { scheme: 'pkcs12' }],
  [
    'Base64 by pkcs12:',
    ['key.p12', 'base64'],
    'keys.unreadable',
    /Base64 of a PKCS#12.*base64 -d/,
    { scheme: 'pkcs12' },
  ],
  [
    'no passphrase for PKCS#12',
    ['key.p12', 'none'],
    'keys.unreadable',
    /none is given.*passphrase: \{/,
    { scheme: 'pkcs12' },
  ],
  [
    'a wrong passphrase for PKCS#12',
    ['key.p12', 'none'],
    'keys.unreadable',
    /does not open/,
    { scheme: 'pkcs12', password: 'no' },
  ],
  [
    'the old PKCS#12, wrong',
    ['legacy.p12', 'none'],
    'keys.unreadable',
    /does not open/,
    { scheme: 'pkcs12', password: 'no' },
  ],
  [
    'an RC2 key in PKCS#12',
    ['old-key.p12', 'none'],
    'keys.unreadable',
    /RC2.*openssl pkcs12 -legacy -in/,
    { scheme: 'pkcs12', password: 'secret' },
  ],
  [
    'a trust store',
    ['certificates.p12', 'none'],
    'keys.unreadable',
    /no private key/,
    { scheme: 'pkcs12', password: 'secret' },
  ],
  [
    'PEM by jwks:',
    ['rsa.pem', 'none'],
    'jose.malformed-jwk',
    /private key, but a JWK set.*`file:` in place/,
    { scheme: 'jwks' },
  ],
  ['PKCS#12 by jwks:', ['key.p12', 'none'], 'jose.malformed-jwk', /PKCS#12.*`pkcs12:` in place/, { scheme: 'jwks' }],
  [
    'PEM by jwk:',
    ['rsa.pem', 'none'],
    'jose.malformed-jwk',
    /private key, but a JWK is needed.*node -p/,
    { scheme: 'jwk' },
  ],
];

for (const [name, [file, change], code, words, given = {}] of mistaken) {
  const content = made.get(file);
  const skip = content === undefined && `the tool that makes ${file} is missing`;
  test(`not the key that is needed: ${name}`, { skip }, () => {
    const changed = changes[change](content ?? Buffer.of());
    const found = findings(Buffer.from(changed), given);
    assert.deepEqual(
      found.map((finding) => finding.code),
      [code],
    );
    assert.match(shown(found), words);
    assert.doesNotMatch(shown(found), /ERR_|MII|AAAA/);
  });
}

/** Kinds that a variable can hold as well. */
const texts: readonly Changed[] = [
  ['public.pem', 'none'],
  ['cert.pem', 'none'],
  ['ssh-rsa', 'none'],
  ['rsa.pem', 'base64'],
  ['rsa.pem', 'blank'],
  ['rsa.pem', 'spaces for line breaks'],
  ['encrypted.pem', 'none'],
];

for (const [file, change] of texts) {
  const content = made.get(file);
  test(`the same message from a file, a variable and a policy: ${file}, ${change}`, {
    skip: content === undefined,
  }, () => {
    const changed = Buffer.from(changes[change](content ?? Buffer.of()));
    const [inFile, ...elsewhere] = (['file', 'environment', 'inline'] as const).map((scheme) =>
      shown(findings(changed, { scheme })),
    );
    assert.notEqual(inFile, '');
    for (const other of elsewhere) assert.equal(other, inFile);
  });
}

const written: readonly (readonly [name: string, text: string, words: RegExp, given?: Given])[] = [
  ['a PuTTY key', 'PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\n', /keys\.not-pem: .*PuTTY.*puttygen FILE/],
  [
    'a PGP key',
    '-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQOYBF\n-----END PGP PRIVATE KEY BLOCK-----\n',
    /keys\.not-pem: .*PGP/,
  ],
  [
    'an old DSA key',
    '-----BEGIN DSA PRIVATE KEY-----\nAAAB\n-----END DSA PRIVATE KEY-----\n',
    /keys\.not-pem: .*a DSA key/,
  ],
  [
    'a block that only begins like a request',
    '-----BEGIN CERTIFICATE REQUEST INFO-----\nAAAA\n-----END CERTIFICATE REQUEST INFO-----\n',
    /keys\.not-pem: .*text of another kind/,
  ],
  ['a compact JWE', 'eyJhbGciOiJkaXIifQ..AAAA.AAAA.AAAA', /keys\.not-pem: .*encrypted JWK.*file with the JWK/],
  ['a JWE in JSON', '{"protected":"AA","ciphertext":"AA"}', /jose\.malformed-jwk: .*encrypted JWK/],
  ['a JWK set by file:', '{"keys":[{"kty":"RSA"},{"kty":"EC"}]}', /jose\.malformed-jwk: .*JWK set.*`jwks: FILE`/],
  ['a path', 'keys/signing.pem', /keys\.not-pem: .*a path.*`file:`/, { scheme: 'environment' }],
  ['a path from the root', '/etc/keys/signing.p12', /keys\.not-pem: .*a path.*`file:`/, { scheme: 'environment' }],
  ['a path of Windows', 'C:\\keys\\signing.key', /keys\.not-pem: .*a path.*`file:`/, { scheme: 'environment' }],
  ['other dashes after a word', 'key: –––––BEGIN PRIVATE KEY–––––', /keys\.not-pem: .*text of another kind/],
  ['unknown text', 'my key', /keys\.not-pem: .*text of another kind.*-----BEGIN PRIVATE KEY-----/],
  [
    'a JWK by jwks:',
    '{"kty":"oct","k":"AA"}',
    /jose\.malformed-jwk: .*is a JWK, but a JWK set.*`file:` in place/,
    { scheme: 'jwks' },
  ],
];

for (const [name, text, words, given = {}] of written) {
  test(`not the key that is needed: ${name}`, () => assert.match(shown(findings(Buffer.from(text), given)), words));
}

test('bytes of no known form as a secret are to be encoded', () => {
  assert.match(
    shown(findings(Buffer.of(0x80, 0xff, 1), { algorithm: 'HS256' })),
    /base64 -w0 FILE.*`encoding: base64`/,
  );
});

const readable: readonly (readonly [name: string, change: Change, given?: Given])[] = [
  ['Windows line ends', (content) => content.toString().replaceAll('\n', '\r\n')],
  ['a byte order mark', (content) => `\uFEFF${content.toString()}`],
  ['a byte order mark in a variable', (content) => `\uFEFF${content.toString()}`, { scheme: 'environment' }],
  ['a comment before it', (content) => `# key of 2026\n${content.toString()}`],
];

for (const [name, change, given = {}] of readable) {
  const content = made.get('rsa.pem');
  test(`a key is read: ${name}`, { skip: content === undefined }, () => {
    assert.deepEqual(findings(Buffer.from(change(content ?? Buffer.of())), given), []);
  });
}

test('a second private key in a file is a warning', { skip: !made.has('rsa.pem') }, () => {
  const both = Buffer.concat(['rsa.pem', 'second.pem', 'cert.pem'].map((name) => made.get(name) ?? Buffer.of()));
  const found = findings(both, {});
  assert.deepEqual(
    found.map(({ code, severity }) => [code, severity]),
    [['keys.several', 'warning']],
  );
});

for (const [file, password, codes] of [
  ['legacy.p12', 'secret', ['keys.certificate-unread']],
  ['java.p12', 'secret1', []],
  ['key.p12', 'secret', []],
] as const) {
  test(`PKCS#12 is read: ${file}`, { skip: !made.has(file) }, () => {
    const found = findings(made.get(file) ?? Buffer.of(), { scheme: 'pkcs12', password });
    assert.deepEqual(
      found.map(({ code }) => code),
      codes,
    );
  });
}
