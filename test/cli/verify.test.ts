import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import { after, before, test } from 'node:test';
import { SignJWT } from 'jose';
import { fetchKeySet } from '../../src/cli/key-set-address.ts';
import { runCommand, writeFiles } from './captured-terminal.ts';

const now = 1_700_000_000;
const claim = 'what-only-a-claim-says';
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig', alg: 'ES256' };
const set = JSON.stringify({ keys: [{ kty: 'new' }, jwk] });
const secret = 'a secret of at least thirty-two bytes';
const hexSecret = Buffer.from(secret).toString('hex');

const flex = (settings: string): string =>
  `- policyRef: { name: jwt-generation-flex }\n  config: { exp: 60, ${settings} }\n`;

const files = writeFiles({
  'private.pem': privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  'locked.pem': privateKey
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open sesame' })
    .toString(),
  passphrase: 'open sesame\n',
  'wrong-passphrase': 'open barley',
  'public.pem': publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  'jwk.json': JSON.stringify(jwk),
  'jwks.json': set,
  'secret.txt': `${secret}\n`,
  'secret.hex': hexSecret,
  'broken.json': '{"kty": "EC"}',
  'es256.yaml': flex('signingMethod: ES256'),
  'hs256.yaml': flex('signingMethod: HS256'),
  'mintproc.yaml': `jwks: { listen: '127.0.0.1:9999', issuer: 'https://issuer.example.com' }
keys: { first: { file: private.pem, kid: k1 }, second: { file: secret.txt } }
policies:
  - { name: a, file: es256.yaml, key: first }
  - { name: b, file: hs256.yaml, key: second }
routes: [{ match: {}, policies: [a] }, { match: { pathPrefix: /b }, policies: [b] }]
`,
  'broken.yaml': 'policies: []\n',
});

async function tokenOf(header: object = {}, key: Parameters<SignJWT['sign']>[0] = privateKey): Promise<string> {
  const jwt = new SignJWT({ sub: claim, iss: 'https://issuer.example.com', aud: 'orders', exp: now + 60, iat: now });
  return jwt.setProtectedHeader({ alg: 'ES256', ...header }).sign(key);
}

const es256 = await tokenOf({ kid: 'k1' });
const hs256 = await tokenOf({ alg: 'HS256' }, Buffer.from(secret));

/** The keys that a user may give for each token. */
const ways: readonly [token: string, options: readonly string[]][] = [
  [es256, ['--key', files['private.pem']]],
  [es256, ['--key', files['public.pem']]],
  [es256, ['--key', files['locked.pem'], '--passphrase-file', files.passphrase]],
  [es256, ['--key', files['secret.txt'], '--key', files['locked.pem'], '--passphrase-file', files.passphrase]],
  [es256, ['--key', files['jwk.json']]],
  [es256, ['--key', files['jwks.json']]],
  [es256, ['--jwks', files['jwks.json']]],
  [es256, ['--config', files['mintproc.yaml']]],
  [hs256, ['--key', files['secret.txt']]],
  [hs256, ['--key', files['secret.hex'], '--encoding', 'hex']],
  [hs256, ['--config', files['mintproc.yaml']]],
  [hs256, ['--key', files['public.pem'], '--key', files['secret.txt']]],
];

for (const [token, options] of ways) {
  const named = options.map((option) => option.slice(option.lastIndexOf('/') + 1)).join(' ');
  test(`${token === es256 ? 'ES256' : 'HS256'} is verified with ${named}`, async () => {
    const { code, out, errors } = await runCommand(['verify', token, ...options]);
    assert.match(out, /pass {2}signature {2}It was made by the key/);
    assert.match(out, /The token is valid\.\n$/);
    assert.equal(code, 0, errors);
  });
}

test('the token comes from standard input, as it was copied', async () => {
  for (const line of [['verify'], ['verify', '-']]) {
    const { code, out } = await runCommand([...line, '--key', files['public.pem']], ['', `Bearer ${es256}`, '']);
    assert.match(out, /The token is valid/);
    assert.equal(code, 0);
  }
});

for (const lines of [[], [''], [' ', '\t', '']]) {
  test(`nothing from standard input is a wrong command line: ${JSON.stringify(lines)}`, async () => {
    for (const line of [['verify'], ['verify', '-'], ['verify', '-', '--format', 'json']]) {
      const { code, out, errors } = await runCommand([...line, '--key', files['public.pem']], lines);
      assert.match(errors, /^mintproc verify: Nothing came from standard input, .* `- < FILE`/);
      assert.deepEqual([code, out], [2, '']);
    }
  });
}

test('claims are shown on request only, in both formats', async () => {
  const line = ['verify', es256, '--key', files['public.pem']];
  for (const format of ['text', 'json']) {
    const { out } = await runCommand([...line, '--format', format]);
    assert.ok(!out.includes(claim), out);
    const shown = await runCommand([...line, '--format', format, '--claims']);
    assert.ok(shown.out.includes(claim), shown.out);
  }
});

test('--format json has each check', async () => {
  const line = ['verify', es256, '--jwks', files['jwks.json'], '--format', 'json', '--claims', '--leeway', '60s'];
  const { code, out, errors } = await runCommand([
    ...line,
    '--issuer',
    'https://other.example.com',
    '--audience',
    'orders',
  ]);
  const { valid, checks, header, claims } = JSON.parse(out);
  assert.equal(valid, false);
  assert.equal(code, 1);
  assert.deepEqual(
    checks.map(({ check, result }: { check: string; result: string }) => `${check} ${result}`),
    ['alg pass', 'kid pass', 'signature pass', 'exp pass', 'iat pass', 'iss fail', 'aud pass'],
  );
  assert.equal(header.kid, 'k1');
  assert.equal(claims.sub, claim);
  assert.match(errors, /note: .*jwks\.json: 1 of 2 keys cannot be read\. The JWK has no known `kty`/);
});

for (const [at, code] of [
  [String(now + 59), 0],
  ['2023-11-14T22:14:19Z', 0],
  ['2023-11-14T23:14:19.5+01:00', 0],
  ['2023-11-14T22:14:20Z', 1],
] as const) {
  test(`--at ${at} gives ${code}`, async () => {
    assert.equal((await runCommand(['verify', es256, '--key', files['public.pem'], '--at', at])).code, code);
  });
}

const mistakes: readonly [name: string, line: readonly string[], code: number, says: RegExp][] = [
  ['no key', [es256], 1, /note: Give keys by --jwks, --key or --config/],
  ['two tokens', ['Bearer', es256], 2, /One token is required/],
  ['a time without a zone', [es256, '--at', '2023-11-14T22:14:19'], 2, /--at takes seconds/],
  ['a negative time', [es256, '--at=-1'], 2, /--at takes seconds/],
  ['a time beyond all dates', [es256, '--at', '8640000000001'], 2, /--at takes seconds/],
  ['a leeway without a unit', [es256, '--leeway', '60'], 2, /--leeway takes a number with its unit/],
  ['a leeway of two days', [es256, '--leeway', '2d'], 2, /up to 1d/],
  ['an unknown encoding', [es256, '--encoding', 'latin1'], 2, /--encoding takes/],
  ['a missing key', [es256, '--key', 'nowhere.pem'], 1, /nowhere\.pem does not exist/],
  ['a broken key', [es256, '--key', files['broken.json']], 1, /broken\.json: The JWK has no string `x`/],
  [
    'a locked key',
    [es256, '--key', files['locked.pem']],
    1,
    /is encrypted\. Give its passphrase with --passphrase-file/,
  ],
  [
    'a wrong passphrase',
    [es256, '--key', files['locked.pem'], '--passphrase-file', files['wrong-passphrase']],
    1,
    /locked\.pem: The passphrase does not decrypt the private key/,
  ],
  [
    'no file with the passphrase',
    [es256, '--key', files['locked.pem'], '--passphrase-file', 'nowhere'],
    1,
    /nowhere does not exist/,
  ],
  ['a key for a set', [es256, '--jwks', files['jwk.json']], 1, /not a JWK set/],
  ['a secret in another encoding', [hs256, '--key', files['secret.txt'], '--encoding', 'hex'], 1, /not valid hex/],
  ['a broken configuration', [es256, '--config', files['broken.yaml']], 1, /broken\.yaml does not load:\n.*error/],
  ['http elsewhere', [es256, '--jwks', 'http://issuer.example.com/jwks'], 2, /https, or with http of this machine/],
  ['http at a name that looks local', [es256, '--jwks', 'http://localhost.example.com/'], 2, /https, or/],
  ['another scheme', [es256, '--jwks', 'file:///etc/passwd'], 2, /https, or/],
  ['a password in the URL', [es256, '--jwks', 'https://u:p@example.com/'], 2, /no URL with a password/],
  ['no URL', [es256, '--jwks', 'https://['], 2, /not a valid URL/],
];

for (const [name, line, code, says] of mistakes) {
  test(`${name} is a mistake that is explained`, async () => {
    const result = await runCommand(['verify', ...line]);
    assert.match(result.errors, says);
    assert.equal(result.code, code);
    for (const hidden of [claim, secret, hexSecret, es256, hs256]) assert.ok(!result.errors.includes(hidden));
  });
}

/** A key set padded with white space to a size. */
const padded = (bytes: number): string => set + ' '.repeat(bytes - set.length);

const answers: Readonly<Record<string, (response: ServerResponse) => void>> = {
  '/jwks': (response) => response.end(set),
  '/largest': (response) => response.end(padded(1_048_576)),
  '/too-large': (response) => response.end(padded(1_048_577)),
  '/endless': (response) => response.write(set),
  '/redirect': (response) => response.writeHead(302, { location: '/jwks' }).end(),
  '/missing': (response) => response.writeHead(404).end(set),
  '/text': (response) => response.end('no key set'),
  '/latin1': (response) => response.end(Buffer.from([0x7b, 0xff])),
};

const server = createServer(({ url = '' }, response) => answers[url]?.(response));
let origin = '';
before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  origin = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
});
after(() => {
  server.closeAllConnections();
  server.close();
});

for (const path of ['/jwks', '/largest']) {
  test(`a JWK set is fetched from this machine: ${path}`, async () => {
    const { code, out } = await runCommand(['verify', es256, '--jwks', origin + path]);
    assert.match(out, /the key `k1` of the JWK set\./);
    assert.equal(code, 0);
  });
}

const refusals: readonly [path: string, says: RegExp][] = [
  ['/too-large', /larger than 1048576 bytes/],
  ['/redirect', /redirects to another address, which is not followed/],
  ['/missing', /status 404/],
  ['/text', /not a JWK set/],
  ['/latin1', /it is not UTF-8 text/],
];

for (const [path, says] of refusals) {
  test(`${path} is refused`, async () => {
    const { code, errors } = await runCommand(['verify', es256, '--jwks', origin + path]);
    assert.match(errors, says);
    assert.equal(code, 1);
  });
}

test('an answer that does not end is given up', async () => {
  await assert.rejects(fetchKeySet(`${origin}/endless`, { milliseconds: 200 }), /no whole answer after 0\.2 s/);
});

test('every spelling of this machine may be asked', async () => {
  for (const host of ['127.0.0.1', '127.1', '0x7f.1', '[::1]', '[0:0::1]', '[::ffff:127.0.0.1]', 'localhost']) {
    await assert.rejects(fetchKeySet(`http://${host}:9/`), /cannot be fetched: the connection failed/, host);
  }
});

for (const [alg, curve] of [
  ['Ed25519', 'ed25519'],
  ['Ed448', 'ed448'],
  ['EdDSA', 'ed25519'],
] as const) {
  test(`${alg} is verified with a key on ${curve}`, async () => {
    const pair = curve === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ed448');
    const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const input = `${encoded({ alg })}.${encoded({ sub: claim })}`;
    const token = `${input}.${sign(null, Buffer.from(input), pair.privateKey).toString('base64url')}`;
    const keys = writeFiles({ 'ed.pem': pair.publicKey.export({ type: 'spki', format: 'pem' }).toString() });
    const { code, out } = await runCommand(['verify', token, '--key', keys['ed.pem']]);
    assert.match(out, /pass {2}signature/);
    assert.equal(code, 0);
    const other = await runCommand(['verify', token, '--key', files['public.pem']]);
    assert.match(other.out, /FAIL {2}key +.*needs a key of type/);
    assert.equal(other.code, 1);
  });
}
