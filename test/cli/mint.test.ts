import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compactVerify } from 'jose';
import { runCommand, writeFiles } from './captured-terminal.ts';

const policy = (config: string): string =>
  `- policyRef: { name: jwt-generation-flex }\n  config: { iat: true, exp: 60, ${config} }\n`;
const claims = `customClaims: [{ name: sub, value: "#['u-' ++ authentication.principal]" }]`;

const files = writeFiles({
  'own-key.yaml': policy(`signingMethod: HS256, privateKey: own-secret, ${claims}`),
  'no-key.yaml': policy(`signingMethod: HS256, ${claims}`),
  'broken.yaml': policy('signingMethod: HS257'),
  'narrow.yaml': `${policy('signingMethod: HS256, privateKey: own-secret')}  rules: [{ path: /orders }]\n`,
  'secret.txt': 'mounted-secret\n',
  'mintproc.yaml':
    'policies:\n  - name: partner\n    file: no-key.yaml\n    key: { file: secret.txt }\n    output: { header: x-token, prefix: "" }\nroutes: [{ match: {}, policies: [partner] }]\n',
  'request.json': '{"authentication": {"principal": "alice"}}',
  'anonymous.json': '{}',
  'large.json': JSON.stringify({ authentication: { principal: 'x'.repeat(13_000) } }),
  'public.json': '{"attributes": {"requestPath": "/public"}}',
  'unknown.json': '{"auth": {"principal": "alice"}}',
  'broken.json': '{"variables": {},\n}',
});

async function claimsOf(token: string, secret: string): Promise<unknown> {
  return JSON.parse(Buffer.from((await compactVerify(token, Buffer.from(secret))).payload).toString());
}

test('mint --format json gives the token, its parts and the header to send', async () => {
  const { code, out } = await runCommand([
    'mint',
    '--policy',
    files['own-key.yaml'],
    '--request',
    files['request.json'],
    '--format',
    'json',
    '--at',
    '1000',
  ]);
  assert.equal(code, 0);
  const { ok, token, header, claims, output } = JSON.parse(out);
  assert.equal(ok, true);
  assert.deepEqual(header, { alg: 'HS256', typ: 'JWT' });
  assert.deepEqual(claims, { sub: 'u-alice', exp: 1060, iat: 1000 });
  assert.deepEqual(output, { header: 'authorization', value: `Bearer ${token}` });
  assert.deepEqual(await claimsOf(token, 'own-secret'), claims);
});

test('mint --config takes key and output from the entry', async () => {
  const line = [
    'mint',
    '--policy',
    files['no-key.yaml'],
    '--request',
    files['request.json'],
    '--config',
    files['mintproc.yaml'],
  ];
  const { code, out } = await runCommand([...line, '--format', 'json']);
  assert.equal(code, 0);
  const { token, output } = JSON.parse(out);
  assert.deepEqual(output, { header: 'x-token', value: token });
  assert.deepEqual(await claimsOf(token, 'mounted-secret'), { sub: 'u-alice', exp: 1700000060, iat: 1700000000 });
});

test('mint shows the header, and what the token says, to a person', async () => {
  const { code, out, errors } = await runCommand([
    'mint',
    '--policy',
    files['own-key.yaml'],
    '--request',
    files['request.json'],
  ]);
  assert.equal(code, 0);
  assert.match(out, /^authorization: Bearer eyJ[\w.-]+\n\nheader \{[\s\S]*\nclaims \{[\s\S]*"sub": "u-alice"/);
  assert.match(errors, /warning: .*jose\.short-secret/);
});

const failures: readonly [name: string, line: readonly string[], code: number, error: RegExp][] = [
  [
    'a request without what the policy needs',
    ['--policy', files['own-key.yaml'], '--request', files['anonymous.json']],
    1,
    /own-key\.yaml:2:\d+: no token: claim `sub`: .*dataweave\.type-mismatch/,
  ],
  [
    'a request outside the rules of the policy',
    ['--policy', files['narrow.yaml'], '--request', files['public.json']],
    1,
    /none of the rules of the policy.*policy\.outside-rules/,
  ],
  [
    'a token that is too large for a header',
    ['--policy', files['own-key.yaml'], '--request', files['large.json']],
    1,
    /No token: .*more than 16384 bytes\. \[mint\.token-too-large\]/,
  ],
  [
    'a policy that does not load',
    ['--policy', files['broken.yaml'], '--request', files['request.json']],
    1,
    /broken\.yaml:2:\d+: error:.*policy\.invalid-value/,
  ],
  [
    'a policy without a key',
    ['--policy', files['no-key.yaml'], '--request', files['request.json']],
    1,
    /keys\.missing/,
  ],
  [
    'a policy that the configuration does not name',
    ['--policy', files['own-key.yaml'], '--request', files['request.json'], '--config', files['mintproc.yaml']],
    1,
    /config\.unknown-policy/,
  ],
  [
    'no policy file',
    ['--policy', 'nowhere.yaml', '--request', files['request.json']],
    1,
    /nowhere\.yaml does not exist/,
  ],
  [
    'no configuration file',
    ['--policy', files['own-key.yaml'], '--request', files['request.json'], '--config', 'nowhere.yaml'],
    1,
    /nowhere\.yaml does not exist/,
  ],
  [
    'a request with an unknown key',
    ['--policy', files['own-key.yaml'], '--request', files['unknown.json']],
    1,
    /the unknown key `auth`\. Did you mean `authentication`\?/,
  ],
  [
    'a request that is not JSON',
    ['--policy', files['own-key.yaml'], '--request', files['broken.json']],
    1,
    /broken\.json is not JSON: look at line 2, column 1\./,
  ],
  ['no request', ['--policy', files['own-key.yaml']], 2, /The option --request is required/],
  [
    'an invalid time',
    ['--policy', files['own-key.yaml'], '--request', files['request.json'], '--at', 'noon'],
    2,
    /--at takes seconds since the epoch or a time such as/,
  ],
  ['no policy and no configuration', ['--request', files['request.json']], 2, /--policy and --config is required/],
  [
    'one policy of a route and a policy without routes',
    ['--policy', files['own-key.yaml'], '--policy-name', 'a', '--request', files['request.json']],
    2,
    /--policy-name has no meaning/,
  ],
];

for (const [name, line, code, error] of failures) {
  test(`mint: ${name}`, async () => {
    const ran = await runCommand(['mint', ...line]);
    assert.equal(ran.code, code);
    assert.equal(ran.out, '');
    assert.match(ran.errors, error);
    assert.doesNotMatch(ran.errors, /own-secret|mounted-secret/);
  });
}

test('mint --jsonl answers each line in order', async () => {
  const request = { authentication: { principal: 'bob' } };
  const lines = [
    { policy: files['own-key.yaml'], request, at: 5 },
    { policy: files['no-key.yaml'], entry: { key: { file: 'secret.txt' }, output: { header: 'X-B' } }, request, at: 5 },
    { policy: files['own-key.yaml'], request: {} },
    { policy: files['own-key.yaml'], entry: { outptu: {} }, request },
    { policy: files['broken.yaml'], request },
  ];
  const { code, out } = await runCommand(
    ['mint', '--jsonl'],
    lines.map((line) => JSON.stringify(line)),
  );
  assert.equal(code, 0);
  const answers = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    answers.map(({ ok, output, error }) => (ok ? output.header : error.code)),
    ['authorization', 'x-b', 'dataweave.type-mismatch', 'config.unknown-key', 'policy.invalid-value'],
  );
  assert.deepEqual(answers[0].claims, { sub: 'u-bob', exp: 65, iat: 5 });
  assert.deepEqual(await claimsOf(answers[1].token, 'mounted-secret'), { sub: 'u-bob', exp: 65, iat: 5 });
});

test('mint --jsonl answers a line that it cannot read, and goes on', async () => {
  const policy = files['own-key.yaml'];
  const lines = [
    { policy: 1 },
    { policy, request: { attributes: { method: 1 } } },
    { policy, request: { authentication: { principal: 'eve' } } },
  ];
  const ran = await runCommand(
    ['mint', '--jsonl'],
    lines.map((line) => JSON.stringify(line)),
  );
  assert.equal(ran.code, 1);
  const answers = ran.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    answers.map(({ ok, error }) => [ok, error?.code]),
    [
      [false, 'cli.malformed-line'],
      [false, 'cli.malformed-line'],
      [true, undefined],
    ],
  );
  assert.match(answers[1].error.message, /`attributes\.method` of the request of line 2/);
});

test('mint --policy --format token prints nothing but the token', async () => {
  const line = ['mint', '--policy', files['own-key.yaml'], '--request', files['request.json'], '--format', 'token'];
  const { code, out } = await runCommand(line);
  assert.equal(code, 0);
  assert.deepEqual(await claimsOf(out.trimEnd(), 'own-secret'), { sub: 'u-alice', exp: 1700000060, iat: 1700000000 });
  assert.equal(out, `${out.trim()}\n`);
});
