/**
 * @module
 * The forms of tokens that an entry requires: what is found at load, what is refused for a request, and that the tokens
 * of the examples are right for `jose` and for PyJWT.
 */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createLocalJWKSet, decodeProtectedHeader, EmbeddedJWK, jwtVerify } from 'jose';
import { MintError } from '../../src/diagnostics/mint-error.ts';
import type { Problem } from '../../src/diagnostics/problem.ts';
import { formRules, tokenForms } from '../../src/plan/token-forms.ts';
import { decideAtOnce } from '../at-once.ts';
import { runCommand } from '../cli/captured-terminal.ts';
import { runJson } from '../e2e/harness/python-tools.ts';
import { good, kidOf, load, mint, one, policy, published, start } from './key-world.ts';
import { request as requestWith } from './memory-files.ts';

interface Written {
  readonly claims?: Readonly<Record<string, string>>;
  readonly method?: string;
  readonly exp?: number;
  readonly iat?: boolean;
}

function flex({ claims = {}, method = 'ES256', exp = 300, iat = true }: Written): string {
  const customClaims = Object.entries(claims).map(([name, value]) => ({ name, value }));
  return JSON.stringify([
    { policyRef: { name: 'jwt-generation-flex' }, config: { signingMethod: method, exp, iat, customClaims } },
  ]);
}

const access = { iss: 'i', aud: 'a', sub: 's', client_id: 'c', jti: '#[uuid()]' };
const proof = { jti: '#[uuid()]', htm: '#[attributes.method]', htu: 'https://a.example/x' };
const dpopHeader = { typ: 'dpop+jwt', jwk: true };

function problemsOf(written: Written, entry: object): readonly Problem[] {
  const world = { 'p.yaml': flex(written), 'a.pem': one, entry: { key: 'k', ...entry } };
  return load(world).problems.filter(({ code }) => /form$/.test(code));
}

const asAccess = { form: 'at+jwt', header: { typ: 'at+jwt' } };
const asProof = { form: 'dpop', header: dpopHeader };

const complete: [name: string, written: Written, entry: object, codes: string[]][] = [
  ['an access token', { claims: access }, asAccess, []],
  ['typ as a whole media type', { claims: access }, { ...asAccess, header: { typ: 'application/AT+JWT' } }, []],
  ['a list of audiences', { claims: { ...access, aud: "#[['a', 'b']]" } }, asAccess, []],
  ['an assertion', { claims: { iss: 'c', sub: 'c', aud: 'a', jti: '#[uuid()]' } }, { form: 'client-assertion' }, []],
  [
    'an assertion without jti',
    { claims: { iss: 'c', sub: 'c', aud: 'a' } },
    { form: 'client-assertion' },
    ['policy.unlikely-form'],
  ],
  ['a proof for the token endpoint', { claims: proof, exp: 0 }, asProof, ['policy.unlikely-form']],
  [
    'a claim of which the name is an expression',
    { claims: { ...access, sub: 's', "#['client' ++ '_id']": 'c' } },
    asAccess,
    [],
  ],
];

for (const [name, written, entry, codes] of complete) {
  test(`${name} is complete`, () => {
    assert.deepEqual(
      problemsOf(written, entry).map(({ code }) => code),
      codes,
    );
  });
}

const without = (claims: Readonly<Record<string, string>>, name: string) =>
  Object.fromEntries(Object.entries(claims).filter(([one]) => one !== name));

const incomplete: [name: string, written: Written, entry: object, told: RegExp][] = [
  ...Object.keys(access).map((name): [string, Written, object, RegExp] => [
    `at+jwt without ${name}`,
    { claims: without(access, name) },
    asAccess,
    new RegExp(`no \`${name}\``),
  ]),
  ['at+jwt without exp', { claims: access, exp: 0 }, asAccess, /no `exp`/],
  ['at+jwt without iat', { claims: access, iat: false }, asAccess, /no `iat`/],
  ['at+jwt with the typ of Flex', { claims: access }, { form: 'at+jwt' }, /`typ: at\+jwt`/],
  ['at+jwt with a constant jti', { claims: { ...access, jti: 'x' } }, asAccess, /constant `jti`/],
  ['at+jwt with an empty subject', { claims: { ...access, sub: '' } }, asAccess, /`sub` that is not/],
  ['at+jwt with an audience that is a number', { claims: { ...access, aud: '#[1]' } }, asAccess, /`aud` that is not/],
  ['an assertion without aud', { claims: { iss: 'c', sub: 'c' } }, { form: 'client-assertion' }, /no `aud`/],
  ...['jti', 'htm', 'htu'].map((name): [string, Written, object, RegExp] => [
    `a proof without ${name}`,
    { claims: without(proof, name) },
    asProof,
    new RegExp(`no \`${name}\``),
  ]),
  ['a proof without its key', { claims: proof }, { ...asProof, header: { typ: 'dpop+jwt' } }, /as `jwk`/],
  ['a proof without its typ', { claims: proof }, { ...asProof, header: { jwk: true } }, /`typ: dpop\+jwt`/],
  ['a proof with a query in htu', { claims: { ...proof, htu: 'https://a.example/x?y' } }, asProof, /`htu` that is not/],
  ['a proof with a path as htu', { claims: { ...proof, htu: '/x' } }, asProof, /`htu` that is not/],
  ['a proof with a constant ath', { claims: { ...proof, ath: 'x'.repeat(43) } }, asProof, /constant `ath`/],
];

for (const [name, written, entry, told] of incomplete) {
  test(`${name} is refused at load`, () => {
    const errors = problemsOf(written, entry).filter(({ severity }) => severity === 'error');
    assert.deepEqual(
      errors.map(({ code, place }) => [code, place.file]),
      [['policy.incomplete-form', 'mintproc.yaml']],
    );
    assert.match(errors[0]?.message ?? '', told);
    assert.match(errors[0]?.message ?? '', /RFC \d+/);
  });
}

test('a proof that is signed with a secret is refused', () => {
  const secret = 'an example of a secret of at least thirty-two bytes';
  const world = {
    'p.yaml': flex({ claims: proof, method: 'HS256' }),
    'a.pem': secret,
    entry: { key: 'k', ...asProof },
  };
  const { problems } = load(world);
  assert.ok(problems.some(({ code, message }) => code === 'policy.incomplete-form' && /private key/.test(message)));
  assert.ok(problems.some(({ code, path }) => code === 'config.invalid-value' && path?.at(-1) === 'jwk'));
});

const refusedValues: [name: string, claims: Readonly<Record<string, string>>, entry: object][] = [
  ['a subject that the caller does not have', { ...access, sub: '#[authentication.principal]' }, asAccess],
  ['an empty subject', { ...access, sub: "#[attributes.headers['x-none'] default '']" }, asAccess],
  ['an audience that is an empty list', { ...access, aud: '#[attributes.headers.none default []]' }, asAccess],
  ['a method that is not that of the request', { ...proof, htm: 'PURGE' }, asProof],
  [
    'a URL with a query',
    { ...proof, htu: "#['https://a.example/' ++ (attributes.method default '') ++ '?x']" },
    asProof,
  ],
  ['a hash that the request does not have', { ...proof, ath: '#[attributes.headers.none]' }, asProof],
  ['a hash of another length', { ...proof, ath: '#[attributes.method]' }, asProof],
];

for (const [name, claims, entry] of refusedValues) {
  test(`${name} is refused for the request, and the next request is not affected`, () => {
    const snapshot = good({ 'p.yaml': flex({ claims }), 'a.pem': one, entry: { key: 'k', ...entry } });
    for (let time = 0; time < 2; time++) {
      assert.throws(() => mint(snapshot, 0), { code: 'mint.incomplete-form' });
    }
  });
}

test('a token without a claim that the one before it had is refused', () => {
  const claims = { ...without(access, 'client_id'), "#[attributes.headers.'x-name' default 'other']": 'c' };
  const snapshot = good({ 'p.yaml': flex({ claims }), 'a.pem': one, entry: { key: 'k', ...asAccess } });
  const decide = decideAtOnce(snapshot, { clock: () => start, randomId: () => 'id' });
  const kindFor = (more: Readonly<Record<string, string>>) =>
    decide(requestWith({ ':method': 'GET', ':path': '/', ':authority': 'a', ...more })).kind;
  assert.deepEqual([kindFor({ 'x-name': 'client_id' }), kindFor({})], ['forward', 'refuse']);
});

test('what a map of the request adds to a token is checked too', () => {
  const text = `<GenerateJWT name="g"><Algorithm>ES256</Algorithm><PrivateKey><Value ref="private.key"/></PrivateKey><Subject>s</Subject><Issuer>i</Issuer><Audience>a</Audience><Id/><ExpiresIn>5m</ExpiresIn><AdditionalClaims ref="more"/></GenerateJWT>`;
  const variables = { 'private.key': { file: 'a.pem' }, more: { header: 'x-more' } };
  const entry = { edition: 'x', output: { header: 'x-token' }, variables, ...asAccess };
  const snapshot = good({ 'p.yaml': text, 'a.pem': one, entry, keys: {} });
  const decide = decideAtOnce(snapshot, { clock: () => start, randomId: () => 'id' });
  const kindFor = (more: string) =>
    decide(requestWith({ ':method': 'GET', ':path': '/', ':authority': 'a', 'x-more': more })).kind;
  assert.deepEqual(['{"client_id":"c"}', '{"client_id":1}', '{"other":1}'].map(kindFor), [
    'forward',
    'refuse',
    'refuse',
  ]);
});

test('what is refused for the request is said of the claim that the policy computes', () => {
  const claims = { ...access, sub: '#[authentication.principal]', extra: '#[attributes.method]' };
  const snapshot = good({ 'p.yaml': flex({ claims }), 'a.pem': one, entry: { key: 'k', ...asAccess } });
  const column = flex({ claims }).indexOf('authentication.principal') - 2;
  assert.throws(
    () => mint(snapshot, 0),
    (error) => {
      assert.ok(error instanceof MintError);
      assert.deepEqual([error.origin?.name, error.origin?.place.column], ['sub', column]);
      return true;
    },
  );
});

test('a value that a later member of the policy replaces does not count', () => {
  const snapshot = good({
    'p.yaml': flex({ claims: { ...access, iat: '#[attributes.method]' } }),
    'a.pem': one,
    entry: { key: 'k', ...asAccess },
  });
  assert.match(mint(snapshot, 0), /^eyJ/);
});

test('a form that is used once is never reused', () => {
  const jti = '#[attributes.method]';
  for (const [claims, entry] of [
    [{ iss: 'c', sub: 'c', aud: 'a', jti }, { form: 'client-assertion' }],
    [{ ...proof, jti, htu: 'https://a.example/x' }, asProof],
  ] as const) {
    const snapshot = good({ 'p.yaml': flex({ claims }), 'a.pem': one, entry: { key: 'k', ...entry } });
    assert.equal(snapshot.policies.get('p')?.reuse.kind, 'off', entry.form);
  }
});

test('`kid: key` names the key that signs, in place of what the policy writes, also after a rotation', () => {
  const world = {
    'p.yaml': policy({ kid: 'vendor' }),
    'a.pem': one,
    entry: { key: 'k', kid: 'key' },
  };
  const snapshot = good(world);
  const { keys } = published(snapshot, 0);
  assert.equal(kidOf(mint(snapshot, 0)), keys[0]?.['kid']);
  assert.notEqual(kidOf(mint(snapshot, 0)), 'vendor');
  assert.deepEqual(
    load(world).problems.map(({ code, severity }) => `${severity} ${code}`),
    ['warning policy.replaced-parameter'],
  );
});

test('a header parameter of the entry that replaces what the gateway writes is reported at its place', () => {
  const { problems } = load({ 'p.yaml': flex({ claims: proof }), 'a.pem': one, entry: { key: 'k', ...asProof } });
  assert.deepEqual(
    problems.filter(({ code }) => code === 'policy.replaced-parameter').map(({ path }) => path?.slice(-2)),
    [
      ['header', 'typ'],
      ['header', 'jwk'],
    ],
  );
});

test('`kid: key` wins over a kid whose name is an expression', () => {
  const config = {
    signingMethod: 'ES256',
    exp: 300,
    customHeaders: [{ name: "#[attributes.headers.none default 'kid']", value: 'vendor' }],
  };
  const text = JSON.stringify([{ policyRef: { name: 'jwt-generation-flex' }, config }]);
  const snapshot = good({ 'p.yaml': text, 'a.pem': one, entry: { key: 'k', kid: 'key' } });
  assert.equal(kidOf(mint(snapshot, 0)), published(snapshot, 0).keys[0]?.['kid']);
});

test('every form has its rules', () => assert.deepEqual(Object.keys(formRules), [...tokenForms]));

const folder = mkdtempSync(join(tmpdir(), 'mintproc-forms-'));
after(() => rmSync(folder, { recursive: true }));
cpSync(join(import.meta.dirname, '../examples/forms'), folder, { recursive: true });
const request = join(folder, 'request.json');
writeFileSync(
  request,
  JSON.stringify({
    request: { method: 'POST', host: 'api.example.com', path: '/orders/1', headers: { authorization: 'DPoP abc' } },
    caller: { claims: { sub: 'ann', client_id: 'shop' } },
  }),
);

const example = async (name: string): Promise<string> => {
  const line = ['mint', '--config', join(folder, 'mintproc.yaml'), '--policy', name, '--request', request];
  const { out } = await runCommand([...line, '--stand-in-keys', '--format', 'json']);
  return JSON.parse(out).token;
};

const pyJwt = `
import jwt
token = given['token']
key = jwt.PyJWK(jwt.get_unverified_header(token)['jwk']).key
claims = jwt.decode(token, key, algorithms=['ES256'], options={'verify_aud': False, 'verify_iat': False})
print(json.dumps(claims))`;

for (const name of ['proof', 'endpoint']) {
  test(`the ${name} of the examples is verified by the key that it contains, by jose and by PyJWT`, async () => {
    const token = await example(name);
    const { payload } = await jwtVerify(token, EmbeddedJWK, {
      typ: 'dpop+jwt',
      currentDate: new Date(1_700_000_000_000),
    });
    assert.equal(payload['htm'], 'POST');
    assert.equal(payload['ath'], name === 'proof' ? 'ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0' : undefined);
    assert.deepEqual(await runJson(pyJwt, { token }), payload);
    const { jwk } = decodeProtectedHeader(token);
    assert.deepEqual(Object.keys(jwk ?? {}).toSorted(), ['crv', 'kty', 'x', 'y']);
  });
}

test('an access token is what a resource server accepts', async () => {
  const snapshot = good({ 'p.yaml': flex({ claims: access }), 'a.pem': one, entry: { key: 'k', ...asAccess } });
  const keys = createLocalJWKSet(published(snapshot, 0) as Parameters<typeof createLocalJWKSet>[0]);
  const currentDate = new Date(1_700_000_000_000);
  const { payload } = await jwtVerify(mint(snapshot, 0), keys, {
    ...{ typ: 'at+jwt', issuer: 'i', audience: 'a', currentDate },
    requiredClaims: ['exp', 'iat', 'sub', 'client_id', 'jti'],
  });
  assert.equal(payload['client_id'], 'c');
});
