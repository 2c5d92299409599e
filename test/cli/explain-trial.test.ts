import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCommand, writeFiles } from './captured-terminal.ts';

const secret = 'a-secret-of-at-least-32-bytes-for-tests';
const flex = (claims: string): string =>
  `- policyRef: { name: jwt-generation-flex }\n  config: { signingMethod: HS256, privateKey: ${secret}, exp: 60, customClaims: [${claims}] }\n`;

const files = writeFiles({
  'partner.yaml': flex(
    `{ name: sub, value: "#[authentication.principal]" }, { name: tenant, value: "#[attributes.headers['x-tenant']]" }, { name: "#[attributes.method]", value: "1" }, { name: iss, value: urn:a }`,
  ),
  'never.yaml': flex(`{ name: a, value: "#['u-' ++ authentication.clientName]" }, { name: b, value: c }`),
  'generate.xml': `<GenerateJWT name="G">
  <Algorithm>HS256</Algorithm>
  <SecretKey><Value ref="private.key"/></SecretKey>
  <Subject ref="tenant"/>
  <Id/>
  <AdditionalClaims><Claim name="again" ref="tenant">none</Claim></AdditionalClaims>
</GenerateJWT>
`,
  'assembly.yaml': `execute:
  - jwt-generate:
      version: 2.0.0
      jwt: generated
      iss-claim: iss
      aud-claim: request.headers.x-tenant
      exp-claim: 60
      private-claims: more
      jws-alg: HS256
      jws-crypto: signer
`,
  'secret.txt': secret,
  'mintproc.yaml': `policies:
  - { name: partner, file: partner.yaml }
  - { name: never, file: never.yaml }
  - { name: generate, file: generate.xml, output: { header: x-apigee } }
  - { name: assembly, file: assembly.yaml, output: { header: x-datapower }, key: { file: secret.txt } }
variables:
  private.key: { file: secret.txt }
  tenant: { header: x-tenant }
  iss: urn:b
  more: { expression: authentication.properties.claims }
routes:
  - { match: { host: b.example.com, headers: { x-api-key: ${secret} } }, policies: [never] }
  - { match: { method: [POST], pathPrefix: /orders }, policies: [never] }
  - { match: { pathPrefix: /orders }, policies: [partner, generate, assembly] }
  - { match: { pathPrefix: /never }, policies: [never] }
authentication: { sources: [{ from: jwt_authn, as: jwt-validation }] }
`,
  'order.yaml':
    'request: { path: /orders/7, host: a.example.com, headers: { x-tenant: t1 } }\ncaller: { claims: { sub: alice, client_id: alice, roles: [admin] } }\n',
  'never-path.yaml': 'request: { path: /never }\n',
  'elsewhere.yaml': 'request: { path: /else }\n',
});

const at = '2026-01-01T00:00:00Z';

async function explained(request: keyof typeof files, ...more: string[]) {
  const line = ['explain', '--config', files['mintproc.yaml'], '--request', files[request], '--at', at, ...more];
  const { code, out, errors } = await runCommand([...line, '--format', 'json']);
  assert.equal(code, 0, errors);
  return JSON.parse(out);
}

interface Member {
  readonly name: string;
  readonly value?: unknown;
  readonly type: string;
  readonly expression?: string;
  readonly reads?: readonly object[];
}

const rowOf = ({ name, value, type, expression, reads }: Member) => [name, value, type, expression, reads];
const caller = { input: 'authentication.principal', value: 'alice' };
const tenant = { input: 'attributes.headers.x-tenant', value: 't1' };

test('explain says which route matched, and why those before did not', async () => {
  const { routes, outcome } = await explained('order.yaml');
  assert.equal(outcome, 'forward');
  assert.deepEqual(
    routes.map(({ number, line, matches, unmet }: Record<string, unknown>) => [number, line, matches, unmet]),
    [
      [1, 12, false, ['host b.example.com', 'headers x-api-key']],
      [2, 13, false, ['method POST']],
      [3, 14, true, []],
    ],
  );
});

test('explain shows each claim of a Flex policy with what it read', async () => {
  const { policies } = await explained('order.yaml', '--policy-name', 'partner');
  assert.equal(policies.length, 1);
  assert.deepEqual(policies[0].claims.map(rowOf), [
    ['sub', 'alice', 'string', '#[authentication.principal]', [caller]],
    ['tenant', 't1', 'string', "#[attributes.headers['x-tenant']]", [tenant]],
    ['GET', '1', 'string', '1', [{ input: 'attributes.method', value: 'GET' }]],
    ['iss', 'urn:a', 'string', 'urn:a', undefined],
    ['exp', 1767225660, 'number', '60', undefined],
    ['iat', 1767225600, 'number', undefined, undefined],
  ]);
});

test('explain shows a variable that two claims of an Apigee policy read in both', async () => {
  const { policies } = await explained('order.yaml', '--policy-name', 'generate');
  const { claims, reuse } = policies[0];
  assert.match(reuse, /`jti` is new for each token/);
  assert.deepEqual(claims.slice(0, 2).map(rowOf), [
    ['again', 't1', 'string', '<Claim name="again" ref="tenant">none</Claim>', [tenant]],
    ['sub', 't1', 'string', '<Subject ref="tenant"/>', [tenant]],
  ]);
});

test('explain shows the members of an object that a DataPower policy adds', async () => {
  const { policies } = await explained('order.yaml', '--policy-name', 'assembly');
  const shown = policies[0].claims.filter(({ name }: Member) => ['roles', 'client_id', 'aud'].includes(name));
  assert.deepEqual(
    shown.map(({ name, value, type, expression }: Member) => [name, value, type, expression]),
    [
      ['aud', 't1', 'string', 'request.headers.x-tenant'],
      ['client_id', 'alice', 'string', 'more'],
      ['roles', ['admin'], 'list', 'more'],
    ],
  );
});

test('explain shows a claim that fails, and the refusal as the client gets it', async () => {
  const { outcome, refusal, policies, routes } = await explained('never-path.yaml');
  assert.deepEqual([outcome, refusal.status, routes.length], ['refuse', 500, 4]);
  const [{ result, error, claims }] = policies;
  assert.deepEqual([result, error.code, error.claim, error.line], ['refused', 'dataweave.type-mismatch', 'a', 2]);
  assert.equal(claims[0].error.code, 'dataweave.type-mismatch');
  assert.deepEqual(claims[0].reads, [{ input: 'authentication.clientName', value: null }]);
});

test('explain says that no route matches', async () => {
  const { outcome, why, policies, routes } = await explained('elsewhere.yaml');
  assert.deepEqual([outcome, policies, routes.length], ['untouched', [], 4]);
  assert.match(why, /No route matches/);
});

test('explain of one policy needs no route', async () => {
  const { policies, routes } = await explained('order.yaml', '--policy', 'never');
  assert.equal(routes, undefined);
  assert.equal(policies[0].result, 'refused');
});

test('explain shows a person the same, without keys and the values that routes compare', async () => {
  const line = ['explain', '--config', files['mintproc.yaml'], '--request', files['order.yaml'], '--at', at];
  const { code, out, errors } = await runCommand(line);
  assert.equal(code, 0);
  assert.match(out, /^GET https:\/\/a\.example\.com\/orders\/7 at 2026-01-01T00:00:00\.000Z\n\nroute 1 /);
  assert.match(
    out,
    / {4}sub {2}"alice" {2}string\n {6}from each request: #\[authentication\.principal\] \(.*:2:\d+\)\n/,
  );
  assert.match(out, / {4}exp {2}1767225660 {2}number, 2026-01-01T00:01:00\.000Z\n/);
  assert.ok(!(out + errors).includes(secret));
});

const usage: readonly [line: readonly string[], error: RegExp][] = [
  [['--request', files['order.yaml']], /--policy and --config is required/],
  [['--config', files['mintproc.yaml']], /--policy is required, or --config and --request/],
  [['--config', files['mintproc.yaml'], '--request', files['order.yaml'], '--at', 'noon'], /--at takes seconds/],
];

for (const [line, error] of usage) {
  test(`explain ${line.length} words is a wrong command line: ${error.source}`, async () => {
    const { code, errors } = await runCommand(['explain', ...line]);
    assert.equal(code, 2);
    assert.match(errors, error);
  });
}
