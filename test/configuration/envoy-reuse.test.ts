import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maxParts } from '../../src/configuration/envoy-reuse.ts';
import { loadConfiguration } from '../../src/configuration/load.ts';
import type { KeyCaller } from '../../src/request/envoy-reuse.ts';
import { memoryFiles } from './memory-files.ts';
import {
  asks,
  claim,
  findingOf,
  manyHeaders,
  manyNames,
  only,
  pair,
  route,
  script,
  sources,
  withRules,
} from './reused-policies.ts';

const token: KeyCaller = { kind: 'token', header: 'authorization', payload: 'payload' };
const noCaller: KeyCaller = { kind: 'none' };
const parts = (...names: readonly string[]): string[] => [...names];

const certificate = { authentication: { sources: [{ from: 'certificate' }] } };
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
