import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCommand, writeFiles } from './captured-terminal.ts';

const flex = (claims: string): string =>
  `- policyRef: { name: jwt-generation-flex }\n  config: { signingMethod: HS256, privateKey: "an-own-secret-of-at-least-32-bytes", exp: 60, customClaims: [${claims}] }\n`;

/** @param routes after that of `/a`, as text */
function keeping(policies: string, chain: string, routes = ''): string {
  return `policies: [${policies}]\nroutes: [{ match: { pathPrefix: /a }, policies: ${chain} }${routes}]\nauthentication: { sources: [{ from: jwt_authn, payload: payload }] }\n`;
}

const files = writeFiles({
  'plain.yaml': flex(`{ name: tenant, value: a-constant }, { name: sub, value: "#[authentication.principal]" }`),
  'named.yaml': flex(`{ name: "#[attributes.method]", value: x }, { name: jti, value: "#[uuid()]" }`),
  'narrow.yaml': `${flex('')}  rules: [{ path: /orders }, { methods: GET }]\n`,
  'broken.yaml': flex('{ name: a }'),
  'constant.yaml': flex('{ name: sub, value: x }'),
  'addressed.yaml': flex('{ name: sub, value: "#[attributes.remoteAddress]" }'),
  'kept.yaml': keeping(
    '{ name: a, file: plain.yaml, reuse: { for: 30s } }, { name: b, file: constant.yaml }',
    '[a]',
    ', { match: { routeName: b }, policies: [b] }',
  ),
  'brief.yaml': keeping('{ name: a, file: plain.yaml, reuse: { for: 30s, inEnvoy: 0s } }', '[a]'),
  'chained.yaml': keeping(
    '{ name: a, file: plain.yaml, reuse: { for: 30s } }, { name: b, file: constant.yaml, output: { header: x-b } }, { name: c, file: constant.yaml, reuse: { for: 30s } }',
    '[a, b]',
    ', { match: { routeName: c }, policies: [c] }',
  ),
  'addressing.yaml': keeping('{ name: a, file: addressed.yaml, reuse: { for: 30s } }', '[a]'),
  'filed.yaml': keeping('{ name: a, file: constant.yaml, sds: { file: a.json } }', '[a]'),
  'mintproc.yaml':
    'policies: [{ name: a, file: plain.yaml, onError: pass, output: { header: x-token, prefix: "" } }]\nroutes: [{ match: {}, policies: [a] }]\nauthentication: { sources: [{ from: jwt_authn, joinLists: [] }] }\n',
});

test('explain says where everything comes from, and shows constants and expressions, but no key', async () => {
  const { code, out } = await runCommand(['explain', '--policy', files['plain.yaml'], '--format', 'json']);
  assert.equal(code, 0);
  const { token, output, onError, header, claims, envoyReads } = JSON.parse(out);
  assert.deepEqual(envoyReads.namespaces, ['envoy.filters.http.jwt_authn', 'envoy.filters.http.ext_authz']);
  assert.deepEqual(
    [token, output, onError],
    ['signed with HS256', 'authorization: Bearer …', 'the request is refused'],
  );
  assert.deepEqual(header, [
    {
      ...{ name: 'alg', comes: 'the same for every request', value: 'HS256', type: 'string' },
      ...{ expression: 'HS256', file: files['plain.yaml'], line: 2, column: 28 },
    },
    { name: 'typ', comes: 'the same for every request', value: 'JWT', type: 'string' },
  ]);
  assert.deepEqual(claims, [
    {
      ...{ name: 'tenant', comes: 'the same for every request', value: 'a-constant', type: 'string' },
      ...{ expression: 'a-constant', file: files['plain.yaml'], line: 2, column: 132 },
    },
    {
      name: 'sub',
      comes: 'from each request',
      expression: '#[authentication.principal]',
      file: files['plain.yaml'],
      line: 2,
      column: 166,
    },
    {
      ...{ name: 'exp', comes: 'the time of minting + 60 s' },
      ...{ expression: '60', file: files['plain.yaml'], line: 2, column: 90 },
    },
    { name: 'iat', comes: 'the time of minting' },
  ]);
  assert.doesNotMatch(out, /own-secret/);
});

const texts: readonly [name: string, line: readonly string[], out: RegExp][] = [
  [
    'what a token is kept under',
    ['--policy', 'a', '--config', files['kept.yaml']],
    /inEnvoy +with `gen envoy --reuse-in-envoy`, a token is kept for 5 s at most, by the route, the claims of the caller's token, the path\n/,
  ],
  [
    'a policy that does not ask',
    ['--policy', 'b', '--config', files['kept.yaml']],
    /inEnvoy +nothing is kept: its tokens are not reused for longer than a second\n/,
  ],
  [
    'no time in Envoy',
    ['--policy', 'a', '--config', files['brief.yaml']],
    /inEnvoy +nothing is kept: `inEnvoy` is 0s\n/,
  ],
  [
    'a chain with others',
    ['--policy', 'a', '--config', files['chained.yaml']],
    /inEnvoy +nothing is kept: each route with this policy has others whose tokens are not kept, or there is none\n/,
  ],
  [
    'what a key cannot hold',
    ['--policy', 'a', '--config', files['addressing.yaml']],
    /inEnvoy +nothing is kept: `a`: the claim `sub` reads an attribute of Envoy, which the key of a kept token cannot hold\./,
  ],
  [
    'a token in a file',
    ['--policy', 'a', '--config', files['filed.yaml']],
    /inEnvoy +it has the token from the file of `sds`, and asks for none\n/,
  ],
  [
    'nothing of Envoy for a file alone',
    ['--policy', files['plain.yaml']],
    /inEnvoy +nothing is kept: its tokens are not reused for longer than a second\n/,
  ],
  [
    'the entry of a configuration',
    ['--policy', files['plain.yaml'], '--config', files['mintproc.yaml']],
    /output +x-token: …\n +onError +the request continues without a token/,
  ],
  [
    'a name that the request gives',
    ['--policy', files['named.yaml']],
    /\(named by the request\) +from each request: x/,
  ],
  [
    'the claims that are joined by default',
    ['--policy', files['plain.yaml']],
    /joins +the claims scope, scp, permission of jwt_authn, joined by spaces\n/,
  ],
  [
    'no claim that is joined',
    ['--policy', files['plain.yaml'], '--config', files['mintproc.yaml']],
    /joins +no claim\n/,
  ],
  ['that every request gets a token', ['--policy', files['plain.yaml']], /requests +every request of a route/],
  ['that the policy has rules', ['--policy', files['narrow.yaml']], /requests +those that match one of the 2 rules/],
  [
    'what Envoy must send for the policy',
    ['--policy', files['plain.yaml'], '--config', files['mintproc.yaml']],
    /envoy +forwarding_namespaces: \[envoy\.filters\.http\.jwt_authn\]\n/,
  ],
  ['that Envoy need not be asked for more', ['--policy', files['named.yaml']], /envoy +sends enough by default\n/],
  ['why tokens are not reused', ['--policy', files['named.yaml']], /reuse +a new token is minted for every request: /],
];

for (const [name, line, out] of texts) {
  test(`explain shows ${name}`, async () => {
    const ran = await runCommand(['explain', ...line]);
    assert.equal(ran.code, 0);
    assert.match(ran.out, out);
  });
}

test('explain says where each member that the policy reads comes from', async () => {
  const claims = ['principal', 'clientName', 'properties.claims.sub', 'properties.sub'].map(
    (path) => `{ name: "${path}", value: "#[authentication.${path}]" }`,
  );
  const written = writeFiles({
    'caller.yaml': flex(`${claims.join(', ')}, { name: m, value: "#[attributes.method]" }`),
    'mintproc.yaml':
      'policies: [{ name: a, file: caller.yaml }]\nroutes: [{ match: {}, policies: [a] }]\nauthentication: { sources: [{ from: jwt_authn, as: jwt-validation }, { from: headers, clientName: x-name }] }\n',
  });
  const line = ['explain', '--policy', 'a', '--config', written['mintproc.yaml'], '--format', 'json'];
  const { out } = await runCommand(line);
  const { reads, sources } = JSON.parse(out);
  assert.equal(sources, 'jwt_authn as jwt-validation, headers');
  assert.deepEqual(reads, [
    { name: 'authentication.principal', comes: 'jwt_authn: claim client_id' },
    { name: 'authentication.clientName', comes: 'headers: header x-name' },
    { name: 'authentication.properties.claims.sub', comes: 'jwt_authn: claim sub' },
    { name: 'authentication.properties.sub', comes: 'nothing: it is always null' },
    { name: 'attributes.method', comes: 'the request' },
  ]);
});

test('explain of a policy that does not load shows why', async () => {
  const { code, out, errors } = await runCommand(['explain', '--policy', files['broken.yaml']]);
  assert.deepEqual([code, out], [1, '']);
  assert.match(errors, /policy\.missing-key/);
});

test('explain needs a policy', async () => assert.equal((await runCommand(['explain'])).code, 2));
