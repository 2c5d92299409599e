import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { parse, parseAllDocuments } from 'yaml';
import { runCommand, writeFiles } from './captured-terminal.ts';

const policy = (claims: string, more = ''): string =>
  `- policyRef: { name: jwt-generation-flex }\n  config: { signingMethod: RS256, exp: 60, customClaims: [${claims}] }\n${more}`;
const apigee = `<GenerateJWT name="G"><Algorithm>HS256</Algorithm><SecretKey><Value ref="private.key"/></SecretKey>
  <Subject ref="virtualhost.name"/><ExpiresIn>60s</ExpiresIn></GenerateJWT>`;

const entry = '{ name: p, file: plain.yaml, key: { file: missing.pem } }';
const held = (deadline: string): string =>
  `{ name: p, file: plain.yaml, key: { awsKms: { key: alias/a, region: eu-central-1 }, deadline: ${deadline} } }`;
const configuration = (more: string, route = '{ match: {}, policies: [p] }', policies = entry): string =>
  `policies: [${policies}]\nroutes: [${route}]\n${more}`;

const files = writeFiles({
  'plain.yaml': policy('{ name: a, value: b }'),
  'callers.yaml': policy('{ name: sub, value: "#[authentication.principal]" }'),
  'virtual-host.xml': apigee,
  'wrong.yaml': policy('{ name: a }'),
  'plain.conf.yaml': configuration('listen: unix:/run/m.sock\n'),
  'half.conf.yaml': configuration('', undefined, held('500ms')),
  'slow.conf.yaml': configuration('', undefined, held('501ms')),
  'callers.conf.yaml': configuration('listen: unix:/run/m.sock\n').replace('plain.yaml', 'callers.yaml'),
  'certificates.conf.yaml':
    'variables: { private.key: { env: SECRET }, virtualhost.name: { attribute: connection.subject_peer_certificate } }\npolicies: [{ name: p, file: virtual-host.xml }]\nroutes: [{ match: {}, policies: [p] }]\n',
  'sources.conf.yaml': configuration('authentication: { sources: [{ from: certificate }] }\n').replace(
    'plain.yaml',
    'callers.yaml',
  ),
  'elsewhere.conf.yaml': configuration('listen: unix:/run/m.sock\n')
    .replace('plain.yaml', 'callers.yaml')
    .replace('key:', 'output: { header: x-token, prefix: "" }, key:'),
  'wrong.conf.yaml': configuration('').replace('plain.yaml', 'wrong.yaml'),
  'open.conf.yaml': configuration('').replace('plain.yaml', '"FILL IN: the file"'),
  'host.conf.yaml':
    'listen: unix:/run/m.sock\nvariables: { private.key: { env: SECRET } }\npolicies: [{ name: p, file: virtual-host.xml }]\nroutes: [{ match: {}, policies: [p] }]\n',
  'loopback.conf.yaml': configuration(''),
  'any-port.conf.yaml': configuration('listen: 127.0.0.1:0\n'),
  'named.conf.yaml': configuration(
    'listen: unix:/run/m.sock\nallowRoutePolicy: true\n',
    '{ match: { routeName: orders }, policies: [p] }',
  ),
});

async function gen(platform: string, name: keyof typeof files, ...more: string[]) {
  return await runCommand(['gen', platform, '--config', files[name], ...more]);
}

const keySets: [name: string, jwks: string, note: boolean][] = [
  ['a file that is missing', 'missing/jwks.json', true],
  ['a file', files['plain.yaml'], false],
  ['a URL', 'https://login.example.com/jwks.json', false],
];

for (const [name, jwks, note] of keySets) {
  test(`gen envoy --jwks: ${name}`, async () => {
    const line = ['--issuer', 'https://login.example.com', '--jwks', jwks];
    const { code, errors } = await gen('envoy', 'callers.conf.yaml', ...line);
    assert.deepEqual([code, errors.includes(`The file ${jwks} of --jwks does not exist here`)], [0, note]);
  });
}

const waits: [platform: string, filter: string, pattern: RegExp, times: number][] = [
  ['envoy', 'ext_proc', /^ *(?:message_)?timeout: SECONDS$/gm, 2],
  ['envoy', 'ext_authz', /^ *timeout: SECONDS$/gm, 1],
  ['istio', 'ext_proc', /^ *(?:message_)?timeout: SECONDS$/gm, 2],
  ['istio', 'ext_authz', /^ *timeout: SECONDS$/gm, 1],
  ['envoy-gateway', 'ext_proc', /^ *messageTimeout: SECONDS$/gm, 1],
  ['envoy-gateway', 'ext_authz', /^ *timeout: SECONDS$/gm, 1],
  ['kgateway', 'ext_proc', /^ *messageTimeout: SECONDS$/gm, 1],
];
for (const [platform, filter, pattern, times] of waits) {
  test(`${platform} ${filter}: Envoy waits longer than mintproc does for a service that signs`, async () => {
    const more = ['--mintproc', 'mintproc:50051', ...(filter === 'ext_authz' ? ['--filter', filter] : [])];
    for (const [name, seconds] of [
      ['plain.conf.yaml', '1s'],
      ['half.conf.yaml', '1s'],
      ['slow.conf.yaml', '2s'],
    ] as const) {
      const { out, errors } = await gen(platform, name, ...more);
      const wanted = new RegExp(pattern.source.replace('SECONDS', seconds), pattern.flags);
      assert.equal(out.match(wanted)?.length, times, `${name}: ${errors}${out}`);
      const isSaid = name !== 'plain.conf.yaml' && `${platform} ${filter}` !== 'istio ext_authz';
      assert.equal(out.includes('# Longer than mintproc waits'), isSaid, name);
    }
  });
}

/** kgateway connects to no unix socket. */
const overTcp = ['--mintproc', '127.0.0.1:50051'];

test('each platform: the keys need not be there, and nothing is read that is not needed', async () => {
  for (const [platform = '', ...more] of [['envoy'], ['istio'], ['envoy-gateway'], ['kgateway', ...overTcp]]) {
    const { code, out, errors } = await gen(platform, 'plain.conf.yaml', ...more);
    assert.equal(code, 0, errors);
    assert.ok(parseAllDocuments(out).every((document) => document.errors.length === 0));
    assert.doesNotMatch(out, /request_attributes|attributes:|amespaces|jwt_authn/);
  }
});

test('a configuration that reads the caller asks for it, and says what to complete', async () => {
  const { out, errors } = await gen('envoy', 'callers.conf.yaml');
  const parsed = parse(out);
  const text = JSON.stringify(parsed);
  assert.match(text, /"untyped":\["envoy.filters.http.ext_authz","envoy.filters.http.jwt_authn"\]/);
  assert.match(text, /connection\.uri_san_peer_certificate/);
  assert.match(errors, /note: The caller comes from jwt_authn: complete its provider and uncomment it/);
  assert.match(out, /# - name: envoy.filters.http.jwt_authn/);
});

const refused: [name: string, line: string[], code: number, message: RegExp][] = [
  ['an error in a policy', ['envoy', '--config', files['wrong.conf.yaml']], 1, /wrong\.yaml:2:.*error/s],
  ['a value that import left open', ['envoy', '--config', files['open.conf.yaml']], 1, /config\.fill-in/],
  ['a file that is missing', ['envoy', '--config', 'no.yaml'], 1, /no\.yaml/],
  [
    'an attribute that the platform refuses',
    ['envoy-gateway', '--config', files['host.conf.yaml']],
    1,
    /xds\.virtual_host_name.*Read the host/,
  ],
  [
    'an address that the platform refuses',
    ['envoy-gateway', '--config', files['loopback.conf.yaml']],
    1,
    /listen: unix:/,
  ],
  ['a unix socket for kgateway', ['kgateway', '--config', files['plain.conf.yaml']], 1, /no unix socket.*127\.0\.0\.1/],
  [
    'an attribute that kgateway does not send',
    ['kgateway', '--config', files['callers.conf.yaml'], '--mintproc', 'mintproc.default.svc:50051'],
    1,
    /connection\.mtls.*sources: \[\{ from: jwt_authn \}\]/,
  ],
  [
    'a SPIFFE ID in upper case',
    ['envoy', '--config', files['plain.conf.yaml'], '--tls-name', 'spiffe://Cluster.local/a'],
    2,
    /--tls-name must be a DNS name, an IP address or a SPIFFE ID/,
  ],
  ['port 0', ['envoy', '--config', files['any-port.conf.yaml']], 1, /port 0.*--mintproc/],
  ['no platform', ['--config', files['plain.conf.yaml']], 2, /envoy, istio, envoy-gateway, kgateway/],
  ['an unknown platform', ['nginx', '--config', files['plain.conf.yaml']], 2, /envoy, istio, envoy-gateway, kgateway/],
  ['two platforms', ['envoy', 'istio', '--config', files['plain.conf.yaml']], 2, /One platform/],
  ['no configuration', ['envoy'], 2, /--config is required/],
  ['another filter', ['envoy', '--config', files['plain.conf.yaml'], '--filter', 'x'], 2, /ext_proc or ext_authz/],
  [
    'a filter that is not written for the platform',
    ['kgateway', '--config', files['plain.conf.yaml'], '--filter', 'ext_authz'],
    2,
    /--filter takes ext_proc for this platform\. docs\/ext-authz\.md says why\./,
  ],
  [
    'a route name, which ext_authz does not send',
    ['envoy', '--config', files['named.conf.yaml'], '--filter', 'ext_authz'],
    1,
    /ext_authz does not send the name of the route/,
  ],
  [
    'metadata, which Envoy Gateway does not send by ext_authz',
    ['envoy-gateway', '--config', files['callers.conf.yaml'], '--filter', 'ext_authz'],
    1,
    /sends no metadata by ext_authz.*jwt_authn.*claimToHeaders/,
  ],
  [
    'a provider of Istio without a Service',
    ['istio', '--config', files['plain.conf.yaml'], '--filter', 'ext_authz'],
    1,
    /by its Service.*--mintproc/,
  ],
  [
    'an AuthorizationPolicy for requests of an application',
    ['istio', '--config', files['plain.conf.yaml'], '--filter', 'ext_authz', '--context', 'outbound'],
    1,
    /needs ext_proc/,
  ],
  [
    'an option of another platform',
    ['envoy', '--config', files['plain.conf.yaml'], '--gateway', 'g'],
    2,
    /another platform/,
  ],
  ['--force without --out', ['envoy', '--config', files['plain.conf.yaml'], '--force'], 2, /--out/],
  [
    'a port that is too large',
    ['envoy', '--config', files['plain.conf.yaml'], '--port', '65536'],
    2,
    /--port must be a port/,
  ],
  ['a port 0', ['envoy', '--config', files['plain.conf.yaml'], '--port', '0'], 2, /--port must be a port/],
  [
    'an upstream without a port',
    ['envoy', '--config', files['plain.conf.yaml'], '--upstream', 'x'],
    2,
    /--upstream must/,
  ],
  [
    'an unknown context',
    ['istio', '--config', files['plain.conf.yaml'], '--context', 'x'],
    2,
    /gateway or sidecar or outbound or waypoint/,
  ],
  [
    'a name with a space',
    ['envoy-gateway', '--config', files['plain.conf.yaml'], '--gateway', 'A b'],
    2,
    /--gateway must/,
  ],
  [
    'a header with a space',
    ['envoy', '--config', files['plain.conf.yaml'], '--caller-header', 'a b'],
    2,
    /header name/,
  ],
];
for (const [name, line, expected, message] of refused) {
  test(`refused: ${name}`, async () => {
    const { code, out, errors } = await runCommand(['gen', ...line]);
    assert.deepEqual([code, out], [expected, ''], errors);
    assert.match(errors, message);
  });
}

const ports: [port: string, code: number][] = [
  ['1', 0],
  ['9', 0],
  ['65535', 0],
  ['065', 2],
  ['-1', 2],
  ['1e3', 2],
];
for (const [port, expected] of ports) {
  test(`--port ${port}`, async () =>
    assert.equal((await gen('envoy', 'plain.conf.yaml', `--port=${port}`)).code, expected));
}

test('options go where they belong', async () => {
  const envoy = await gen('envoy', 'plain.conf.yaml', '--upstream', 'api.example.com:443', '--mintproc', '[::1]:7000');
  assert.match(envoy.out, /STRICT_DNS.*api\.example\.com, port_value: 443/s);
  assert.match(envoy.out, /address: "?::1"?, port_value: 7000/);
  const istio = await gen(
    'istio',
    'plain.conf.yaml',
    '--selector',
    'app=orders',
    '--context',
    'sidecar',
    '--name',
    'm',
  );
  const { metadata, spec } = parse(istio.out);
  assert.deepEqual([metadata.name, spec.workloadSelector.labels], ['m', { app: 'orders' }]);
  assert.match(istio.out, /SIDECAR_INBOUND/);
  const outbound = await gen('istio', 'plain.conf.yaml', '--context', 'outbound');
  assert.match(outbound.out, /SIDECAR_OUTBOUND/);
  const waypoint = parse((await gen('istio', 'plain.conf.yaml', '--context', 'waypoint', '--waypoint', 'w')).out).spec;
  assert.deepEqual([waypoint.workloadSelector, waypoint.targetRefs[0].name], [undefined, 'w']);
  // Other proxies of the mesh send this header.
  assert.doesNotMatch(JSON.stringify(spec), /forwarded/);
  const gateway = await gen(
    'envoy-gateway',
    'plain.conf.yaml',
    '--gateway',
    'g',
    '--namespace',
    'n',
    '--listener',
    'l',
  );
  assert.match(gateway.out, /name: n\/g\/l\n/);
});

test("envoy-gateway forwards the caller's own token, unless a policy replaces it", async () => {
  const forwarded = /forwards the caller's own token/;
  assert.doesNotMatch((await gen('envoy-gateway', 'callers.conf.yaml')).errors, forwarded);
  assert.match((await gen('envoy-gateway', 'elsewhere.conf.yaml')).errors, forwarded);
});

test('routes that name their policy, or that are matched by name, are shown', async () => {
  const envoy = await gen('envoy', 'named.conf.yaml');
  assert.match(envoy.out, /# - name: orders\n/);
  assert.match(envoy.out, /# .*key: x-mintproc-policy, value: p/);
  assert.match((await gen('istio', 'named.conf.yaml')).out, /# - applyTo: HTTP_ROUTE/);
  assert.match((await gen('envoy-gateway', 'named.conf.yaml')).errors, /allowRoutePolicy.*no effect/);
});

test('--out writes files, and overwrites none without --force', async () => {
  const folder = join(dirname(files['plain.yaml']), 'new', 'deep');
  const first = await gen('envoy', 'plain.conf.yaml', '--out', folder);
  const file = join(folder, 'envoy.yaml');
  assert.deepEqual([first.code, first.out], [0, `Wrote ${file}\n`]);
  const text = readFileSync(file, 'utf8');
  assert.equal(text, (await gen('envoy', 'plain.conf.yaml')).out);
  writeFileSync(file, 'mine');
  const second = await gen('envoy', 'plain.conf.yaml', '--out', folder);
  assert.equal(second.code, 1);
  assert.match(second.errors, /exists already. Use --force/);
  assert.equal(readFileSync(file, 'utf8'), 'mine');
  assert.equal((await gen('envoy', 'plain.conf.yaml', '--out', folder, '--force')).code, 0);
  assert.equal(readFileSync(file, 'utf8'), text);
});

test('--out where no file can be written', async () => {
  const folder = dirname(files['plain.yaml']);
  const onFile = await gen('envoy', 'plain.conf.yaml', '--out', files['plain.yaml']);
  assert.equal(onFile.code, 1);
  mkdirSync(join(folder, 'linked'));
  symlinkSync(join(folder, 'elsewhere'), join(folder, 'linked', 'envoy.yaml'));
  const onLink = await gen('envoy', 'plain.conf.yaml', '--out', join(folder, 'linked'));
  assert.equal(onLink.code, 1);
  assert.equal(existsSync(join(folder, 'elsewhere')), false);
  mkdirSync(join(folder, 'taken', 'envoy.yaml'), { recursive: true });
  const onFolder = await gen('envoy', 'plain.conf.yaml', '--out', join(folder, 'taken'), '--force');
  assert.equal(onFolder.code, 1);
  assert.match(onFolder.errors, /cannot be written/);
});

const certificates: readonly [name: keyof typeof files, filter: string, isSaid: boolean][] = [
  ['callers.conf.yaml', 'ext_proc', false],
  ['certificates.conf.yaml', 'ext_proc', true],
  ['sources.conf.yaml', 'ext_proc', true],
  ['sources.conf.yaml', 'ext_authz', false],
];

for (const [name, filter, isSaid] of certificates) {
  test(`${filter}: a client certificate is ${isSaid ? '' : 'not '}asked for by ${name}`, async () => {
    const { errors } = await gen('envoy', name, '--filter', filter);
    assert.equal(errors.includes('A client certificate may name the caller'), isSaid, errors);
  });
}
