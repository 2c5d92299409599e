import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CompactEncrypt, SignJWT } from 'jose';
import { runCommand, writeFiles } from './captured-terminal.ts';

const secret = 'a secret of at least thirty-two bytes';
const wrapping = Buffer.alloc(16, 7);
const issued = 1_600_000_000;

const flex = (sub: string): string => `- policyRef: { name: jwt-generation-flex }
  config: { signingMethod: HS256, iat: true, exp: 300, customClaims: [{ name: sub, value: "#[${sub}]" }] }
`;

const files = writeFiles({
  'partner.yaml': flex("authentication.principal default 'nobody'"),
  'strict.yaml': flex("'u-' ++ authentication.principal"),
  'encrypted.yaml':
    '- jwt-generate: { version: 2.0.0, iss-claim: iss, exp-claim: 60, jwe-alg: A128KW, jwe-enc: A128GCM, jwe-crypto: wrapping }\n',
  'secret.txt': secret,
  'wrapping.bin': wrapping.toString('latin1'),
  'wrapping.hex': wrapping.toString('hex'),
  'mintproc.yaml': `keys: { own: { file: secret.txt }, wrapping: { file: wrapping.hex, encoding: hex } }
variables: { iss: https://issuer.example.com }
policies:
  - { name: partner, file: partner.yaml, key: own }
  - { name: strict, file: strict.yaml, key: own, output: { header: x-strict } }
  - { name: encrypted, file: encrypted.yaml }
routes:
  - { match: { pathPrefix: /orders }, policies: [partner] }
  - { match: { pathPrefix: /strict }, policies: [strict] }
  - { match: { pathPrefix: /both }, policies: [partner, strict] }
  - { match: { pathPrefix: /encrypted }, policies: [encrypted] }
unmatched: pass
`,
  'broken.yaml': 'policies: []\n',
  'objects.json': '{"attributes": {"requestUri": "/orders/7"}, "authentication": {"principal": "alice"}}',
  'orders.yaml': 'request: { path: /orders/7 }\ncaller: { claims: { sub: alice } }\n',
  'strict-nobody.yaml': 'request: { path: /strict }\n',
  'both.yaml': 'request: { path: /both }\ncaller: { claims: { sub: alice } }\n',
  'encrypted.request.yaml': 'request: { path: /encrypted }\n',
  'elsewhere.yaml': 'request: { path: /elsewhere }\n',
});

/** The gateway had another key. */
function recordedToken(claims: Record<string, unknown>, header: object = {}): Promise<string> {
  const whole = { alg: 'HS256', typ: 'JWT', ...header };
  return new SignJWT(claims).setProtectedHeader(whole).sign(Buffer.from('the key of the old gateway, which is gone'));
}

const same = await recordedToken({ sub: 'alice', exp: issued + 300, iat: issued });
const other = await recordedToken({ sub: 'alice-of-old', iat: issued, exp: issued + 600 }, { kid: 'old' });

const line = (request: keyof typeof files, ...more: readonly string[]): readonly string[] => [
  ...['--request', files[request], '--config', files['mintproc.yaml']],
  ...more,
];

for (const request of ['objects.json', 'orders.yaml'] as const) {
  test(`a token that is the same, by the request of ${request}`, async () => {
    const { code, out, errors } = await runCommand(['compare', same, ...line(request)]);
    assert.match(out, /same +claims\.exp +300 s after the time of issue\./);
    assert.match(out, /The tokens are the same\.\n$/);
    assert.equal(code, 0, errors);
  });
}

test('the token comes from standard input, as it was copied', async () => {
  const { code } = await runCommand(['compare', '-', ...line('orders.yaml')], [`Bearer ${same}`]);
  assert.equal(code, 0);
});

for (const path of ['nowhere.jwt', './nowhere', '/nowhere', '~/nowhere', 'package.json']) {
  test(`the path of a token is not a token: ${path}`, async () => {
    for (const command of [
      ['compare', path, ...line('orders.yaml')],
      ['verify', path],
    ]) {
      const { code, out, errors } = await runCommand(command);
      assert.match(errors, /TOKEN is the token itself\. To read it from a file, write `- < FILE`\./);
      assert.deepEqual([code, out], [2, '']);
    }
  });
}

test('a token that differs: each member, and its values only on request', async () => {
  const plain = await runCommand(['compare', other, ...line('orders.yaml')]);
  assert.equal(plain.code, 1);
  assert.match(plain.out, /missing +header\.kid +The recorded token has it/);
  assert.match(plain.out, /same +header\.typ\n/);
  assert.match(plain.out, /differs +claims\.sub +The texts are different\./);
  assert.match(plain.out, /differs +claims\.exp +600 s after .* 300 s after it here\./);
  assert.match(plain.out, /differs +claims +The members have another order/);
  assert.match(plain.out, /The tokens differ: header\.kid, claims\.sub, claims\.exp, claims\.\n$/);
  assert.ok(!plain.out.includes('alice'));
  const shown = await runCommand(['compare', other, ...line('orders.yaml', '--claims')]);
  assert.match(shown.out, /recorded "alice-of-old"\n +made "alice"\n/);
});

test('--ignore names what may differ', async () => {
  const ignored = ['header.kid', 'claims.sub', 'claims.exp', 'claims'].flatMap((path) => ['--ignore', path]);
  const { code, out } = await runCommand(['compare', other, ...line('orders.yaml', ...ignored)]);
  assert.match(out, /same +claims\.sub +It differs, which is ignored/);
  assert.equal(code, 0);
});

test('--format json has each member', async () => {
  const { code, out } = await runCommand(['compare', other, ...line('orders.yaml', '--format', 'json')]);
  const answer = JSON.parse(out);
  assert.equal(answer.same, false);
  assert.equal(answer.policy, 'partner');
  assert.equal(code, 1);
  assert.ok(!out.includes('alice'));
  const sub = answer.members.find(({ name }: { readonly name: string }) => name === 'sub');
  assert.deepEqual(sub, { part: 'claims', name: 'sub', result: 'differs', message: 'The texts are different.' });
});

test('one of several policies is named', async () => {
  const several = await runCommand(['compare', same, ...line('both.yaml')]);
  assert.match(several.errors, /several tokens: name one with --policy-name\. The policies are: partner, strict\./);
  assert.equal(several.code, 1);
  const one = await runCommand(['compare', same, ...line('both.yaml', '--policy-name', 'partner')]);
  assert.equal(one.code, 0, one.errors);
});

test('an encrypted token is compared as far as it can be read', async () => {
  const encrypted = async (key: Buffer): Promise<string> =>
    new CompactEncrypt(Buffer.from(`{"iss":"https://issuer.example.com","exp":${issued + 60},"iat":${issued}}`))
      .setProtectedHeader({ alg: 'A128KW', enc: 'A128GCM' })
      .encrypt(key);
  const opened = await runCommand(['compare', await encrypted(wrapping), ...line('encrypted.request.yaml')]);
  assert.match(opened.out, /same +claims\.iss/);
  assert.equal(opened.code, 0, opened.out + opened.errors);
  const old = await encrypted(Buffer.alloc(16, 8));
  const closed = await runCommand(['compare', old, ...line('encrypted.request.yaml')]);
  assert.match(closed.out, /unread +claims +No key opens the recorded token/);
  assert.equal(closed.code, 1);
  const given = writeFiles({ key: '\b'.repeat(16) }).key;
  const withKey = await runCommand(['compare', old, ...line('encrypted.request.yaml', '--key', given)]);
  assert.equal(withKey.code, 0, withKey.out + withKey.errors);
});

const mistakes: readonly [name: string, line: readonly string[], code: number, says: RegExp][] = [
  ['no token', line('orders.yaml'), 2, /The token is required, or - to read/],
  ['no request', [same, '--config', files['mintproc.yaml']], 2, /--request and --config are required/],
  ['no configuration', [same, '--request', files['orders.yaml']], 2, /--request and --config are required/],
  [
    'an ignored name without a part',
    [same, ...line('orders.yaml', '--ignore', 'kid')],
    2,
    /--ignore takes header\.NAME/,
  ],
  ['an ignored part of its own', [same, ...line('orders.yaml', '--ignore', 'body.kid')], 2, /--ignore takes/],
  ['text', ['abc', ...line('orders.yaml')], 1, /The token cannot be read\. This has no dot/],
  [
    'a request that is refused',
    [same, ...line('strict-nobody.yaml')],
    1,
    /no token to compare with\. strict: .*claim `sub`/,
  ],
  ['a request without a route', [same, ...line('elsewhere.yaml')], 1, /no token to compare with\. No route matches/],
  ['an unknown policy', [same, ...line('orders.yaml', '--policy-name', 'partners')], 1, /Did you mean `partner`/],
  [
    'a policy of another route',
    [same, ...line('orders.yaml', '--policy-name', 'strict')],
    1,
    /does not run the policy/,
  ],
  [
    'a broken configuration',
    [same, '--request', files['orders.yaml'], '--config', files['broken.yaml']],
    1,
    /broken\.yaml.*error/,
  ],
];

for (const [name, words, code, says] of mistakes) {
  test(`${name} is a mistake that is explained`, async () => {
    const result = await runCommand(['compare', ...words]);
    assert.match(result.errors, says);
    assert.equal(result.code, code);
    for (const hidden of ['alice', secret, same]) assert.ok(!(result.errors + result.out).includes(hidden));
  });
}

test('--encoding and --passphrase-file are for the keys of --key', async () => {
  const token = await new CompactEncrypt(
    Buffer.from(`{"iss":"https://issuer.example.com","exp":${issued + 60},"iat":${issued}}`),
  )
    .setProtectedHeader({ alg: 'A128KW', enc: 'A128GCM' })
    .encrypt(Buffer.alloc(16, 9));
  const keys = writeFiles({ 'old.hex': Buffer.alloc(16, 9).toString('hex') });
  const opened = line('encrypted.request.yaml', '--key', keys['old.hex'], '--encoding', 'hex');
  const { code, out, errors } = await runCommand(['compare', token, ...opened]);
  assert.match(out, /same +claims\.iss/);
  assert.equal(code, 0, out + errors);
  const wrong = await runCommand(['compare', token, ...line('orders.yaml', '--encoding', 'utf16')]);
  assert.match(wrong.errors, /--encoding takes utf8/);
  assert.equal(wrong.code, 2);
});
