import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCommand, writeFiles } from './captured-terminal.ts';

const secret = 'a-secret-of-at-least-32-bytes-for-tests';
const policy = (claims: string): string =>
  `- policyRef: { name: jwt-generation-flex }\n  config: { signingMethod: HS256, privateKey: ${secret}, exp: 60, customClaims: [${claims}] }\n`;

const files = writeFiles({
  'partner.yaml': policy(`{ name: sub, value: "#['u-' ++ authentication.principal]" }`),
  'by-tenant.yaml': policy(`{ name: tenant, value: "#[attributes.headers['x-tenant']]" }`),
  'narrow.yaml': `${policy('{ name: a, value: b }')}  rules: [{ path: /narrow/only }]\n`,
  'never.yaml': policy(`{ name: a, value: "#['u-' ++ authentication.clientName]" }`),
  'mintproc.yaml': `policies:
  - { name: partner, file: partner.yaml }
  - { name: tenant, file: by-tenant.yaml, output: { header: x-tenant-token, prefix: '' } }
  - { name: narrow, file: narrow.yaml }
  - { name: lenient, file: never.yaml, onError: pass }
  - { name: strict, file: never.yaml }
routes:
  - { match: { pathPrefix: /orders }, policies: [partner, tenant], requireCaller: true }
  - { match: { pathPrefix: /narrow }, policies: [narrow] }
  - { match: { pathPrefix: /lenient }, policies: [lenient] }
  - { match: { pathPrefix: /strict }, policies: [strict] }
  - { match: { pathPrefix: /closed }, deny: true }
authentication: { sources: [{ from: jwt_authn }] }
`,
  'broken.yaml': 'policies: [{ name: a, file: none.yaml }]\nroutes: []\n',
  'order.yaml':
    'request:\n  path: /orders/7\n  headers: { X-Tenant: t1 }\ncaller:\n  claims: { sub: alice }\nvariables: {}\n',
  'order.json':
    '{"attributes": {"requestUri": "/orders/7", "method": "GET", "headers": {"x-tenant": "t1", "host": "a"}}, "authentication": {"principal": "alice"}}',
  'braces.yaml': '{request: {path: /orders/7, headers: {x-tenant: t1}}, caller: {claims: {sub: alice}}}\n',
  'nobody.yaml': 'request: { path: /orders/7 }\n',
  'narrow-path.yaml': 'request: { path: /narrow/other }\n',
  'lenient.yaml': 'request: { path: /lenient }\n',
  'strict.yaml': 'request: { path: /strict }\n',
  'closed.yaml': 'request: { path: /closed }\n',
  'tenant.yaml': 'request: { path: /closed, headers: { x-tenant: t2 } }\n',
  'elsewhere.yaml': 'request: { path: /else }\n',
  'misspelt.json': '{"request": {"paht": "/"}}',
  'misspelt-key.json': '{"requst": {}}',
  'no-source.yaml': 'caller: { claims: { sub: a }, from: ext_authz }\n',
  'empty.yaml': '# nothing\n',
});

function mint(request: keyof typeof files, ...more: string[]) {
  return runCommand(['mint', '--config', files['mintproc.yaml'], '--request', files[request], ...more]);
}

for (const request of ['order.yaml', 'braces.yaml', 'order.json'] as const) {
  test(`mint shows every token that ${request} gets on its route`, async () => {
    const { code, out } = await mint(request, '--format', 'json', '--at', '2026-01-01T00:00:00Z');
    const { ok, outcome, policies } = JSON.parse(out);
    assert.deepEqual([code, ok, outcome], [0, true, 'forward']);
    assert.deepEqual(
      policies.map((one: Record<string, { header: string }>) => [one['policy'], one['output']?.header, one['claims']]),
      [
        ['partner', 'authorization', { sub: 'u-alice', exp: 1767225660, iat: 1767225600 }],
        ['tenant', 'x-tenant-token', { tenant: 't1', exp: 1767225660, iat: 1767225600 }],
      ],
    );
  });
}

test('mint shows one policy of the route', async () => {
  const { code, out } = await mint('order.yaml', '--policy-name', 'tenant');
  assert.equal(code, 0);
  assert.match(out, /^x-tenant-token: eyJ[\w.-]+\n\nheader \{[\s\S]*"tenant": "t1"/);
  assert.doesNotMatch(out, /authorization/);
});

test('mint of a policy without its routes takes what a client sends, too', async () => {
  const { code, out } = await mint('tenant.yaml', '--policy', 'tenant');
  assert.equal(code, 0);
  assert.match(out, /"tenant": "t2"/);
});

const withoutToken: readonly [
  request: keyof typeof files,
  outcome: string,
  results: readonly string[],
  text: RegExp,
][] = [
  ['nobody.yaml', 'refuse', ['not-run', 'not-run'], /refused with 401\..* \[identity\.missing\]/],
  ['narrow-path.yaml', 'forward', ['outside-rules'], /narrow: The request matches none of the rules/],
  ['lenient.yaml', 'forward', ['passed'], /no token: claim `a`: .* The request goes on without it/],
  ['strict.yaml', 'refuse', ['refused'], /no token: claim `a`: [\s\S]*refused with \d+\./],
  ['closed.yaml', 'refuse', [], /refused with 403\..* \[route\.denied\]/],
  ['elsewhere.yaml', 'untouched', [], /No route matches/],
];

for (const [request, outcome, results, text] of withoutToken) {
  test(`mint says why ${request} gets no token`, async () => {
    const shown = await mint(request);
    assert.deepEqual([shown.code, shown.out], [1, '']);
    assert.match(shown.errors, text);
    const json = JSON.parse((await mint(request, '--format', 'json')).out);
    assert.deepEqual(
      [json.ok, json.outcome, json.policies.map(({ result }: { result: string }) => result)],
      [false, outcome, results],
    );
  });
}

const mistakes: readonly [request: keyof typeof files, more: readonly string[], error: RegExp][] = [
  ['misspelt.json', [], /misspelt\.json:1:\d+: error: Unknown key `paht`\. \[trial\.unknown-key\]\n.*`path`/],
  ['misspelt-key.json', [], /Unknown key `requst`[\s\S]*Did you mean `request`\?/],
  ['no-source.yaml', [], /no-source\.yaml:1:\d+: error: No source .* \[trial\.invalid-value\]\n[\s\S]*jwt_authn/],
  ['empty.yaml', [], /trial\.(?:missing-key|wrong-type)/],
  ['order.yaml', ['--policy-name', 'tenatn'], /no policy `tenatn`\. Did you mean `tenant`\?/],
  ['order.yaml', ['--config', files['broken.yaml']], /config\.unreadable-file/],
];

for (const [request, more, error] of mistakes) {
  test(`mint of ${[request, ...more].join(' ')} says what is wrong`, async () => {
    const { code, out, errors } = await mint(request, ...more);
    assert.deepEqual([code, out], [1, '']);
    assert.match(errors, error);
  });
}

test('mint --format token prints nothing but the tokens, each on a line', async () => {
  const { code, out, errors } = await mint('order.yaml', '--format', 'token');
  assert.deepEqual([code, errors], [0, '']);
  assert.match(out, /^(?:eyJ[\w-]+\.[\w-]+\.[\w-]+\n){2}$/);
});

test('mint --format token prints no token for a request that gets none', async () => {
  const { code, out, errors } = await mint('strict.yaml', '--format', 'token');
  assert.deepEqual([code, out], [1, '']);
  assert.notEqual(errors, '');
});
