/**
 * The library's functions from the source. What a user installs is covered by packed.test.ts.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { stringify } from 'yaml';
import { deepestJson } from '../../src/diagnostics/exact-json.ts';
import type {
  ConfigurationOptions,
  EvaluateOptions,
  JsonValue,
  LoadedConfiguration,
  LoadedPolicy,
  Moment,
  PolicyOptions,
  RequestInput,
} from '../../src/library/interface.ts';
import { evaluate, loadConfiguration, loadPolicy } from '../../src/library/mintproc.ts';

const folder = mkdtempSync(join(tmpdir(), 'mintproc-library-'));
after(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const secret = '0123456789abcdef0123456789abcdef';
const policy = (config: object): string =>
  stringify([{ policyRef: { name: 'jwt-generation-flex' }, config: { signingMethod: 'HS256', iat: true, ...config } }]);
const sub = { name: 'sub', value: '#[authentication.principal]' };
const number = { name: 'n', value: "#[attributes.headers['n'] as Number]" };
write('partner.yaml', policy({ exp: 300, customClaims: [sub] }));
write('failing.yaml', policy({ exp: 300, customClaims: [number] }));
write(
  'disabled.xml',
  '<GenerateJWT name="d" enabled="false"><Algorithm>HS256</Algorithm><SecretKey><Value ref="private.s"/></SecretKey><ExpiresIn>5m</ExpiresIn></GenerateJWT>',
);

const key = { text: secret };
const settings = {
  policies: [
    { name: 'partner', file: 'partner.yaml', key },
    { name: 'failing', file: 'failing.yaml', expressions: 'dataweave', key, output: { header: 'x-failing' } },
    {
      name: 'passing',
      file: 'failing.yaml',
      expressions: 'dataweave',
      key,
      output: { header: 'x-passing' },
      onError: 'pass',
    },
    { name: 'disabled', file: 'disabled.xml', key, output: { header: 'x-disabled' } },
  ],
  routes: [
    { match: { pathPrefix: '/orders' }, name: 'orders', policies: ['partner'] },
    { match: { pathPrefix: '/several' }, policies: ['passing', 'disabled', 'failing', 'partner'] },
    { match: { pathPrefix: '/both' }, policies: ['passing', 'partner'] },
    { match: { pathPrefix: '/closed' }, deny: true },
  ],
  unmatched: 'pass',
};

async function load(changes: object = {}, options: ConfigurationOptions = {}): Promise<LoadedConfiguration> {
  const loaded = await loadConfiguration(write('mintproc.yaml', stringify({ ...settings, ...changes })), options);
  if (!loaded.ok) throw new Error(loaded.problems.map(({ text }) => text).join('\n'));
  return loaded;
}

const configuration = await load();
const at = '2026-01-01T00:00:00Z';

const answers: [name: string, request: RequestInput, expected: object][] = [
  [
    'forwarded with a token',
    { request: { path: '/orders/7' }, caller: { claims: { sub: 'alice' } } },
    { ok: true, outcome: 'forward', route: { number: 1, name: 'orders' }, results: ['partner minted'] },
  ],
  [
    'refused by the third policy of a route without a name',
    { request: { path: '/several' } },
    {
      ok: false,
      outcome: 'refuse',
      route: { number: 2 },
      results: ['passing passed', 'disabled disabled', 'failing refused', 'partner not-run'],
      refusal: 500,
    },
  ],
  [
    'forwarded without one of the tokens',
    { request: { path: '/both' } },
    { ok: false, outcome: 'forward', route: { number: 3 }, results: ['passing passed', 'partner minted'] },
  ],
  ['no route', { request: { path: '/' } }, { ok: false, outcome: 'untouched', route: undefined, results: [] }],
  [
    'a misspelt key',
    { requst: { path: '/orders' } } as RequestInput,
    { ok: false, outcome: 'unusable', route: undefined, results: [], problems: ['trial.unknown-key'] },
  ],
  [
    'a wrong source',
    { caller: { claims: {}, from: 'nobody' } },
    { ok: false, outcome: 'unusable', route: undefined, results: [], problems: ['trial.invalid-value'] },
  ],
  [
    'nested too deep',
    { variables: { a: nested(20_000) } },
    { ok: false, outcome: 'unusable', route: undefined, results: [], problems: ['trial.too-large'] },
  ],
];

function nested(depth: number, innermost: unknown = 1): JsonValue {
  let value = innermost as JsonValue;
  for (let level = 0; level < depth; level++) value = [value];
  return value;
}

for (const [name, request, expected] of answers) {
  test(`a request: ${name}`, async () => {
    const { ok, outcome, route, policies, problems, ...more } = await configuration.request(request, { at });
    const results = policies.map(({ policy: one, result }) => `${one} ${result}`);
    assert.deepEqual(
      {
        ...{ ok, outcome, route, results },
        ...('refusal' in more ? { refusal: more.refusal.status } : {}),
        ...(problems.length === 0 ? {} : { problems: problems.map(({ code }) => code) }),
      },
      expected,
    );
  });
}

test('a request that goes on: what Envoy sets and removes', async () => {
  const answer = await configuration.request({ request: { path: '/orders' } }, { at });
  assert.equal(answer.outcome, 'forward');
  const [minted] = answer.policies;
  assert.ok(minted?.result === 'minted' && answer.outcome === 'forward');
  assert.deepEqual(answer.set, [[minted.output.header, minted.output.value]]);
  assert.equal(minted.output.value, `Bearer ${minted.token}`);
  assert.deepEqual(minted.header, { alg: 'HS256', typ: 'JWT' });
  assert.deepEqual(minted.claims, { exp: 1767225900, iat: 1767225600 });
});

test('a policy that fails: the claim, its code and its place, and no value', async () => {
  const answer = await configuration.request({ request: { path: '/several', headers: { n: 'hunter2' } } }, { at });
  const failed = answer.policies.find(({ result }) => result === 'refused');
  assert.ok(failed?.result === 'refused');
  const { code, claim, file, line } = failed.error;
  assert.deepEqual([code, claim, file, line], ['dataweave.conversion', 'n', join(folder, 'failing.yaml'), 9]);
  assert.doesNotMatch(JSON.stringify(answer), /hunter2/);
});

const moments: [name: string, moment: Moment][] = [
  ['RFC 3339', '2026-01-01T00:00:00Z'],
  ['another offset', '2026-01-01T01:00:00+01:00'],
  ['seconds', '1767225600'],
  ['a Date', new Date('2026-01-01T00:00:00Z')],
];

for (const [name, moment] of moments) {
  test(`the time of a request: ${name}`, async () => {
    const answer = await configuration.request({ request: { path: '/orders' } }, { at: moment });
    assert.ok(answer.policies[0]?.result === 'minted');
    assert.equal(answer.policies[0].claims?.['iat'], 1767225600);
  });
}

test('the environment is only what the program gives', async () => {
  const policies = [{ name: 'partner', file: 'partner.yaml', key: { env: 'PATH' } }];
  const routes = [{ match: {}, policies: ['partner'] }];
  const file = write('environment.yaml', stringify({ policies, routes }));
  const without = await loadConfiguration(file);
  assert.ok(!without.ok && without.problems.some(({ code }) => code === 'keys.no-variable'), JSON.stringify(without));
  assert.ok((await loadConfiguration(file, { environment: { PATH: secret } })).ok);
  const inherited = write(
    'inherited.yaml',
    stringify({ policies: [{ ...policies[0], key: { env: 'toString' } }], routes }),
  );
  const none = await loadConfiguration(inherited, { environment: {} });
  assert.ok(!none.ok && none.problems.some(({ code }) => code === 'keys.no-variable'), JSON.stringify(none));
});

test('keys that are not available are made if the program asks for it, and named', async () => {
  const policies = [{ name: 'partner', file: 'partner.yaml', key: { env: 'NOWHERE' } }];
  const routes = [{ match: {}, policies: ['partner'] }];
  const file = write('absent.yaml', stringify({ policies, routes }));
  assert.equal((await loadConfiguration(file)).ok, false);
  const loaded = await loadConfiguration(file, { standInKeys: true });
  assert.ok(loaded.ok);
  const [made, ...more] = loaded.standInKeys;
  assert.deepEqual([made?.role, made?.algorithm, made?.line, more], ['key', 'HS256', 5, []]);
  assert.equal((await loaded.request({})).ok, true);
  const alone = await loadPolicy(join(folder, 'partner.yaml'), {
    entry: { key: { env: 'NOWHERE' } },
    standInKeys: true,
  });
  assert.ok(alone.ok && alone.standInKeys.length === 1);
});

test('a configuration with mistakes: plain problems with their places', async () => {
  const file = write('wrong.yaml', 'polices: []\n');
  const loaded = await loadConfiguration(file);
  assert.ok(!loaded.ok);
  const found = loaded.problems.find(({ code }) => code === 'config.unknown-key');
  assert.deepEqual([found?.severity, found?.file, found?.line, found?.column], ['error', file, 1, 1]);
  assert.equal(found?.suggestion, 'Did you mean `policies`?');
  assert.match(found?.text ?? '', /:1:1: error: .*\[config\.unknown-key\]\n {2}Did you mean `policies`\?$/);
});

test('a warning is an error if the program asks for it', async () => {
  const policies = [{ name: 'partner', file: 'partner.yaml', key, edition: 'x' }];
  const warned = { policies, routes: settings.routes.slice(0, 1) };
  const file = write('strict.yaml', stringify(warned));
  const loaded = await loadConfiguration(file);
  assert.ok(loaded.ok && loaded.problems.some(({ severity }) => severity === 'warning'));
  assert.equal((await loadConfiguration(file, { strict: true })).ok, false);
});

async function policyOf(text: string, options: PolicyOptions = {}): Promise<LoadedPolicy> {
  const loaded = await loadPolicy({ text, file: join(folder, 'text.yaml') }, options);
  if (!loaded.ok) throw new Error(loaded.problems.map(({ text: all }) => all).join('\n'));
  return loaded;
}

const pem = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
}).privateKey;
write('ec.pem', pem);

const policies: [name: string, load: () => Promise<LoadedPolicy>, alg: string][] = [
  ['of a text with its key', () => policyOf(policy({ privateKey: secret })), 'HS256'],
  [
    'of a text with a key of its entry',
    () => policyOf(policy({ signingMethod: 'ES256' }), { entry: { key: { file: 'ec.pem' } } }),
    'ES256',
  ],
  [
    'of a file with its entry in a configuration',
    async () => {
      const loaded = await loadPolicy('partner', { configuration: write('mintproc.yaml', stringify(settings)) });
      if (!loaded.ok) throw new Error(loaded.problems[0]?.text);
      return loaded;
    },
    'HS256',
  ],
];

for (const [name, loading, alg] of policies) {
  test(`a policy ${name}`, async () => {
    const loaded = await loading();
    assert.equal(loaded.dialect, 'flex');
    const minted = await loaded.mint({ request: { path: '/' } }, { at });
    assert.ok(minted.ok);
    assert.deepEqual([minted.header['alg'], minted.claims?.['iat']], [alg, 1767225600]);
  });
}

test('a policy that mints no token says why', async () => {
  const loaded = await policyOf(policy({ privateKey: secret, customClaims: [number] }), {
    entry: { expressions: 'dataweave' },
  });
  const refused = await loaded.mint({ request: { headers: { n: 'x' } } }, { at });
  assert.ok(!refused.ok);
  assert.deepEqual([refused.error.code, refused.error.claim, refused.problems], ['dataweave.conversion', 'n', []]);
  const unusable = await loaded.mint({ request: { pth: '/' } } as RequestInput, { at });
  assert.ok(!unusable.ok);
  assert.deepEqual([unusable.error.code, unusable.problems.length], ['trial.unknown-key', 1]);
});

test('a policy that requires a caller refuses a request without one', async () => {
  const loaded = await policyOf(policy({ privateKey: secret }), { entry: { requireCaller: true } });
  const refused = await loaded.mint({}, { at });
  assert.ok(!refused.ok && refused.error.code === 'identity.missing');
  assert.ok((await loaded.mint({ caller: { claims: { sub: 'alice' } } }, { at })).ok);
});

test('the order of requests does not matter: no token is reused', async () => {
  const policies = [{ name: 'partner', file: 'partner.yaml', key, reuse: { for: '30s' } }];
  const { request } = await load({ policies, routes: [{ match: {}, policies: ['partner'] }] });
  const issued: unknown[] = [];
  for (const seconds of ['10', '15', '12']) {
    const [minted] = (await request({}, { at: seconds })).policies;
    issued.push(minted?.result === 'minted' && minted.claims?.['iat']);
  }
  assert.deepEqual(issued, [10, 15, 12]);
});

test('a request whose policy Envoy names takes no route', async () => {
  const { request } = await load({ allowRoutePolicy: true });
  const answer = await request({ request: { path: '/both', routePolicy: 'partner' } }, { at });
  assert.deepEqual([answer.ok, answer.route, answer.policies.map((one) => one.policy)], [true, undefined, ['partner']]);
});

test('a secret of the configuration that a request repeats never becomes a claim', async () => {
  write(
    'secret.xml',
    '<GenerateJWT name="a"><Algorithm>HS256</Algorithm><SecretKey><Value ref="private.s"/></SecretKey><Subject ref="copy"/></GenerateJWT>',
  );
  const { request } = await load({
    policies: [{ name: 'a', file: 'secret.xml' }],
    routes: [{ match: {}, policies: ['a'] }],
    variables: { 'private.s': { file: write('secret.txt', secret) }, copy: 'x' },
  });
  const answer = await request({ variables: { copy: secret, 'private.s': secret } }, { at });
  const [minted] = answer.policies;
  assert.ok(minted?.result === 'minted', JSON.stringify(answer));
  assert.doesNotMatch(JSON.stringify(minted.claims), new RegExp(secret));
});

test('a secret that a request repeats never becomes a claim', async () => {
  const apigee = `<GenerateJWT name="a"><Algorithm>HS256</Algorithm><SecretKey><Value ref="private.secret"/></SecretKey>
    <AdditionalClaims><Claim name="c" ref="copy"/></AdditionalClaims></GenerateJWT>`;
  const loaded = await policyOf(apigee, { secrets: { 'private.secret': secret } });
  const minted = await loaded.mint({ variables: { copy: secret, 'private.secret': secret } }, { at });
  assert.doesNotMatch(JSON.stringify(minted.ok ? minted.claims : minted), new RegExp(secret));
});

const evaluated: [name: string, expression: string, options: EvaluateOptions, expected: object][] = [
  ['a value', "upper('a')", {}, { value: 'A' }],
  ['of the request', 'attributes.method', { inputs: { attributes: { method: 'PUT' } } }, { value: 'PUT' }],
  ['of the caller', 'authentication.principal', { inputs: { authentication: { principal: 'a' } } }, { value: 'a' }],
  ['of the payload', 'payload.a', { inputs: { payload: { a: [1] } } }, { value: [1] }],
  ['of variables', 'vars.a', { inputs: { vars: { a: true } } }, { value: true }],
  ['of DataWeave', '1 to 3', { profile: 'dataweave' }, { value: [1, 2, 3] }],
  ['at a time', 'now() as String', { profile: 'dataweave', at }, { value: '2026-01-01T00:00:00Z' }],
  [
    'a Date is the text that JSON has',
    'payload',
    { inputs: { payload: new Date(0) } },
    { value: '1970-01-01T00:00:00.000Z' },
  ],
  ['a payload that is not given', 'payload', {}, { stage: 'load', code: 'dataweave.unbound-input' }],
  ['a wrong expression', 'upper(', {}, { stage: 'load', code: 'dataweave.unexpected-token' }],
  [
    'no value for any request',
    "'x' as Number",
    { profile: 'dataweave' },
    { stage: 'load', code: 'dataweave.conversion' },
  ],
  [
    'no value for a request',
    'payload as Number',
    { profile: 'dataweave', inputs: { payload: 'x' } },
    { stage: 'request', code: 'dataweave.conversion' },
  ],
  ['a wrong input', '1', { inputs: { pay: 1 } as object }, { stage: 'inputs', code: 'trial.invalid-value' }],
  [
    'a wrong header',
    '1',
    { inputs: { attributes: { headers: { a: 1 } } } as object },
    { stage: 'inputs', code: 'trial.invalid-value' },
  ],
  ['the deepest payload', '1', { inputs: { payload: nested(deepestJson - 1) } }, { value: 1 }],
  [
    'a payload that is too deep',
    '1',
    { inputs: { payload: nested(deepestJson) } },
    { stage: 'inputs', code: 'trial.too-large' },
  ],
  [
    'a payload that JSON.stringify cannot write',
    '1',
    { inputs: { payload: nested(20_000, new Date(0)) } },
    { stage: 'inputs', code: 'trial.too-large' },
  ],
];

for (const [name, expression, options, expected] of evaluated) {
  test(`an expression: ${name}`, () => {
    const answer = evaluate(expression, options);
    assert.deepEqual(answer.ok ? { value: answer.value } : { stage: answer.stage, code: answer.error.code }, expected);
  });
}

test('numbers keep all their digits, but for Flex Gateway', () => {
  const payload = JSON.parse('[9007199254740993]', (_, value, context?: { source: string }) =>
    typeof value === 'number'
      ? (JSON as unknown as { rawJSON(text?: string): unknown }).rawJSON(context?.source)
      : value,
  );
  const value = (profile: 'dataweave' | 'flex'): unknown => {
    const answer = evaluate('payload', { profile, inputs: { payload } });
    return answer.ok && JSON.stringify(answer.value);
  };
  assert.equal(value('dataweave'), '[9007199254740993]');
  // Flex Gateway computes with doubles.
  assert.equal(value('flex'), '[9007199254740992]');
});

const itself: { self?: object } = {};
itself.self = itself;

const programming: [name: string, call: () => unknown][] = [
  ['a configuration without a path', () => loadConfiguration(undefined as unknown as string)],
  ['a string that is not a time', () => loadConfiguration('a', { now: 'tomorrow' })],
  ['a number as a time', () => configuration.request({}, { at: 1 as unknown as Date })],
  ['an invalid Date', () => configuration.request({}, { at: new Date('x') })],
  ['no request', () => configuration.request(undefined as unknown as RequestInput)],
  ['a list as a request', () => configuration.request([] as RequestInput)],
  ['a request that refers to itself', () => configuration.request({ variables: itself as never })],
  ['a request with a BigInt', () => configuration.request({ variables: { a: 1n as never } })],
  ['a policy without text', () => loadPolicy({ text: 1 as never })],
  ['a policy without a path', () => loadPolicy(1 as never)],
  ['an expression that is not text', () => evaluate(1 as never)],
  ['an unknown profile', () => evaluate('1', { profile: 'mel' as never })],
  ['inputs that are not an object', () => evaluate('1', { inputs: 1 as never })],
];

for (const [name, call] of programming) {
  test(`a mistake of the program is a TypeError: ${name}`, () => assert.rejects(async () => call(), TypeError));
}
