/**
 * @module
 * `mintproc gen` for policies whose token is in a file (`sds`): on which routes Envoy injects it, and what is refused.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { runCommand, writeFiles } from './captured-terminal.ts';

const policy = `- policyRef: { name: jwt-generation-flex }
  config: { signingMethod: RS256, exp: 60, customClaims: [{ name: sub, value: gateway }] }
`;
const reader = policy.replace('gateway', '"#[attributes.headers[\'x-token\']]"');
const apigee = `<GenerateJWT name="G"><Algorithm>HS256</Algorithm><SecretKey><Value ref="private.key"/></SecretKey>
  <Subject ref="region"/><ExpiresIn>60s</ExpiresIn><OutputVariable>request.header.x-token</OutputVariable></GenerateJWT>`;

const key = 'key: { file: missing.pem }';
const machines = `{ name: machines, file: policy.yaml, ${key}, output: { header: x-token }, sds: { file: tokens/m.json } }`;
const orders = `{ name: orders, file: policy.yaml, ${key} }`;

function configuration(routes: readonly string[], policies: readonly string[] = [machines, orders], more = ''): string {
  return `listen: unix:/run/m.sock\npolicies: [${policies.join(', ')}]\nroutes: [${routes.join(', ')}]\n${more}`;
}

const onAll = '{ match: {}, policies: [machines] }';
const restOrders = '{ match: {}, policies: [orders] }';
const named = (name: string, policyName: string): string =>
  `{ match: { routeName: ${name} }, policies: [${policyName}] }`;
const long = 'x-'.repeat(30);

const configurations = {
  all: configuration([onAll], [machines]),
  'one named': configuration([named('m', 'machines'), restOrders]),
  'all but one': configuration([named('o', 'orders'), onAll]),
  'a value that is not at hand': configuration(
    [onAll],
    ['{ name: machines, file: policy.xml, edition: x, sds: { file: m.json } }'],
    'variables: { private.key: { env: SECRET }, region: { env: REGION } }\n',
  ),
  path: configuration(['{ match: { pathPrefix: /m, method: [GET] }, policies: [machines] }', restOrders]),
  beginning: configuration([named('"m/*"', 'machines'), restOrders]),
  'behind a path': configuration(['{ match: { pathPrefix: /o }, policies: [orders] }', onAll]),
  'behind its name': configuration([named('m', 'orders'), named('m', 'machines')]),
  'behind a beginning': configuration([named('"m/*"', 'orders'), named('m/1', 'machines')]),
  'two folders': configuration(
    [named('m', 'machines'), named('o', 'orders')],
    [machines, `{ name: orders, file: policy.yaml, ${key}, sds: { file: others/m.json } }`],
  ),
  'a header that is read': configuration(
    [named('m', 'machines'), restOrders],
    [machines, `{ name: orders, file: reader.yaml, ${key} }`],
  ),
  'two files of one name': configuration(
    [named('m', 'machines'), '{ match: {}, policies: [others] }'],
    [machines, machines.replace('machines', 'others').replace('tokens/', 'others/')],
  ),
  'a long header': configuration([onAll], [machines.replace('x-token', long)]),
} as const;

const files = writeFiles({
  'policy.yaml': policy,
  'reader.yaml': reader,
  'policy.xml': apigee,
  ...Object.fromEntries(Object.entries(configurations).map(([name, text]) => [`${name}.conf.yaml`, text])),
});

async function gen(platform: string, name: string, ...more: readonly string[]) {
  const { [`${name}.conf.yaml`]: file = '' } = files as Readonly<Record<string, string>>;
  return await runCommand(['gen', platform, '--config', file, ...more]);
}

interface Route {
  readonly name: string;
  readonly typed_per_filter_config?: Readonly<Record<string, object>>;
}

function managerOf(text: string) {
  const { node, static_resources } = parse(text);
  const [{ filter_chains }] = static_resources.listeners;
  const { typed_config } = filter_chains[0].filters[0];
  const { route_config, http_filters } = typed_config;
  return { node, routes: route_config.virtual_hosts[0].routes as readonly Route[], filters: http_filters };
}

const type = 'type.googleapis.com/envoy.config.route.v3.FilterConfig';
const injects = {
  'mintproc.token.machines': { '@type': type, config: {} },
  'envoy.filters.http.ext_proc': { '@type': type, disabled: true },
};

test('the only route injects the token, and does not call mintproc', async () => {
  const { out, errors } = await gen('envoy', 'all', '--token-files', '/run/tokens');
  assert.match(errors, /start mintproc first/);
  assert.doesNotMatch(errors, /are comments/);
  const { node, routes, filters } = managerOf(out);
  assert.deepEqual(node, { id: 'envoy', cluster: 'envoy' });
  assert.deepEqual(
    routes.map((route) => route.typed_per_filter_config),
    [injects],
  );
  const filter = filters.find(({ name }: { name: string }) => name === 'mintproc.token.machines');
  const { overwrite, allow_request_without_credential, credential } = filter.typed_config;
  assert.deepEqual([filter.disabled, overwrite, allow_request_without_credential], [true, true, false]);
  const { header, credential: secret } = credential.typed_config;
  assert.equal(header, 'x-token');
  assert.deepEqual(secret, {
    name: 'm',
    sds_config: { path_config_source: { path: '/run/tokens/m.json' }, resource_api_version: 'V3' },
  });
});

test('a token file in the folder of Envoy has a folder in its path, as Envoy wants it', async () => {
  const { out } = await gen('envoy', 'all', '--token-files', '.');
  assert.match(out, /path_config_source: \{ path: \.\/m\.json \}/);
});

test('with ext_authz, that filter is disabled on the route', async () => {
  const { out } = await gen('envoy', 'all', '--filter', 'ext_authz');
  const [route] = managerOf(out).routes;
  assert.deepEqual(Object.keys(route?.typed_per_filter_config ?? {}), [
    'mintproc.token.machines',
    'envoy.filters.http.ext_authz',
  ]);
});

test('a named route is proposed with its token, and all others call mintproc', async () => {
  const { out, errors } = await gen('envoy', 'one named');
  assert.match(errors, /note: The routes that mintproc\.yaml matches by name \(`routeName`\) are comments/);
  const [all, ...more] = managerOf(out).routes;
  assert.deepEqual([all?.name, all?.typed_per_filter_config, more.length], ['all', undefined, 0]);
  assert.match(out, /# - name: m\n(?: +# .*\n)+ +# {5}mintproc\.token\.machines: /);
});

test('a route without a name has the token where the others are named', async () => {
  const { out } = await gen('envoy', 'all but one');
  const [all] = managerOf(out).routes;
  assert.deepEqual(all?.typed_per_filter_config, injects);
  assert.doesNotMatch(out, /# - name: o\n(?: +# .*\n)+ +# {5}mintproc\.token/);
});

test('two files with one name are two without --token-files, and refused with it', async () => {
  const { code, out } = await gen('envoy', 'two folders');
  assert.equal(code, 0);
  assert.equal(new Set(out.match(/path_config_source: .*/g)).size, 2);
  const refused = await gen('envoy', 'two folders', '--token-files', '/run/tokens');
  assert.notEqual(refused.code, 0);
  assert.match(
    refused.errors,
    /The token files of `machines` and `orders` would be one in the folder of --token-files\./,
  );
  assert.equal(refused.out, '');
});

test('values from the environment need not be there', async () => {
  const { code, errors } = await gen('envoy', 'a value that is not at hand');
  assert.equal(code, 0, errors);
});

const refusals: [name: keyof typeof configurations, place: string, message: RegExp, code: string][] = [
  ['path', '3:19', /matches on pathPrefix, method, too\./, 'sds.route'],
  ['beginning', '3:19', /beginning of a `routeName`/, 'sds.route'],
  ['behind a path', '3:70', /An earlier route/, 'sds.route'],
  ['behind its name', '3:68', /An earlier route/, 'sds.route'],
  ['behind a beginning', '3:72', /An earlier route/, 'sds.route'],
  ['a header that is read', '2:95', /headers with a similar name would reach the upstream/, 'sds.header'],
  ['a long header', '2:95', /headers with a similar name would reach the upstream/, 'sds.header'],
];

for (const [name, place, message, stable] of refusals) {
  test(`gen envoy refuses: ${name}`, async () => {
    const { code, out, errors } = await gen('envoy', name);
    assert.deepEqual([code, out], [1, '']);
    assert.match(errors, message);
    const [, at, shown] = /\.yaml:(\d+:\d+): error: .* \[(\S+)\]\n/.exec(errors) ?? [];
    assert.deepEqual([at, shown], [place, stable]);
  });
}

test('gen envoy refuses two files that Envoy sees as one', async () => {
  const apart = await gen('envoy', 'two files of one name');
  assert.equal(apart.code, 0, apart.errors);
  const { code, errors } = await gen('envoy', 'two files of one name', '--token-files', '/run/tokens');
  assert.notEqual(code, 0);
  const found = errors.match(
    /:2:\d+: error: The token files of `machines` and `others` would be one in the folder.*\[sds\.duplicate-file\]/g,
  );
  assert.equal(found?.length, 1, errors);
});

for (const platform of ['istio', 'envoy-gateway', 'kgateway']) {
  test(`gen ${platform} refuses tokens in files`, async () => {
    const { code, errors } = await gen(platform, 'all', '--mintproc', 'mintproc.default.svc:50051');
    assert.notEqual(code, 0);
    assert.match(errors, /:2:\d+: error: .*writes no filter for .* the token of machines .*\[sds\.platform\]/);
  });
}
