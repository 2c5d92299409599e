import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadEnvoyNeeds } from '../../src/configuration/envoy-needs.ts';
import type { JsonObject } from '../../src/diagnostics/json.ts';
import { loadConfiguration } from './loading.ts';
import { flexPolicy, memoryFiles } from './memory-files.ts';

const apigee = (claim: string): string =>
  `<GenerateJWT name="P"><Algorithm>RS256</Algorithm><PrivateKey><Value ref="private.key"/></PrivateKey><AdditionalClaims><Claim name="c" ref="${claim}"/></AdditionalClaims></GenerateJWT>`;

const files = {
  'caller.yaml': flexPolicy({ sub: '#[authentication.principal]' }, ''),
  'address.yaml': flexPolicy({ ip: '#[attributes.remoteAddress]' }, ''),
  'all.yaml': flexPolicy({ size: '#[sizeOf(attributes)]' }, ''),
  'disabled.xml': apigee('client.ip').replace('name="P"', 'name="P" enabled="false"'),
  'tenant.xml': apigee('tenant'),
  'broken.yaml': flexPolicy({ sub: '#[nothing(]' }, ''),
};

function load(configuration: JsonObject) {
  return loadEnvoyNeeds('mintproc.yaml', memoryFiles({ ...files, 'mintproc.yaml': JSON.stringify(configuration) }));
}

/** One policy on one route. */
function only(file: string, entry: JsonObject = {}, rest: JsonObject = {}): JsonObject {
  const key = { file: 'keys/absent.pem' };
  return {
    policies: [{ name: 'p', file, ...(file.endsWith('.yaml') ? { key } : {}), ...entry }],
    routes: [{ match: {}, policies: ['p'] }],
    ...rest,
  };
}

const jwtAuthn = 'envoy.filters.http.jwt_authn';
const extAuthz = 'envoy.filters.http.ext_authz';
const oneSource = { authentication: { sources: [{ from: 'jwt_authn' }] } };
const privateKey = { 'private.key': { file: 'keys/absent.pem' } };

const read: [name: string, configuration: JsonObject, attributes: string[], namespaces: string[]][] = [
  ['the caller, from the only source', only('caller.yaml', {}, oneSource), [], [jwtAuthn]],
  [
    'the caller, from the default sources',
    only('caller.yaml'),
    [
      'connection.mtls',
      'connection.subject_peer_certificate',
      'connection.uri_san_peer_certificate',
      'connection.dns_san_peer_certificate',
      'connection.sha256_peer_certificate_digest',
    ],
    [jwtAuthn, extAuthz],
  ],
  [
    'a fact of the caller in other metadata',
    only(
      'caller.yaml',
      {},
      { authentication: { sources: [{ from: 'jwt_authn', clientId: { metadata: 'clients' } }] } },
    ),
    [],
    [jwtAuthn, 'clients'],
  ],
  [
    'a caller in headers',
    only('caller.yaml', {}, { authentication: { sources: [{ from: 'headers', principal: 'x-u' }] } }),
    [],
    [],
  ],
  [
    'all attributes',
    only('all.yaml'),
    ['request.scheme', 'request.protocol', 'source.address', 'destination.address'],
    [],
  ],
  ['an attribute, and no caller', only('address.yaml'), ['source.address'], []],
  [
    'no caller, and one is required',
    only('address.yaml', { requireCaller: true }, oneSource),
    ['source.address'],
    [jwtAuthn],
  ],
  ['a policy that is disabled', only('disabled.xml', {}, { variables: privateKey }), [], []],
  [
    'the name of a route',
    only('address.yaml', {}, { routes: [{ match: { routeName: 'a' }, policies: ['p'] }] }),
    ['xds.route_name', 'source.address'],
    [],
  ],
  [
    'a policy on no route',
    {
      ...only('address.yaml'),
      policies: [
        { name: 'p', file: 'address.yaml', key: { file: 'k' } },
        { name: 'q', file: 'caller.yaml', key: { file: 'k' } },
      ],
    },
    ['source.address'],
    [],
  ],
  [
    'a policy on no route that a route of Envoy may name',
    {
      policies: [
        { name: 'p', file: 'address.yaml', key: { file: 'k' } },
        { name: 'q', file: 'caller.yaml', key: { file: 'k' } },
      ],
      routes: [{ match: {}, policies: ['p'] }],
      allowRoutePolicy: true,
      ...oneSource,
    },
    ['source.address'],
    [jwtAuthn],
  ],
  [
    'a variable of metadata',
    only('tenant.xml', {}, { variables: { ...privateKey, tenant: { metadata: 'tenants', path: 'id' } } }),
    [],
    ['tenants'],
  ],
  [
    'a variable that nothing reads',
    only('address.yaml', {}, { variables: { tenant: { metadata: 'tenants' } } }),
    ['source.address'],
    [],
  ],
  [
    'a variable of the entry over it',
    only(
      'tenant.xml',
      { variables: { tenant: { attribute: 'source.port' } } },
      { variables: { ...privateKey, tenant: { metadata: 'tenants' } } },
    ),
    ['source.port'],
    [],
  ],
  [
    'a variable in a file and an environment that are not here',
    only(
      'tenant.xml',
      {},
      {
        variables: {
          ...privateKey,
          tenant: { template: '{port}{zone}' },
          port: { env: 'PORT' },
          zone: { file: 'zone.txt' },
        },
      },
    ),
    [],
    [],
  ],
  [
    'a key of an audit that is not here',
    only('address.yaml', {}, { log: { audit: { subjectKey: { file: 'absent' } } } }),
    ['source.address'],
    [],
  ],
];
for (const [name, configuration, attributes, namespaces] of read) {
  test(`what Envoy must send, without any key: ${name}`, () => {
    const { needs, problems } = load(configuration);
    assert.deepEqual(
      problems.filter(({ severity }) => severity === 'error').map(({ message }) => message),
      [],
    );
    assert.deepEqual(
      [[...(needs?.reads.attributes.keys() ?? [])], [...(needs?.reads.namespaces.keys() ?? [])]],
      [attributes, namespaces],
    );
  });
}

const refused: [name: string, configuration: JsonObject, code: string][] = [
  ['a policy with an error', only('broken.yaml'), 'dataweave.unexpected-token'],
  ['a policy file that is not there', only('absent.yaml'), 'config.unreadable-file'],
  [
    'a route that names no policy',
    { ...only('address.yaml'), routes: [{ match: {}, policies: ['q'] }] },
    'config.unknown-policy',
  ],
  ['a value that an import left open', only('address.yaml', {}, { listen: 'FILL IN: the address' }), 'config.fill-in'],
];
for (const [name, configuration, code] of refused) {
  test(`what Envoy must send is not known: ${name}`, () => {
    const { needs, problems } = load(configuration);
    assert.equal(needs, undefined);
    assert.deepEqual(
      problems.filter(({ severity }) => severity === 'error').map((problem) => problem.code),
      [code],
    );
  });
}

for (const [allow, severity] of [
  [undefined, 'warning'],
  [['config.unused-policy'], 'note'],
] as const) {
  test(`a warning is a ${severity} where ${allow ?? 'nothing'} is allowed`, () => {
    const more = { ...two, routes: [{ match: {}, policies: ['p'] }], ...(allow === undefined ? {} : { allow }) };
    const unused = load(more).problems.filter(({ code }) => code === 'config.unused-policy');
    assert.deepEqual(
      unused.map((problem) => problem.severity),
      [severity],
    );
  });
}

test('the attributes that a policy needs are watched', () => {
  const claims = { address: '#[attributes.remoteAddress]', scheme: '#[attributes.scheme]' };
  const { snapshot } = loadConfiguration('mintproc.yaml', {
    files: memoryFiles({ 'mintproc.yaml': JSON.stringify(only('p.xml')), 'p.xml': flexPolicy(claims) }),
  });
  assert.deepEqual(
    snapshot?.watchedReads.map(({ kind, name }) => [kind, name]),
    [['attribute', 'source.address']],
  );
});

const certified: [name: string, sources: JsonObject[] | undefined, isNamed: boolean][] = [
  ['the sources by default', undefined, false],
  ['a source with it', [{ from: 'jwt_authn' }, { from: 'certificate' }], true],
  ['other sources', [{ from: 'jwt_authn' }], false],
];
for (const [name, sources, isNamed] of certified) {
  test(`the certificate is ${isNamed ? '' : 'not '}named by ${name}`, () => {
    const rest = sources === undefined ? {} : { authentication: { sources } };
    assert.equal(load(only('caller.yaml', {}, rest)).needs?.namesCertificate, isNamed);
  });
}

test('what reads an attribute is said, and not more than a screen of it', () => {
  const policies = Array.from({ length: 40 }, (_, index) => ({
    name: `p${index}`,
    file: 'address.yaml',
    key: { file: 'k' },
  }));
  const routes = policies.map(({ name }) => ({ match: { pathPrefix: `/${name}` }, policies: [name] }));
  const readers = load({ policies, routes }).needs?.reads.attributes.get('source.address');
  assert.equal(readers?.[0], 'p0: attributes.remoteAddress');
  assert.equal(readers?.length, 16);
});

const inKms = { awsKms: { key: 'alias/orders', region: 'eu-central-1' } };
const held = (deadline: string): JsonObject => ({ ...inKms, deadline });
const slowest = { keys: { slow: held('1200ms'), unused: held('60s'), 'not-asked': { file: 'k.pem' } } };
const two = {
  ...slowest,
  policies: ['p', 'q'].map((name) => ({ name, file: 'address.yaml', key: 'slow', output: { header: `x-${name}` } })),
};
const versions = [
  { ...held('2s'), retireAfter: '2026-01-01T00:00:00Z' },
  { ...held('3s'), activeFrom: '2026-01-01T00:00:00Z' },
];

const times: [name: string, configuration: JsonObject, milliseconds: number][] = [
  ['no service', only('address.yaml', {}, slowest), 0],
  ['the default', only('address.yaml', { key: inKms }), 500],
  ['a name', only('address.yaml', { key: 'slow' }, slowest), 1200],
  ['a name of the policy itself', only('tenant.xml', {}, { variables: privateKey, ...slowest }), 0],
  ['versions', only('address.yaml', { key: 'k' }, { keys: { k: { versions } } }), 3000],
  ['two policies of one route', { ...two, routes: [{ match: {}, policies: ['p', 'q'] }] }, 2400],
  [
    'two policies of two routes',
    { ...two, routes: ['p', 'q'].map((name) => ({ match: { pathPrefix: `/${name}` }, policies: [name] })) },
    1200,
  ],
  ['policies that no route runs', { ...two, routes: [{ match: {}, policies: ['p'] }] }, 1200],
];
for (const [name, configuration, milliseconds] of times) {
  test(`how long services that sign may take: ${name}`, () => {
    const { needs, problems } = load(configuration);
    assert.equal(needs?.signingTime, milliseconds, problems.map(({ message }) => message).join());
  });
}
