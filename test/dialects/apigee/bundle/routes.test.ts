import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readBundles } from '../../../../src/dialects/apigee/bundle/bundle.ts';
import { alternativesOf, longestCondition, maxAlternatives } from '../../../../src/dialects/apigee/bundle/condition.ts';
import type { HeaderDestination } from '../../../../src/dialects/apigee/bundle/destination.ts';
import { maxNames, type ProposedRoute } from '../../../../src/dialects/apigee/bundle/routes.ts';
import { sectionOf } from '../../../../src/dialects/apigee/bundle/section.ts';
import { assigning, type Flows, filesOf, minting, proxyEndpoint, targetEndpoint } from './made-bundle.ts';

const mint = minting('Mint', '<OutputVariable>out</OutputVariable>');

function setting(text: string, inner = ''): string {
  return `<AssignMessage name="Put">${inner}<Set>${text}</Set></AssignMessage>`;
}

const bearer = setting('<Headers><Header name="Authorization">Bearer {out}</Header></Headers>');

function bundleWith(
  policies: Readonly<Record<string, string>>,
  flows: Flows,
  target: Flows = {},
  rules?: string,
  basePath = '/v1/shop',
) {
  const texts = Object.entries({ Mint: mint, ...policies }).map(([name, text]) => [
    `apiproxy/policies/${name}.xml`,
    text,
  ]);
  const endpoints = {
    'apiproxy/proxies/default.xml': proxyEndpoint(flows, rules).replace('/v1/shop', basePath),
    'apiproxy/targets/t.xml': targetEndpoint(target),
  };
  const [bundle] = readBundles(filesOf({ ...Object.fromEntries(texts), ...endpoints }), {});
  assert.ok(bundle);
  return bundle;
}

const always: Flows = { Pre: [['Mint', 'Put']] };

const destinations: readonly [
  name: string,
  policies: Readonly<Record<string, string>>,
  flows: Flows,
  expected: object[],
][] = [
  [
    'a header with a prefix',
    { Put: bearer },
    always,
    [{ kind: 'header', header: 'authorization', prefix: 'Bearer ', by: 'Put', conditions: [] }],
  ],
  [
    'a header without',
    { Put: setting('<Headers><Header name="jwt">{out}</Header></Headers>') },
    always,
    [{ kind: 'header', header: 'jwt', prefix: '', by: 'Put', conditions: [] }],
  ],
  [
    'the policy itself',
    { Mint: minting('Mint', '<OutputVariable>message.header.X-T</OutputVariable>') },
    { Pre: [['Mint']] },
    [{ kind: 'header', header: 'x-t', prefix: '', by: undefined, conditions: [] }],
  ],
  [
    'another variable on the way',
    { Put: bearer.replace('{out}', '{copy}'), C: assigning('C', 'copy', '<Ref>out</Ref>') },
    { Pre: [['Mint', 'C', 'Put']] },
    [{ kind: 'header', header: 'authorization', prefix: 'Bearer ', by: 'Put', conditions: [] }],
  ],
  [
    'a header as a variable',
    { Put: assigning('Put', 'request.header.x-t', '<Template>JWT {out}</Template>') },
    always,
    [{ kind: 'header', header: 'x-t', prefix: 'JWT ', by: 'Put', conditions: [] }],
  ],
  ['a response', { Put: bearer }, { Pre: [['Mint'], ['Put']] }, [{ kind: 'response', by: 'Put' }]],
  [
    'the request after the response',
    { Put: setting('<Headers><Header name="x-t">{out}</Header></Headers>', '<AssignTo>request</AssignTo>') },
    { Pre: [['Mint'], ['Put']] },
    [{ kind: 'response', by: 'Put' }],
  ],
  [
    'a query parameter',
    { Put: setting('<QueryParams><QueryParam name="t">{out}</QueryParam></QueryParams>') },
    always,
    [{ kind: 'part', by: 'Put' }],
  ],
  [
    'a ServiceCallout',
    {
      Put: '<ServiceCallout name="Put"><Request><Set><Headers><Header name="A">{out}</Header></Headers></Set></Request></ServiceCallout>',
    },
    always,
    [{ kind: 'callout', by: 'Put' }],
  ],
  [
    'a message for a ServiceCallout',
    {
      Put: setting('<Payload>{out}</Payload>', '<AssignTo>ask</AssignTo>'),
      S: '<ServiceCallout name="S"><Request variable="ask"/></ServiceCallout>',
    },
    always,
    [{ kind: 'callout', by: 'ask' }],
  ],
  [
    'a script',
    { Put: `<Javascript name="Put"><Source>context.getVariable('out')</Source></Javascript>` },
    always,
    [{ kind: 'script', by: 'Put' }],
  ],
  ['nothing', {}, { Pre: [['Mint']] }, []],
  ['a policy before it', { Put: bearer }, { Pre: [['Put', 'Mint']] }, []],
  ['a disabled policy', { Put: bearer.replace('name=', 'enabled="false" name=') }, always, []],
];

function withoutPlace({ at, ...one }: HeaderDestination): Omit<HeaderDestination, 'at'> {
  assert.equal(at?.step.policy, one.by);
  return one;
}

for (const [name, policies, flows, expected] of destinations) {
  test(`where the token goes: ${name}`, () => {
    const found = bundleWith(policies, flows).policies[0]?.calls[0]?.destinations ?? [];
    assert.deepEqual(
      found.map((one) => ('at' in one ? withoutPlace(one) : one)),
      expected,
    );
  });
}

/** A flow's condition, and the `match` of its route with what it says differently. */
const matches: readonly [condition: string, match: object | undefined, differences: RegExp | undefined][] = [
  ['request.verb = "POST"', { pathPrefix: '/v1/shop', method: ['POST'] }, undefined],
  [
    '(request.verb = "GET") or (request.verb == "HEAD")',
    { pathPrefix: '/v1/shop', method: ['GET', 'HEAD'] },
    undefined,
  ],
  [
    'proxy.pathsuffix MatchesPath "/a" and request.verb Equals "GET"',
    { path: '/v1/shop/a', method: ['GET'] },
    undefined,
  ],
  ['proxy.pathsuffix ~/ "/a/**"', { path: '/v1/shop/a/**' }, undefined],
  ['proxy.pathsuffix MatchesPath "/a/*"', { path: '/v1/shop/a/*' }, undefined],
  ['proxy.pathsuffix MatchesPath "/*/A.b"', { path: '/v1/shop/*/A.b' }, undefined],
  ['proxy.pathsuffix MatchesPath "/"', { path: '/v1/shop' }, undefined],
  ['proxy.pathsuffix MatchesPath "/**"', { path: '/v1/shop/**' }, undefined],
  ['proxy.pathsuffix MatchesPath "/a/"', { path: '/v1/shop/a/' }, /^On Apigee the path matches only with its final/],
  ['proxy.pathsuffix MatchesPath "/a/**/b"', undefined, /whole segment/],
  ['proxy.pathsuffix MatchesPath "/a*"', undefined, /whole segment/],
  ['proxy.pathsuffix MatchesPath "/a/{id}"', undefined, /whole segment/],
  ['proxy.pathsuffix MatchesPath "a"', undefined, /whole segment/],
  ['proxy.pathsuffix MatchesPath "**"', undefined, /whole segment/],
  [`proxy.pathsuffix MatchesPath "/${'a'.repeat(2039)}"`, { path: `/v1/shop/${'a'.repeat(2039)}` }, undefined],
  [`proxy.pathsuffix MatchesPath "/${'a'.repeat(2040)}"`, undefined, /too long/],
  ['proxy.pathsuffix MatchesPath "/a" and proxy.pathsuffix MatchesPath "/*"', undefined, /more than once/],
  ['request.header.X-Kind = "a"', { pathPrefix: '/v1/shop', headers: { 'x-kind': 'a' } }, undefined],
  ['request.header.X-Kind != null', { pathPrefix: '/v1/shop', headers: { 'x-kind': true } }, undefined],
  [
    'request.queryparam.Kind = "a" || request.queryparam.Kind = "b"',
    { pathPrefix: '/v1/shop', query: { Kind: ['a', 'b'] } },
    undefined,
  ],
  ['request.queryparam.k = null', undefined, /cannot say/],
  ['request.verb != "OPTIONS"', undefined, /cannot say/],
  ['request.verb = "GET" or request.verb = "PUT" and request.header.x = "1"', undefined, /cannot say/],
  ['request.verb = "GET" and request.header.x = "1" or request.verb = "PUT"', undefined, /cannot say/],
  ['not (request.verb = "GET")', undefined, /cannot say/],
  ['request.header.x = "1" and request.header.x = "2"', undefined, /twice/],
  ['request.formparam.x = "1"', undefined, /cannot say/],
  ['request.header.x = "1" and request.header.X_ = "2" and request.header.x- = "2"', undefined, /twice/],
  ['request.queryparam.a-b = "1" and request.queryparam.a_b = "2"', undefined, /twice/],
  // What a route's `match` does not take.
  ['request.header.host = "a"', undefined, /cannot say/],
  ['request.header.x = " a"', undefined, /cannot say/],
  ['request.header.x = "é"', undefined, /cannot say/],
  ['request.queryparam.__proto__ = "1"', undefined, /cannot say/],
  [`request.header.${'x'.repeat(257)} = "a"`, undefined, /cannot say/],
  [
    `request.header.${'x'.repeat(256)} = "a"`,
    { pathPrefix: '/v1/shop', headers: { ['x'.repeat(256)]: 'a' } },
    undefined,
  ],
  [`request.queryparam.${'x'.repeat(257)} = "a"`, undefined, /cannot say/],
];

for (const [condition, match, differences] of matches) {
  test(`the route for ${condition}`, () => {
    const [route] =
      bundleWith({ Put: bearer }, { [`Flow ${condition}`]: [['Mint', 'Put']] }).policies[0]?.calls[0]?.routes ?? [];
    assert.ok(route);
    assert.deepEqual(route.match, match);
    if (differences === undefined) assert.deepEqual(route.differences, []);
    else assert.match(route.differences.join(' '), differences);
  });
}

/** A condition with several ways to fulfil it, and the routes for these. */
const alternatives: readonly [condition: string, matches: readonly object[]][] = [
  [
    'request.verb = "GET" or request.header.x = "1"',
    [
      { pathPrefix: '/v1/shop', method: ['GET'] },
      { pathPrefix: '/v1/shop', headers: { x: '1' } },
    ],
  ],
  [
    '(proxy.pathsuffix MatchesPath "/a" OR proxy.pathsuffix MatchesPath "/a/**")AND(request.verb = "GET")',
    [
      { path: '/v1/shop/a', method: ['GET'] },
      { path: '/v1/shop/a/**', method: ['GET'] },
    ],
  ],
  [
    '(request.verb = "GET" or request.verb = "PUT") and (request.header.x = "1" or request.queryparam.y != null)',
    [
      { pathPrefix: '/v1/shop', method: ['GET', 'PUT'], headers: { x: '1' } },
      { pathPrefix: '/v1/shop', method: ['GET', 'PUT'], query: { y: true } },
    ],
  ],
];

for (const [condition, matches] of alternatives) {
  test(`the routes for ${condition}`, () => {
    const bundle = bundleWith({ Put: bearer }, { [`Flow ${condition}`]: [['Mint', 'Put']] });
    const routes = bundle.policies[0]?.calls[0]?.routes ?? [];
    assert.deepEqual(
      routes.map(({ match, differences }) => [match, differences]),
      matches.map((match) => [match, []]),
    );
  });
}

/** A base path, a flow's condition, and the paths of its routes. */
const basePaths: readonly [basePath: string, condition: string, paths: readonly object[]][] = [
  ['/', 'request.verb = "GET"', [{}]],
  ['/', 'proxy.pathsuffix MatchesPath "/"', [{ path: '/' }]],
  ['/', 'proxy.pathsuffix MatchesPath "/a/*"', [{ path: '/a/*' }]],
  ['/v1/', 'proxy.pathsuffix MatchesPath "/a/**"', [{ path: '/v1/a/**' }]],
  ['/v1/*/shop', 'request.verb = "GET"', [{ path: '/v1/*/shop/' }, { path: '/v1/*/shop/**' }]],
  ['/v1/*/shop', 'proxy.pathsuffix MatchesPath "/a"', [{ path: '/v1/*/shop/a' }]],
];

for (const [basePath, condition, paths] of basePaths) {
  test(`the paths below ${basePath} for ${condition}`, () => {
    const flows: Flows = { [`Flow request.verb = "GET" and ${condition}`]: [['Mint', 'Put']] };
    const bundle = bundleWith({ Put: bearer }, flows, {}, undefined, basePath);
    const routes = bundle.policies[0]?.calls[0]?.routes ?? [];
    assert.deepEqual(
      routes.map(({ match, differences }) => [match, differences]),
      paths.map((path) => [{ ...path, method: ['GET'] }, []]),
    );
    const printed = sectionOf(bundle);
    assert.equal(printed.match(/^ {2}- \{ match:/gm)?.length, paths.length, printed);
  });
}

/** The base path of another ProxyEndpoint, the condition of a flow below `base`, and whether they meet. */
const nested: readonly [base: string, other: string, condition: string, meets: boolean][] = [
  ['/v1/shop', '/v1', 'request.verb = "GET"', false],
  ['/v1/shop', '/v1/shop/a', 'request.verb = "GET"', true],
  ['/v1/shop', '/v1/Shop/A', 'proxy.pathsuffix MatchesPath "/a/**"', true],
  ['/v1/shop', '/v1/shop/a', 'proxy.pathsuffix MatchesPath "/b/*"', false],
  ['/v1/shop', '/v1/shop/a', 'proxy.pathsuffix MatchesPath "/*/c"', true],
  ['/v1/shop', '/v1/*', 'request.verb = "GET"', true],
  ['/v1/*', '/v1/shop', 'request.verb = "GET"', true],
  ['/v1/*', '/v2', 'request.verb = "GET"', false],
  ['/v1/*/shop', '/v1/*/cart', 'request.verb = "GET"', false],
];

for (const [base, other, condition, meets] of nested) {
  test(`a flow of ${base} for ${condition} and the base path ${other}: ${meets}`, () => {
    const parts = filesOf({
      'apiproxy/policies/Mint.xml': mint,
      'apiproxy/policies/Put.xml': bearer,
      'apiproxy/proxies/default.xml': proxyEndpoint({ [`Flow ${condition}`]: [['Mint', 'Put']] }).replace(
        '/v1/shop',
        base,
      ),
      'apiproxy/proxies/other.xml': proxyEndpoint({}).replace('/v1/shop', other).replace('"default"', '"other"'),
      'apiproxy/targets/t.xml': targetEndpoint({}),
    });
    const [bundle] = readBundles(parts, {});
    const routes = bundle?.policies[0]?.calls[0]?.routes ?? [];
    assert.ok(routes.length > 0);
    for (const { differences } of routes) assert.equal(/base path that may match/.test(differences.join()), meets);
  });
}

test('flows whose paths differ in letter case may match the same requests', () => {
  const flow = (path: string): string => `Flow proxy.pathsuffix MatchesPath "${path}"`;
  const bundle = bundleWith({ Put: bearer }, { [flow('/A')]: [[]], [flow('/a')]: [['Mint', 'Put']] });
  assert.match(bundle.policies[0]?.calls[0]?.routes[0]?.differences.join() ?? '', /An earlier flow may match/);
});

test('RouteRules after one without a condition count for nothing', () => {
  const rule = (name: string, inner: string): string => `<RouteRule name="${name}">${inner}</RouteRule>`;
  const [target, get] = ['<TargetEndpoint>t</TargetEndpoint>', '<Condition>request.verb = "GET"</Condition>'];
  const rules = [rule('a', `${get}${target}`), rule('b', ''), rule('c', target)].join('');
  const bundle = bundleWith({ Put: bearer }, always, {}, rules);
  assert.deepEqual(
    bundle.policies[0]?.calls[0]?.routes.map(({ match, differences }) => [match, differences]),
    [[{ pathPrefix: '/v1/shop', method: ['GET'] }, []]],
  );
});

const lines: readonly [name: string, flows: Flows, target: Flows, rules: string | undefined, line: string][] = [
  ['every request of the proxy', always, {}, undefined, '  - { match: { pathPrefix: /v1/shop }, policies: [ Mint ] }'],
  ['the TargetEndpoint', {}, always, undefined, '  - { match: { pathPrefix: /v1/shop }, policies: [ Mint ] }'],
  [
    'a later RouteRule',
    {},
    always,
    '<RouteRule name="n"><TargetEndpoint>u</TargetEndpoint><Condition>x = "1"</Condition></RouteRule><RouteRule name="r"><TargetEndpoint>t</TargetEndpoint></RouteRule>',
    '# Mint. Another RouteRule of the ProxyEndpoint default comes first.',
  ],
  [
    'a RouteRule without a target',
    always,
    {},
    '<RouteRule name="n"><Condition>x = "1"</Condition></RouteRule><RouteRule name="r"><TargetEndpoint>t</TargetEndpoint></RouteRule>',
    '# Mint. Another RouteRule of the ProxyEndpoint default comes first, and without a target: the proxy answers its requests itself.',
  ],
  [
    'two RouteRules to one target',
    {},
    always,
    '<RouteRule name="n"><TargetEndpoint>t</TargetEndpoint><Condition>request.verb = "PUT"</Condition></RouteRule><RouteRule name="r"><TargetEndpoint>t</TargetEndpoint></RouteRule>',
    '  - { match: { pathPrefix: /v1/shop }, policies: [ Mint ] }',
  ],
  [
    'conditions on all RouteRules',
    always,
    {},
    '<RouteRule name="n"><TargetEndpoint>t</TargetEndpoint><Condition>request.verb = "PUT"</Condition></RouteRule><RouteRule name="r"><TargetEndpoint>u</TargetEndpoint><Condition>request.verb = "GET"</Condition></RouteRule>',
    '  - { match: { pathPrefix: /v1/shop, method: [ PUT, GET ] }, policies: [ Mint ] }',
  ],
  [
    'a condition of the policy that sets the header',
    { Pre: [['Mint', 'Put when x = "1"']] },
    {},
    undefined,
    '# Mint when x = "1". A route cannot say this condition.',
  ],
  [
    'an earlier flow',
    { 'Flow request.queryparam.a = "1"': [[]], 'Flow request.verb = "GET"': [['Mint', 'Put']] },
    {},
    undefined,
    '# Mint when request.verb = "GET". An earlier flow may match the same requests, and then runs instead.',
  ],
  [
    'an earlier flow for another method of the same path',
    {
      'Flow proxy.pathsuffix MatchesPath "/a" and request.verb = "PUT"': [[]],
      'Flow proxy.pathsuffix MatchesPath "/a" and request.verb = "GET"': [['Mint', 'Put']],
    },
    {},
    undefined,
    '  - { match: { path: /v1/shop/a, method: [ GET ] }, policies: [ Mint ] }',
  ],
  [
    'an earlier flow that excludes it',
    { 'Flow request.verb = "PUT"': [[]], 'Flow request.verb = "GET"': [['Mint', 'Put']] },
    {},
    undefined,
    '  - { match: { pathPrefix: /v1/shop, method: [ GET ] }, policies: [ Mint ] }',
  ],
];

for (const [name, flows, target, rules, line] of lines) {
  test(`printed routes: ${name}`, () => {
    const section = sectionOf(bundleWith({ Put: bearer }, flows, target, rules));
    assert.ok(section.split('\n').includes(line), section);
    const entry =
      '  - { name: Mint, file: apiproxy/policies/Mint.xml, output: { header: authorization, prefix: "Bearer " } }';
    assert.ok(section.split('\n').includes(entry), section);
  });
}

test('a response has no route', () => {
  assert.doesNotMatch(sectionOf(bundleWith({ Put: bearer }, { Pre: [['Mint'], ['Put']] })), /routes|policies:/);
});

test('a route has a largest number of headers and parameters', () => {
  const compare = (count: number): string =>
    Array.from({ length: count }, (_, at) => `request.queryparam.q${at} = "1"`).join(' and ');
  const routeFor = (condition: string): ProposedRoute | undefined =>
    bundleWith({ Put: bearer }, { [`Flow ${condition}`]: [['Mint', 'Put']] }).policies[0]?.calls[0]?.routes[0];
  assert.equal(Object.keys(routeFor(compare(maxNames))?.match?.query ?? {}).length, maxNames);
  const { match, differences } = routeFor(compare(maxNames + 1)) ?? {};
  assert.deepEqual([match, differences], [undefined, ['It compares too many things for a route.']]);
});

test('a condition has a largest number of alternatives', () => {
  const paths = (count: number): string =>
    Array.from({ length: count }, (_, at) => `proxy.pathsuffix MatchesPath "/${at}"`).join(' or ');
  assert.equal(alternativesOf(paths(maxAlternatives))?.length, maxAlternatives);
  assert.equal(alternativesOf(paths(maxAlternatives + 1)), undefined);
  assert.equal(alternativesOf(`(${paths(8)}) and (${paths(8)})`)?.length, maxAlternatives);
  assert.equal(alternativesOf(`(${paths(8)}) and (${paths(9)})`), undefined);
});

test('a condition has a longest length and depth', () => {
  const padded = (length: number): string => 'request.verb = "GET"'.padEnd(length);
  assert.ok(alternativesOf(padded(longestCondition)));
  assert.equal(alternativesOf(padded(longestCondition + 1)), undefined);
  const nested = (depth: number): string => `${'('.repeat(depth)}request.verb = "GET"${')'.repeat(depth)}`;
  assert.ok(alternativesOf(nested(32)));
  assert.equal(alternativesOf(nested(33)), undefined);
});
