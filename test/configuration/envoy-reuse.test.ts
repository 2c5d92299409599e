import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadEnvoyNeeds } from '../../src/configuration/envoy-needs.ts';
import { maxParts } from '../../src/configuration/envoy-reuse.ts';
import { loadConfiguration } from '../../src/configuration/load.ts';
import type { JsonObject, JsonValue } from '../../src/diagnostics/json.ts';
import type { KeyCaller } from '../../src/request/envoy-reuse.ts';
import { flexPolicy, memoryFiles, secret } from './memory-files.ts';

const apigee = (inside: string): string =>
  `<GenerateJWT name="P"><Algorithm>HS256</Algorithm><IgnoreUnresolvedVariables>true</IgnoreUnresolvedVariables><SecretKey><Value ref="private.key"/></SecretKey>${inside}</GenerateJWT>`;
const claim = (ref: string): string => apigee(`<AdditionalClaims><Claim name="c" ref="${ref}"/></AdditionalClaims>`);
const script = (expression: string): string => flexPolicy({ c: `#[${expression}]` }, '');

/** One policy on one route, whose tokens may be kept. */
function only(policy: string, rest: JsonObject = {}, entry: JsonObject = {}): Readonly<Record<string, string>> {
  const configuration = {
    authentication: { sources: [{ from: 'jwt_authn', payload: 'payload' }] },
    variables: { tenant: { header: 'X-Tenant' }, place: { metadata: 'places' }, zone: { attribute: 'xds.node' } },
    policies: [{ name: 'p', file: 'p', key: { text: secret }, reuse: { for: '30s' }, ...entry }],
    routes: [{ match: {}, policies: ['p'] }],
    ...rest,
  };
  return { 'mintproc.yaml': JSON.stringify(configuration), p: policy };
}

function findingOf(files: Readonly<Record<string, string>>) {
  const { needs, problems } = loadEnvoyNeeds('mintproc.yaml', memoryFiles(files));
  assert.ok(needs, problems.map(({ message }) => message).join('\n'));
  return needs.reuse;
}

const token: KeyCaller = { kind: 'token', header: 'authorization', payload: 'payload' };
const noCaller: KeyCaller = { kind: 'none' };
const parts = (...names: readonly string[]): string[] => [...names];

const certificate = { authentication: { sources: [{ from: 'certificate' }] } };
const sources = (...all: readonly JsonObject[]): JsonObject => ({ authentication: { sources: all } });
const route = (match: JsonObject): JsonObject => ({ routes: [{ match, policies: ['p'] }] });

const kept: [name: string, files: Readonly<Record<string, string>>, caller: KeyCaller, parts: string[]][] = [
  ['nothing is read', only(script("'fixed'")), noCaller, []],
  ['a header', only(script("attributes.headers['X-Team']")), noCaller, parts('header x-team')],
  [
    'the method and the scheme',
    only(script('attributes.method ++ attributes.scheme')),
    noCaller,
    parts('header :method', 'header :scheme'),
  ],
  ['the path', only(script('attributes.requestPath')), noCaller, parts('path')],
  ['a query parameter', only(script('attributes.queryParams.q')), noCaller, parts('query')],
  ['path and query', only(script('attributes.requestUri')), noCaller, parts('path', 'query')],
  ['the pseudo-header of both', only(script("attributes.headers[':path']")), noCaller, parts('path', 'query')],
  ['the caller', only(script('authentication.principal')), token, []],
  ['a claim and a declared header', only(claim('tenant')), noCaller, parts('header x-tenant')],
  ['the Host header of Apigee', only(claim('request.header.Host')), noCaller, parts('header :authority')],
  [
    'the Host header, which Envoy calls by another name',
    only(script("attributes.headers['Host']")),
    noCaller,
    parts('header :authority', 'header host'),
  ],
  ...(
    [
      ['request.method', ['header :method']],
      ['request.scheme', ['header :scheme']],
      ['request.host', ['header :authority']],
      ['request.path', ['path', 'query']],
      ['request.url_path', ['path']],
      ['xds.route_name', []],
    ] as const
  ).map(([attribute, names]): (typeof kept)[number] => [
    `an attribute that is made of what a key has: ${attribute}`,
    only(claim('zone'), { variables: { zone: { attribute } } }),
    noCaller,
    parts(...names),
  ]),
  ['the URL', only(claim('request.url')), noCaller, parts('header :authority', 'header :scheme', 'path', 'query')],
  [
    'a template',
    only(claim('made'), { variables: { made: { template: '{request.verb}-{jwt.v.claim.sub}' } } }),
    token,
    parts('header :method'),
  ],
  [
    'a declared expression',
    only(claim('made'), { variables: { made: { expression: 'attributes.headers.a' } } }),
    noCaller,
    parts('header a'),
  ],
  [
    'an expression of DataWeave',
    only(script('upper(attributes.headers.b)'), {}, { expressions: 'dataweave' }),
    noCaller,
    parts('header b'),
  ],
  ['a certificate', only(script('authentication.principal'), certificate), { kind: 'certificate' }, []],
  ['no source at all', only(script('authentication.principal'), sources()), noCaller, []],
  [
    "another header of the caller's token",
    only(script('authentication.principal'), sources({ from: 'jwt_authn', payload: 'p', jwt: { header: 'X-JWT' } })),
    { kind: 'token', header: 'x-jwt', payload: 'p' },
    [],
  ],
  ['a caller that must be known', only(script("'fixed'"), {}, { requireCaller: true }), token, []],
  [
    'a route that must know the caller',
    only(script("'fixed'"), { routes: [{ match: {}, policies: ['p'], requireCaller: true }] }),
    token,
    [],
  ],
  [
    "the name of Envoy's route, which the filter always has",
    only(script("'fixed'"), route({ routeName: 'a' })),
    noCaller,
    [],
  ],
  ['a host', only(script("'fixed'"), route({ host: 'a.example' })), noCaller, parts('header :authority')],
  ['a path of a route', only(script("'fixed'"), route({ pathPrefix: '/orders' })), noCaller, parts('path')],
  ['a method', only(script("'fixed'"), route({ method: ['GET'] })), noCaller, parts('header :method')],
  ['a header of a route', only(script("'fixed'"), route({ headers: { 'X-A': true } })), noCaller, parts('header x-a')],
  ['a query of a route', only(script("'fixed'"), route({ query: { q: '1' } })), noCaller, parts('path', 'query')],
  [
    'a path of a route that refuses',
    only(script("'fixed'"), {
      routes: [
        { match: { path: '/a' }, deny: true },
        { match: {}, policies: ['p'] },
      ],
    }),
    noCaller,
    parts('path'),
  ],
  [
    'rules',
    only(withRules([{ path: '/a', methods: 'GET', host: 'h', headers: { 'x-b': 'c' } }])),
    noCaller,
    parts('header :authority', 'header :method', 'header x-b', 'path'),
  ],
  [
    'the variables of a route',
    only(claim('tenant'), { routes: [{ match: {}, policies: ['p'], variables: { tenant: { header: 'x-other' } } }] }),
    noCaller,
    parts('header x-other'),
  ],
  [
    'as many parts as there may be',
    only(script(manyHeaders(maxParts))),
    noCaller,
    manyNames(maxParts)
      .map((name) => `header ${name}`)
      .sort(),
  ],
];

function withRules(rules: JsonValue): string {
  const [policy] = JSON.parse(script("'fixed'")) as JsonObject[];
  return JSON.stringify([{ ...policy, rules }]);
}

function manyNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `h${i}`);
}

function manyHeaders(count: number): string {
  return `[${manyNames(count).map((name) => `(attributes.headers.${name})`)}]`;
}

for (const [name, files, caller, expected] of kept) {
  test(`a key: ${name}`, () => {
    const found = findingOf(files);
    assert.ok(found.kind === 'kept', JSON.stringify(found));
    const { key, digest, policies, notKept } = found.kept;
    assert.deepEqual(key.caller, caller);
    assert.deepEqual(
      key.parts.map((part) => (part.kind === 'header' ? `header ${part.name}` : part.kind)),
      expected,
    );
    assert.deepEqual([policies, notKept], [['p'], []]);
    const { snapshot } = loadConfiguration('mintproc.yaml', { files: memoryFiles(files) });
    assert.equal(snapshot?.envoyReuse?.digest, digest);
    assert.deepEqual(snapshot?.envoyReuse?.caller, caller);
  });
}

const strictSources = {
  headers: { from: 'headers', principal: 'x-user' },
  payload_header: { from: 'payload_header' },
  certificate: { from: 'certificate', trustForwardedClientCert: true },
};

const leaveOut = 'Leave `for` out of its `reuse`.';
const oneSource =
  'Write one source that Envoy itself verifies: `authentication: { sources: [{ from: jwt_authn, payload: NAME }] }`, or `{ from: certificate }`.';
const time = `Write a constant lifetime in whole seconds, and no other time. Else: ${leaveOut}`;
const attribute = `Read a header or the caller, or match by host, path or header. Else: ${leaveOut}`;
const headers = `Write the name of each header. Else: ${leaveOut}`;
const elsewhere =
  'A fact of the caller comes from a header or from other metadata, which Envoy did not verify with the caller. Take it from a claim.';
const noneAsks =
  'No route has only policies whose tokens may be kept: write `reuse: { for: 30s }`, or another time, in the entry of each policy of a route.';
const disabledPolicy = apigee('').replace('name="P"', 'name="P" enabled="false"');
const reading = script('authentication.principal');
const dashes =
  'has a header whose name has other characters than letters, digits and dashes, so that others look like it. Write it with dashes.';

const refused: [name: string, files: Readonly<Record<string, string>>, refusal: string][] = [
  [
    'the time',
    only(claim('system.timestamp')),
    `\`p\`: the claim \`c\` reads the time, which a key cannot hold. ${time}`,
  ],
  [
    'what is left of an earlier token',
    only(claim('jwt.Q.seconds_remaining')),
    `\`p\`: the claim \`c\` reads the time, which a key cannot hold. ${time}`,
  ],
  [
    'a lifetime of a variable',
    only(apigee('<ExpiresIn ref="tenant">1h</ExpiresIn>')),
    `\`p\`: the claim \`exp\` reads the time, which a key cannot hold. ${time}`,
  ],
  [
    'the time of DataWeave',
    only(script('now()'), {}, { expressions: 'dataweave' }),
    `\`p\`: the claim \`c\` reads the time, which a key cannot hold. ${time}`,
  ],
  [
    'a function of time as a value',
    only(script('do { var f = now --- f() }'), {}, { expressions: 'dataweave' }),
    `\`p\`: the claim \`c\` reads the time, which a key cannot hold. ${time}`,
  ],
  [
    'a new id at some requests only',
    only(script("if (attributes.headers.a == 'b') uuid() else 'c'")),
    `\`p\`: the claim \`c\` reads something random, which a key cannot hold. ${leaveOut}`,
  ],
  [
    'a random function of templates',
    only(claim('made'), { variables: { made: { template: '{request.verb}{createUuid()}' } } }),
    `\`p\`: the claim \`c\` reads something random, which a key cannot hold. ${leaveOut}`,
  ],
  [
    'all headers',
    only(script('attributes.headers')),
    `\`p\`: the claim \`c\` reads headers that it does not name, which a key cannot hold. ${headers}`,
  ],
  [
    'a header with a computed name',
    only(script('attributes.headers[attributes.method]')),
    `\`p\`: the claim \`c\` reads headers that it does not name, which a key cannot hold. ${headers}`,
  ],
  [
    'the names of all headers',
    only(claim('request.headers.names.string')),
    `\`p\`: the claim \`c\` reads headers that it does not name, which a key cannot hold. ${headers}`,
  ],
  [
    'the address of the client',
    only(claim('client.ip')),
    `\`p\`: the claim \`c\` reads an attribute of Envoy, which a key cannot hold. ${attribute}`,
  ],
  [
    'a declared attribute',
    only(claim('zone')),
    `\`p\`: the claim \`c\` reads an attribute of Envoy, which a key cannot hold. ${attribute}`,
  ],
  [
    'declared metadata',
    only(claim('place')),
    `\`p\`: the claim \`c\` reads metadata of Envoy, which a key cannot hold. Read the claim of the caller, or a header. Else: ${leaveOut}`,
  ],
  [
    'a name that is computed',
    only(flexPolicy({ '#[attributes.remoteAddress]': '1' }, '')),
    `\`p\`: a claim with a computed name reads an attribute of Envoy, which a key cannot hold. ${attribute}`,
  ],
  [
    'several sources',
    only(reading, sources({ from: 'jwt_authn', payload: 'a' }, { from: 'certificate' })),
    `\`authentication\` has several sources of the caller, and any of them may know the caller of a request. ${oneSource}`,
  ],
  ...(['headers', 'payload_header', 'certificate'] as const).map(
    (from): [string, Readonly<Record<string, string>>, string] => [
      `a source that may refuse, and nothing reads: ${from}`,
      only(script("'fixed'"), sources(strictSources[from])),
      `The source \`${from}\` refuses requests whose trusted headers are repeated or malformed, and Envoy would not. Nothing reads the caller: write \`authentication: { sources: [] }\`.`,
    ],
  ),
  [
    'any payload',
    only(reading, sources({ from: 'jwt_authn' })),
    "The source `jwt_authn` takes the only payload, whichever that is. Write the provider's `payload_in_metadata` as its `payload`.",
  ],
  ...[
    { from: 'headers', principal: 'x-user' },
    { from: 'payload_header' },
    { from: 'ext_authz' },
    { from: 'metadata', namespace: 'a' },
    { from: 'peer' },
  ].map((source): [string, Readonly<Record<string, string>>, string] => [
    `a source that may say something else: ${source.from}`,
    only(reading, sources(source)),
    `The caller comes from \`${source.from}\`, which may say something else for the same request. ${oneSource}`,
  ]),
  [
    'a forwarded certificate',
    only(reading, sources({ from: 'certificate', trustForwardedClientCert: true })),
    'The source `certificate` trusts `x-forwarded-client-cert`, which names another connection. Remove `trustForwardedClientCert`.',
  ],
  ...['principal', 'clientId', 'clientName', 'slaId'].map(
    (fact): [string, Readonly<Record<string, string>>, string] => [
      `a fact in a header: ${fact}`,
      only(reading, sources({ from: 'jwt_authn', payload: 'a', [fact]: { header: 'x-fact' } })),
      elsewhere,
    ],
  ),
  [
    'a token in a header beside a certificate',
    only(reading, sources({ from: 'certificate', jwt: { header: 'x-jwt' } })),
    elsewhere,
  ],
  [
    'a token in metadata',
    only(reading, sources({ from: 'jwt_authn', payload: 'a', jwt: { metadata: 'b', path: 'c' } })),
    elsewhere,
  ],
  [
    'a policy that a route names',
    only(script("'fixed'"), { allowRoutePolicy: true }),
    "`allowRoutePolicy`: Envoy's filter cannot see which policy a route names. Write routes with `match` in its place.",
  ],
  [
    'published variables',
    only(script("'fixed'"), { publishVariables: true }),
    '`publishVariables`: a request that skips mintproc would have none of the variables. Remove it, or reuse tokens in mintproc only.',
  ],
  [
    'an audit log',
    only(script("'fixed'"), { log: { audit: true } }),
    '`log.audit`: a request that skips mintproc would have no line in the audit log. Reuse tokens in mintproc only: each of its requests has a line.',
  ],
  [
    'a header of the token with lookalikes',
    only(script("'fixed'"), {}, { output: { header: 'x_token' } }),
    `\`p\`: the header of its token ${dashes}`,
  ],
  [
    'a header of a route with lookalikes',
    only(script("'fixed'"), route({ headers: { x_a: true } })),
    `A route: \`match.headers\` ${dashes}`,
  ],
  [
    'a header of rules with lookalikes',
    only(withRules([{ headers: { x_a: 'b' } }])),
    `\`p\`: one of its rules ${dashes}`,
  ],
  [
    'one part too many',
    only(script(manyHeaders(maxParts + 1))),
    `The key would have more than ${maxParts} parts. Read fewer headers, or leave \`for\` out of the \`reuse\` of the policies that read most.`,
  ],
  ['nobody asks', only(script("'fixed'"), {}, { reuse: true }), noneAsks],
  ['the only policy that asks is disabled', only(disabledPolicy), noneAsks],
  ['not in Envoy', only(script("'fixed'"), {}, { reuse: { for: '30s', inEnvoy: '0s' } }), noneAsks],
];

for (const [name, files, refusal] of refused) {
  test(`no key: ${name}`, () => {
    assert.deepEqual(findingOf(files), { kind: 'refused', refusals: [refusal] });
    const { snapshot } = loadConfiguration('mintproc.yaml', { files: memoryFiles(files) });
    assert.ok(snapshot);
    assert.equal(snapshot.envoyReuse, undefined);
  });
}

test('a policy that is never reused says why', () => {
  const found = findingOf(only(script('uuid()')));
  assert.deepEqual(found, {
    kind: 'refused',
    refusals: [
      `\`p\`: its tokens are not reused at all, since \`c\` is new for each token. ${leaveOut}`,
      `\`p\`: the claim \`c\` reads something random, which a key cannot hold. ${leaveOut}`,
    ],
  });
});

test('of many refusals the first 32 are shown', () => {
  const claims = (count: number): string =>
    flexPolicy(Object.fromEntries(manyNames(count).map((name) => [name, '#[attributes.remoteAddress]'])), '');
  for (const [count, shown] of [
    [32, 32],
    [33, 32],
  ] as const) {
    const found = findingOf(only(claims(count)));
    assert.ok(found.kind === 'refused');
    assert.equal(found.refusals.length, shown);
    assert.match(found.refusals[0] ?? '', /`h0`/);
  }
});

const pair = (one: JsonObject, two: JsonObject, routes: readonly JsonObject[]): Readonly<Record<string, string>> => ({
  'mintproc.yaml': JSON.stringify({
    policies: [
      { name: 'one', file: 'one', key: { text: secret }, output: { header: 'x-one' }, ...one },
      { name: 'two', file: 'two', key: { text: secret }, output: { header: 'x-two' }, ...two },
    ],
    routes,
  }),
  one: script('attributes.headers.one'),
  two: script('attributes.remoteAddress'),
});

const asks = { reuse: { for: '30s' } };

test('a policy that does not ask is named, and what it reads does not matter', () => {
  const routes = [
    { match: { host: 'a.test' }, policies: ['one'] },
    { match: {}, policies: ['one', 'two'] },
  ];
  const found = findingOf(pair(asks, {}, routes));
  assert.ok(found.kind === 'kept');
  assert.deepEqual(found.kept.policies, ['one']);
  assert.deepEqual(found.kept.notKept, ['two']);
  assert.deepEqual(found.kept.key.parts, [
    { kind: 'header', name: ':authority' },
    { kind: 'header', name: 'one' },
  ]);
});

test('a policy that runs only together with one that does not ask is not kept', () => {
  const found = findingOf(pair(asks, {}, [{ match: {}, policies: ['one', 'two'] }]));
  assert.equal(found.kind, 'refused');
});

test('what any policy of a route reads is looked at', () => {
  const found = findingOf(pair(asks, asks, [{ match: {}, policies: ['one', 'two'] }]));
  assert.deepEqual(found, {
    kind: 'refused',
    refusals: [`\`two\`: the claim \`c\` reads an attribute of Envoy, which a key cannot hold. ${attribute}`],
  });
});

test('headers in conditions are named, since no other spelling of them may get a kept token', () => {
  const rules = withRules([{ headers: { 'x-rule': 'a' } }]);
  const found = findingOf(only(rules, route({ headers: { 'X-Route': 'b' } })));
  assert.ok(found.kind === 'kept');
  assert.deepEqual(found.kept.conditions, ['x-route', 'x-rule']);
});

test('a filter with another key asks with another digest', () => {
  const readsCaller = script('authentication.principal');
  const files = [
    only(script("'fixed'")),
    only(script('attributes.headers.a')),
    only(script('attributes.headers.b')),
    only(script('attributes.requestPath')),
    only(readsCaller),
    only(readsCaller, sources({ from: 'jwt_authn', payload: 'other' })),
    only(readsCaller, sources({ from: 'jwt_authn', payload: 'payload', jwt: { header: 'x-jwt' } })),
    only(readsCaller, certificate),
  ];
  const digests = files.map((each) => {
    const found = findingOf(each);
    assert.ok(found.kind === 'kept');
    return found.kept.digest;
  });
  assert.equal(new Set(digests).size, files.length);
});

test('the key does not depend on the order of the configuration', () => {
  const routes = [
    { match: { host: 'a.test' }, policies: ['one'] },
    { match: { method: ['GET'] }, policies: ['one'] },
  ];
  const [first, second] = [routes, routes.toReversed()].map((all) => findingOf(pair(asks, {}, all)));
  assert.deepEqual(first, second);
});
