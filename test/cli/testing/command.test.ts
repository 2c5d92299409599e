/**
 * The command line of `mintproc test`: which files it runs, and how it ends.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { CompactEncrypt, SignJWT } from 'jose';
import { runCommand } from '../captured-terminal.ts';
import { Watching } from '../watching.ts';

const wrapping = Buffer.alloc(16, 7);

const files = {
  'policy.yaml':
    '- policyRef: { name: jwt-generation-flex }\n  config: { signingMethod: HS256, privateKey: a-secret-of-at-least-32-bytes-for-tests, exp: 60, customClaims: [{ name: sub, value: a }] }\n',
  'mintproc.yaml': 'policies: [{ name: a, file: policy.yaml }]\nroutes: [{ match: {}, policies: [a] }]\n',
} as const;

const passing = 'config: mintproc.yaml\ncases: [{ name: one, expect: { jwt: { claims: { sub: a } } } }]\n';
const failing = passing.replace('sub: a', 'sub: b');

/** A folder with the configuration and more files, by their paths. */
function folderOf(more: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'mintproc-test-'));
  after(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries({ ...files, ...more })) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

const below = passing.replace('mintproc.yaml', '../mintproc.yaml');

const lines: readonly (readonly [
  name: string,
  more: Readonly<Record<string, string>>,
  paths: readonly string[],
  code: number,
  says: RegExp,
])[] = [
  ['a file', { 'x.yaml': passing }, ['x.yaml'], 0, /x\.yaml: 1 passed, 0 failed\n1 passed, 0 failed\n$/],
  [
    'every test file of a folder, and no other',
    {
      'a.test.yaml': passing,
      'deep/b.test.yml': below,
      'c.test.json': JSON.stringify({ config: 'mintproc.yaml', cases: [{ name: 'c', expect: { policy: 'a' } }] }),
      'd.yaml': 'x',
      '.e/f.test.yaml': 'x',
    },
    ['.'],
    0,
    /a\.test\.yaml: 1 passed, 0 failed\n.*c\.test\.json: 1 .*\n.*deep\/b\.test\.yml: 1 .*\n3 passed, 0 failed\n$/,
  ],
  [
    'a file only once',
    { 'a.test.yaml': passing },
    ['.', 'a.test.yaml', './a.test.yaml'],
    0,
    /^\S+a\.test\.yaml: 1 passed, 0 failed\n1 passed, 0 failed\n$/,
  ],
  ['a case that fails', { 'a.test.yaml': passing, 'b.test.yaml': failing }, ['.'], 1, /\n1 passed, 1 failed\n$/],
  ['a folder without a test', {}, ['.'], 2, /The folder \S+ has no test file, whose name ends in \.test\.yaml/],
  [
    'one of two folders without a test',
    { 'a/a.test.yaml': below, 'b/c': '' },
    ['a', 'b'],
    2,
    /The folder \S+b has no test file/,
  ],
  [
    'a file that does not exist',
    { 'a.test.yaml': passing },
    ['b.test.yaml'],
    1,
    /The file \S+ does not exist\. \[config\.unreadable-file\]\n.*a\.test\.yaml.*\n\S+ cannot be used\n0 passed, 0 failed, 1 file that cannot be used\n$/,
  ],
  [
    'a file that is no test beside one that is',
    { 'a.test.yaml': passing, 'b.test.yaml': 'x: 1' },
    ['.'],
    1,
    /Unknown key.*\[trial\.unknown-key\][\s\S]*1 passed, 0 failed, 1 file that cannot be used\n$/,
  ],
  ['an empty file', { 'a.test.yaml': '' }, ['.'], 1, /The file has no cases\. \[trial\.missing-key\]/],
  [
    'a configuration with an error',
    { 'a.test.yaml': passing, 'mintproc.yaml': 'policies: []\n' },
    ['.'],
    1,
    /mintproc\.yaml:\d+:\d+: error: [\s\S]*1 file that cannot be used/,
  ],
  [
    'a configuration that does not exist',
    { 'a.test.yaml': passing.replace('mintproc', 'mintprog') },
    ['.'],
    1,
    /a\.test\.yaml:1:9: error: The file does not exist\. \[config\.unreadable-file\]\n {2}The folder has a file `mintproc\.yaml`\./,
  ],
  [
    'a file of keys that does not exist',
    { 'a.test.yaml': `keys: [k.pem]\n${passing}` },
    ['.'],
    1,
    /a\.test\.yaml:1:8: error: The file does not exist/,
  ],
  [
    'a caller of a source that does not exist',
    { 'a.test.yaml': passing.replace('expect:', 'caller: { from: jwt, claims: {} }, expect:') },
    ['.'],
    1,
    /caller\.from: No source of the configuration has this name\. The sources are: jwt_authn, ext_authz, certificate\. \(\S+:2:\d+\)/,
  ],
  [
    'a recorded token that does not exist',
    { 'a.test.yaml': passing.replace('jwt: { claims: { sub: a } }', 'sameAs: a.jwt') },
    ['.'],
    1,
    /sameAs: The file with the token does not exist\./,
  ],
  [
    'a recorded token that is only text',
    { 'a.test.yaml': passing.replace('jwt: { claims: { sub: a } }', 'sameAs: a.jwt'), 'a.jwt': 'abc' },
    ['.'],
    1,
    /sameAs: The token cannot be read\. This has no dot\./,
  ],
];

for (const [name, more, paths, wanted, says] of lines) {
  test(`${name} ends with ${wanted}`, async () => {
    const folder = folderOf(more);
    const { code, out, errors } = await runCommand(['test', ...paths.map((path) => join(folder, path))]);
    assert.match(out + errors, says);
    assert.equal(code, wanted);
  });
}

test('no path, and a format that does not exist, are wrong command lines', async () => {
  const none = await runCommand(['test']);
  assert.match(none.errors, /At least one test file or folder is required/);
  assert.equal(none.code, 2);
  const other = await runCommand(['test', '.', '--format', 'xml']);
  assert.match(other.errors, /--format takes text, tap, junit, json or github/);
  assert.equal(other.code, 2);
  const watched = await runCommand(['test', folderOf({ 'a.test.yaml': passing }), '--watch', '--format', 'tap']);
  assert.match(watched.errors, /--watch prints text or json/);
  assert.equal(watched.code, 2);
});

test('a link is the same file', async () => {
  const folder = folderOf({ 'a.test.yaml': passing });
  symlinkSync('a.test.yaml', join(folder, 'b.test.yaml'));
  const { out } = await runCommand(['test', folder]);
  assert.match(out, /^\S+a\.test\.yaml: 1 passed, 0 failed\n1 passed, 0 failed\n$/);
});

const encrypted = {
  'encrypted.yaml':
    '- jwt-generate: { version: 2.0.0, iss-claim: iss, exp-claim: 60, jwe-alg: A128KW, jwe-enc: A128GCM, jwe-crypto: wrapping }\n',
  'wrapping.hex': wrapping.toString('hex'),
  'mintproc.yaml':
    'keys: { wrapping: { file: wrapping.hex, encoding: hex } }\nvariables: { iss: urn:a }\npolicies: [{ name: a, file: encrypted.yaml }]\nroutes: [{ match: {}, policies: [a] }]\n',
  'a.test.yaml':
    'config: mintproc.yaml\ncases: [{ name: one, expect: { jwt: { header: { alg: A128KW }, claims: { iss: urn:a } }, exact: false } }]\n',
} as const;

test('an encrypted token is opened with the secret of the configuration', async () => {
  const { code, out } = await runCommand(['test', folderOf(encrypted)]);
  assert.match(out, /1 passed, 0 failed\n$/);
  assert.equal(code, 0, out);
});

test('an encrypted token is opened with a key that was made for the run', async () => {
  const { 'wrapping.hex': _, ...without } = encrypted;
  const { code, out } = await runCommand(['test', folderOf(without)]);
  assert.match(out, /^note: A key to encrypt to \(A128KW with A128GCM\) was made .*\n\S+ 1 passed, 0 failed\n/);
  assert.equal(code, 0, out);
});

test('a token for a recipient whose private key is elsewhere is opened with `keys`, or stays closed', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const world = {
    'encrypted.yaml':
      '- jwt-generate: { version: 2.0.0, iss-claim: iss, exp-claim: 60, jwe-alg: RSA-OAEP, jwe-enc: A128GCM, jwe-crypto: recipient }\n',
    'recipient.pem': String(publicKey.export({ type: 'spki', format: 'pem' })),
    'private.pem': String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    'mintproc.yaml':
      'keys: { recipient: { file: recipient.pem } }\nvariables: { iss: urn:a }\npolicies: [{ name: a, file: encrypted.yaml }]\nroutes: [{ match: {}, policies: [a] }]\n',
  };
  const cases = 'config: mintproc.yaml\ncases: [{ name: one, expect: { jwt: { claims: { iss: urn:a } } } }]\n';
  const closed = await runCommand(['test', folderOf({ ...world, 'a.test.yaml': cases })]);
  assert.match(
    closed.out,
    /jwt\.claims: No key opens the token, so that its claims cannot be read: name its private key or secret in `keys`\./,
  );
  const opened = await runCommand(['test', folderOf({ ...world, 'a.test.yaml': `keys: [private.pem]\n${cases}` })]);
  assert.equal(opened.code, 0, opened.out);
});

test('the time of a case is its own, else that of the file, else that of the recorded token, else now', async () => {
  const recorded = await new SignJWT({ sub: 'a', exp: 1_600_000_060, iat: 1_600_000_000 })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .sign(Buffer.alloc(32));
  const claims = (exp: number): string => `expect: { jwt: { claims: { exp: ${exp} } }`;
  const timed = (at: string, more: string): string => `config: mintproc.yaml\n${at}cases: [${more}]\n`;
  const folder = folderOf({
    'recorded.jwt': recorded,
    'own.test.yaml': timed('at: 10\n', `{ name: a, at: 1970-01-01T00:01:40Z, ${claims(160)} } }`),
    'file.test.yaml': timed('at: 10\n', `{ name: a, ${claims(70)} } }`),
    'recorded.test.yaml': timed('', `{ name: a, ${claims(1_600_000_060)}, sameAs: recorded.jwt } }`),
    'now.test.yaml': timed('', `{ name: a, ${claims(1_700_000_060)} } }`),
  });
  const { code, out } = await runCommand(['test', folder]);
  assert.match(out, /\n4 passed, 0 failed\n$/);
  assert.equal(code, 0, out);
});

test('what an ignored member is does not matter', async () => {
  const other = await new SignJWT({ sub: 'b', exp: 60, iat: 0 })
    .setProtectedHeader({ alg: 'HS384', typ: 'JWT' })
    .sign(Buffer.alloc(48));
  const ignoring = (ignored: string): string =>
    `config: mintproc.yaml\ncases: [{ name: a, expect: { sameAs: { token: a.jwt, ignore: [${ignored}] } } }]\n`;
  const one = await runCommand(['test', folderOf({ 'a.jwt': other, 'a.test.yaml': ignoring('header.alg') })]);
  assert.match(one.out, /sameAs claims\.sub: The texts are different\./);
  assert.doesNotMatch(one.out, /header\.alg/);
  const both = await runCommand([
    'test',
    folderOf({ 'a.jwt': other, 'a.test.yaml': ignoring('header.alg, claims.sub') }),
  ]);
  assert.equal(both.code, 0, both.out);
});

test('a recorded token that is encrypted is opened with `keys`', async () => {
  const old = await new CompactEncrypt(Buffer.from('{"iss":"urn:a","exp":60,"iat":0}'))
    .setProtectedHeader({ alg: 'A128KW', enc: 'A128GCM' })
    .encrypt(Buffer.alloc(16, 8));
  const cases =
    'config: mintproc.yaml\nkeys: [{ file: old.hex, encoding: hex }]\ncases: [{ name: a, expect: { sameAs: a.jwt } }]\n';
  const folder = folderOf({ ...encrypted, 'a.jwt': old, 'old.hex': '08'.repeat(16), 'a.test.yaml': cases });
  const { code, out } = await runCommand(['test', folder]);
  assert.equal(code, 0, out);
});

test('tokens are not reused, so that the order of cases does not matter', async () => {
  const reused =
    'policies: [{ name: a, file: policy.yaml, reuse: { for: 30s } }]\nroutes: [{ match: {}, policies: [a] }]\n';
  const at = (seconds: number): string =>
    `{ name: a, at: ${seconds}, expect: { jwt: { claims: { exp: ${seconds + 60} } } } }`;
  const folder = folderOf({
    'mintproc.yaml': reused,
    'a.test.yaml': `config: mintproc.yaml\ncases: [${at(10)}, ${at(15)}, ${at(12)}]\n`,
  });
  const { out } = await runCommand(['test', folder]);
  assert.match(out, /3 passed, 0 failed\n$/);
});

test('a variable of a case is used, and one that holds a key never becomes a claim', async () => {
  const apigee =
    '<GenerateJWT name="a"><Algorithm>HS256</Algorithm><SecretKey><Value ref="private.key"/></SecretKey><Subject ref="who"/></GenerateJWT>';
  const folder = folderOf({
    'policy.xml': apigee,
    'mintproc.yaml':
      'policies: [{ name: a, file: policy.xml }]\nroutes: [{ match: {}, policies: [a] }]\nvariables: { private.key: { file: secret.txt }, who: nobody }\n',
    'secret.txt': 'a-secret-of-at-least-32-bytes-for-tests',
    'a.test.yaml':
      'config: mintproc.yaml\ncases: [{ name: a, variables: { who: alice }, expect: { jwt: { claims: { sub: alice } } } }, { name: b, expect: { jwt: { claims: { sub: nobody } } } }]\n',
  });
  const { out } = await runCommand(['test', folder]);
  assert.match(out, /2 passed, 0 failed\n$/);
});

test('a policy that is disabled differs from one that is not for the request', async () => {
  const rules = 'rules: [{ methods: POST, path: /.* }]';
  const folder = folderOf({
    'off.xml':
      '<GenerateJWT name="a" enabled="false"><Algorithm>HS256</Algorithm><SecretKey><Value ref="private.key"/></SecretKey></GenerateJWT>',
    'posts.yaml': files['policy.yaml'].replace('- policyRef', `- ${rules}\n  policyRef`),
    'mintproc.yaml':
      'policies: [{ name: off, file: off.xml, output: { header: x-off } }, { name: posts, file: posts.yaml, output: { header: x-posts } }]\nroutes: [{ match: {}, policies: [off, posts] }]\n',
    'a.test.yaml': `config: mintproc.yaml
cases:
  - { name: off, expect: { policy: off, withoutToken: { because: disabled } } }
  - { name: posts, expect: { policy: posts, withoutToken: { because: outside-rules } } }
  - { name: both, expect: { withoutToken: true } }
  - { name: a post, request: { method: POST }, expect: { policy: posts, header: { name: x-posts } } }
  - { name: wrong, expect: { policy: posts, withoutToken: { because: disabled } } }
`,
  });
  const { out } = await runCommand(['test', folder]);
  assert.match(out, /withoutToken\.because: The reason is another one\. posts: The request matches none of the rules/);
  assert.match(out, /expected "disabled"\n {4}actual {3}"outside-rules"\n4 passed, 1 failed\n$/);
});

test('--watch tests again after a save of a test file, its configuration or a file that it reads', async () => {
  await using watching = new Watching({ ...files, 'a.test.yaml': passing }, ['test', '.']);
  assert.equal(await watching.line(), 'a.test.yaml: 1 passed, 0 failed');
  assert.equal(await watching.line(), '1 passed, 0 failed');
  watching.save('a.test.yaml', failing);
  assert.match(
    await watching.line(),
    /^TIME 0 passed, 1 failed: a\.test\.yaml:2:9: one: jwt\.claims\.sub: The texts are different\.$/,
  );
  watching.save('policy.yaml', files['policy.yaml'].replace('value: a', 'value: b'));
  assert.equal(await watching.line(), 'TIME 1 passed, 0 failed');
  watching.save('mintproc.yaml', 'policies: []\n');
  assert.match(await watching.line(), /^TIME 0 passed, 0 failed, 1 file that cannot be used: mintproc\.yaml:/);
  watching.save('mintproc.yaml', files['mintproc.yaml']);
  assert.equal(await watching.line(), 'TIME 1 passed, 0 failed');
  watching.save('b.test.yaml', failing);
  assert.equal(await watching.line(), 'TIME 2 passed, 0 failed');
  assert.equal(watching.rest, '');
  assert.equal(await watching.end('SIGINT'), 0);
});
