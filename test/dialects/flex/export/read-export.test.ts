import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maxTexts } from '../../../../src/dialects/flex/export/path-expression.ts';
import { binding, type Files, instance, ours, policies, read, reading, services, summary } from './written-export.ts';

const scripted = (flow: string): string =>
  `{ policyRef: { name: dataweave-headers-transformation-flex }, config: { script: '{}', requestFlow: ${flow} } }`;

const cases: readonly (readonly [name: string, files: Files, expected: readonly (readonly unknown[])[]])[] = [
  ['nothing', { 'a.yaml': 'a: b', 'b.txt': ours }, []],
  ['an instance without the policy', { 'a.yaml': instance('a', 'http://0.0.0.0:80/', policies()) }, []],
  ['another file with an error', { 'a.yaml': 'kind: ApiInstance\napiVersion: gateway.mulesoft.com/v1\na: [' }, []],
  [
    'a file with an error, beside a policy',
    {
      'a.yaml': instance('a', 'http://0.0.0.0:80/', policies(ours)),
      'b.yaml': 'kind: PolicyBinding\nspec: { policyRef: { name: header-injection-flex }, a: [',
    },
    [
      ['a', 'value: import.incomplete', [{}], { allow: ['?'] }],
      ['b.yaml', 'cannot: policy.syntax', [], {}],
    ],
  ],
  ...[
    ['/x/.*', 'exact', [{ path: '/api/x/**' }]],
    ['/.*', 'exact', [{ pathPrefix: '/api' }]],
    ['/x/', 'value: import.open-route', [{ path: '?' }]],
    ['/v[12]/x.*', 'value: import.open-route', [{ pathPrefix: '?' }]],
  ].map(([path, verdict, routes]) => {
    const rules = services(`{ one: { routes: [{ rules: [{ path: "${String(path)}" }] }] } }`);
    const files = { 'a.yaml': instance('a', 'http://0.0.0.0:80/api', `${rules}${policies(ours)}`) };
    return [`a route for ${String(path)}`, files, [['a', verdict, routes, {}]]] as const;
  }),
  [
    'an address without a base path',
    { 'a.yaml': instance('a', 'http://0.0.0.0:80/', policies(ours)) },
    [['a', 'exact', [{}], {}]],
  ],
  [
    'an address with a base path, and a port that is a variable',
    { 'a.yaml': instance('a', 'https://127.0.0.1:$PORT/api/v1/', policies(ours)) },
    [['a', 'exact', [{ pathPrefix: '/api/v1' }], {}]],
  ],
  [
    'an address with a host',
    { 'a.yaml': instance('a', 'http://api.example.com:80/x', policies(ours)) },
    [['a', 'value: import.open-route', [{ pathPrefix: '/x', host: '?' }], {}]],
  ],
  [
    'an address with a placeholder',
    { 'a.yaml': instance('a', 'http://0.0.0.0:80/{v}', policies(ours)) },
    [['a', 'value: import.open-route', [{ pathPrefix: '?' }], {}]],
  ],
  [
    'a policy of one service',
    {
      'a.yaml': instance(
        'a',
        'http://0.0.0.0:80/api',
        services(
          `{ one: { routes: [{ rules: [{ path: "/x(/.*)?", methods: GET|POST }] }], policies: [${ours}] }, two: { routes: [{ rules: [{ path: /y }] }] } }`,
        ),
      ),
    },
    [['one', 'exact', [{ pathPrefix: '/api/x', method: ['GET', 'POST'] }], { allow: ['flex.upstream'] }]],
  ],
  [
    'a policy of one service, with requests to another one on the same paths',
    {
      'a.yaml': instance(
        'a',
        'http://0.0.0.0:80',
        services(`{ one: { routes: [{ rules: [{ path: "/x(/.*)?" }] }], policies: [${ours}] }, two: {} }`),
      ),
    },
    [['one', 'value: import.open-route', [{ pathPrefix: '/x', host: '?' }], { allow: ['flex.upstream'] }]],
  ],
  [
    'a binding in another file, with rules below the base path',
    {
      'a.yaml': instance('a', 'http://0.0.0.0:80/api'),
      'b.yaml': binding('b', '{ name: a }', ', rules: [{ path: /x }]'),
    },
    [['b', 'exact', [{ pathPrefix: '/api' }], { flex: { basePath: '/api' } }]],
  ],
  [
    'a binding to an instance that is not there, or in another namespace',
    {
      'a.yaml': instance('a', 'http://0.0.0.0:80/api'),
      'b.yaml': binding('b', '{ name: gone }', ', rules: [{ path: /x }]'),
      'c.yaml': binding('c', '{ name: a, namespace: other }'),
    },
    [
      ['b', 'value: import.open-route flex.base-path', [{ pathPrefix: '?' }], { flex: { basePath: '?' } }],
      ['c', 'value: import.open-route', [{ pathPrefix: '?' }], {}],
    ],
  ],
  [
    'a selector for two of three instances',
    {
      'a.yaml':
        instance('a', 'http://0.0.0.0:80/a', '', ', labels: { t: "yes" }') +
        instance('b', 'http://0.0.0.0:80/b', '', ', labels: { t: "yes", u: v }') +
        instance('c', 'http://0.0.0.0:80/c', '', ', labels: { t: "no" }') +
        binding('auto', '{ kind: Selector, selector: { kind: ApiInstance, labels: { t: "yes" } } }'),
    },
    [['auto', 'exact', [{ pathPrefix: '/a' }, { pathPrefix: '/b' }], { allow: ['flex.target-selector'] }]],
  ],
  [
    'a selector that matches nothing',
    { 'a.yaml': binding('auto', '{ kind: Selector, selector: { kind: ApiInstance, labels: { t: "yes" } } }') },
    [['auto', 'value: import.open-route', [{ pathPrefix: '?' }], { allow: ['flex.target-selector'] }]],
  ],
  [
    'two gateways in two folders, with instances of one name',
    {
      'one/a.yaml': instance('a', 'http://0.0.0.0:80/one'),
      'one/b.yaml': binding('b', '{ name: a }'),
      'two/a.yaml': instance('a', 'http://0.0.0.0:80/two'),
      'two/c.yaml': binding('c', '{ name: a }'),
    },
    [
      ['b', 'exact', [{ pathPrefix: '/one' }], {}],
      ['c', 'exact', [{ pathPrefix: '/two' }], {}],
    ],
  ],
  [
    'another API with the same paths at another port',
    { 'a.yaml': instance('a', 'http://0.0.0.0:80', policies(ours)) + instance('b', 'http://0.0.0.0:81/b') },
    [['a', 'value: import.open-route', [{ host: '?' }], {}]],
  ],
  [
    'a caller that JWT Validation authenticated',
    {
      'a.yaml': instance(
        'a',
        'http://0.0.0.0:80',
        policies('{ policyRef: { name: jwt-validation-flex } }', reading('authentication.principal')),
      ),
    },
    [['a', 'exact', [{}], { authentication: { as: 'jwt-validation' }, requireCaller: true }]],
  ],
  [
    'a caller that nobody authenticated before, and one that two policies did',
    {
      'a.yaml': instance(
        'a',
        'http://0.0.0.0:80/a',
        policies(reading('authentication.principal'), '{ policyRef: { name: jwt-validation-flex } }'),
      ),
      'b.yaml': instance(
        'b',
        'http://0.0.0.0:80/b',
        policies(
          '{ policyRef: { name: jwt-validation-flex } }',
          '{ policyRef: { name: http-basic-authentication-flex } }',
          reading('authentication.principal'),
        ),
      ),
    },
    [
      ['a', 'value: flex.caller', [{ pathPrefix: '/a' }], { authentication: { as: '?' }, requireCaller: true }],
      ['b', 'value: flex.caller', [{ pathPrefix: '/b' }], { authentication: { as: '?' }, requireCaller: true }],
    ],
  ],
  [
    'a caller that the token does not read, and one that is only required for some requests',
    {
      'a.yaml': instance('a', 'http://0.0.0.0:80/a', policies('{ policyRef: { name: jwt-validation-flex } }', ours)),
      'b.yaml': instance(
        'b',
        'http://0.0.0.0:80/b',
        policies('{ policyRef: { name: jwt-validation-flex }, rules: [{ path: /x }] }', ours),
      ),
    },
    [
      ['a', 'exact', [{ pathPrefix: '/a' }], { requireCaller: true }],
      ['b', 'value: import.caller', [{ pathPrefix: '/b' }], { requireCaller: '?' }],
    ],
  ],
  [
    'a caller that is required for the requests of the policy',
    {
      'a.yaml': instance(
        'a',
        'http://0.0.0.0:80/a',
        policies(
          '{ policyRef: { name: jwt-validation-flex }, rules: [{ path: /x }] }',
          ours.replace('config:', 'rules: [{ path: /x }], config:'),
        ),
      ),
    },
    [['a', 'exact', [{ pathPrefix: '/a' }], { requireCaller: true }]],
  ],
  [
    'a caller that only one of two instances requires',
    {
      'a.yaml':
        instance(
          'a',
          'http://0.0.0.0:80/a',
          policies('{ policyRef: { name: jwt-validation-flex } }'),
          ', labels: { t: "yes" }',
        ) +
        instance('b', 'http://0.0.0.0:80/b', '', ', labels: { t: "yes" }') +
        binding('auto', '{ kind: Selector, selector: { kind: ApiInstance, labels: { t: "yes" } } }'),
    },
    [
      [
        'auto',
        'value: import.caller',
        [{ pathPrefix: '/a' }, { pathPrefix: '/b' }],
        { requireCaller: '?', allow: ['flex.target-selector'] },
      ],
    ],
  ],
  [
    'a disabled policy that would have authenticated the caller',
    {
      'a.yaml': instance(
        'a',
        'http://0.0.0.0:80',
        policies('{ policyRef: { name: jwt-validation-flex }, disabled: true }', ours),
      ),
    },
    [['a', 'exact', [{}], {}]],
  ],
  [
    'a tier that no source of the configuration knows',
    {
      'a.yaml': instance(
        'a',
        'http://0.0.0.0:80',
        policies('{ policyRef: { name: jwt-validation-flex } }', reading('authentication.properties.slaId')),
      ),
    },
    [
      [
        'a',
        'value: identity.unfilled-member',
        [{}],
        { authentication: { as: 'jwt-validation' }, requireCaller: true, allow: ['?'] },
      ],
    ],
  ],
  [
    'a header that another policy sets before, and one that it does not set',
    {
      'a.yaml': instance(
        'a',
        'http://0.0.0.0:80/a',
        policies(
          '{ policyRef: { name: header-injection-flex }, config: { inboundHeaders: [{ key: X-Tenant, value: acme }] } }',
          reading("attributes.headers['x-tenant']"),
        ),
      ),
      'b.yaml': instance(
        'b',
        'http://0.0.0.0:80/b',
        policies(
          '{ policyRef: { name: header-injection-flex }, config: { inboundHeaders: [{ key: X-Tenant, value: acme }] } }',
          reading("attributes.headers['x-other']"),
        ),
      ),
    },
    [
      ['a', 'value: flex.changed-header', [{ pathPrefix: '/a' }], { allow: ['?'] }],
      ['b', 'exact', [{ pathPrefix: '/b' }], {}],
    ],
  ],
  [
    'all headers, which another policy changes before',
    {
      'a.yaml': instance(
        'a',
        'http://0.0.0.0:80',
        policies(
          '{ policyRef: { name: header-removal-flex }, config: { inboundHeaders: [x-tenant] } }',
          reading('sizeOf(attributes)'),
        ),
      ),
    },
    [['a', 'value: flex.changed-header', [{}], { allow: ['?'] }]],
  ],
  [
    'headers that a script makes of the request, and of the response',
    {
      'a.yaml': instance(
        'a',
        'http://0.0.0.0:80/a',
        policies(scripted('onRequest'), reading("attributes.headers['x-tenant']")),
      ),
      'b.yaml': instance(
        'b',
        'http://0.0.0.0:80/b',
        policies(scripted('onResponse'), reading("attributes.headers['x-tenant']")),
      ),
      'c.yaml': instance('c', 'http://0.0.0.0:80/c', policies(scripted('onRequest'), reading('attributes.method'))),
    },
    [
      ['a', 'value: flex.changed-header', [{ pathPrefix: '/a' }], { allow: ['?'] }],
      ['b', 'exact', [{ pathPrefix: '/b' }], {}],
      ['c', 'exact', [{ pathPrefix: '/c' }], {}],
    ],
  ],
  [
    'a claim from an environment variable',
    { 'a.yaml': instance('a', 'http://0.0.0.0:80', policies(reading('x').replace('"#[x]"', '$TENANT'))) },
    [['a', 'value: flex.environment-variable', [{}], { allow: ['?'] }]],
  ],
  [
    'a short secret, which the gateway takes too',
    {
      'a.yaml': instance(
        'a',
        'http://0.0.0.0:80',
        policies(ours.replace('a-secret-of-thirty-two-characters', 'short')),
      ),
    },
    [['a', 'exact', [{}], { allow: ['jose.short-secret'] }]],
  ],
  [
    "the vendor's other policy of the name, and a file that is not YAML",
    {
      'a.yaml': instance('a', 'http://0.0.0.0:80/a', policies(ours.replace('exp: 60', 'kid: k'))),
      'b.yaml': `${instance('b', 'http://0.0.0.0:80/b', policies(ours))}x: [`,
    },
    [
      ['a', 'cannot: policy.other-schema', [{ pathPrefix: '/a' }], {}],
      ['b.yaml', 'cannot: policy.syntax', [], {}],
    ],
  ],
  [
    "API Manager's policies beside their API",
    {
      'one/api.json': JSON.stringify({
        id: 1,
        assetId: 'orders',
        endpoint: { proxyUri: 'http://0.0.0.0:8081/orders', uri: 'http://up' },
      }),
      'one/policies.json': JSON.stringify({
        policies: [
          { assetId: 'jwt-validation', order: 1, configurationData: {} },
          {
            template: { assetId: 'jwt-generation-flex' },
            order: 2,
            configurationData: { signingMethod: 'HS256', privateKey: '********' },
            pointcutData: [{ methodRegex: 'GET', uriTemplateRegex: '/x' }],
          },
          {
            assetId: 'jwt-generation-flex',
            disabled: true,
            configurationData: { signingMethod: 'HS256', privateKey: '********' },
          },
        ],
      }),
    },
    [
      ['policies', 'exact', [{ pathPrefix: '/orders' }], { flex: { basePath: '/orders' }, requireCaller: true }],
      ['policies', 'cannot: policy.disabled', [], {}],
    ],
  ],
  [
    "API Manager's policies without their API",
    {
      'policies.json': JSON.stringify([
        { assetId: 'jwt-generation-flex', configurationData: { signingMethod: 'HS256', privateKey: '***' } },
      ]),
    },
    [['policies', 'value: import.open-route', [{ pathPrefix: '?' }], {}]],
  ],
];

for (const [name, files, expected] of cases) {
  test(`an export of Flex Gateway: ${name}`, () => {
    assert.deepEqual(read(files).map(summary), expected);
  });
}

const canary = 'canary0123456789canary';

/** Files with the canary in place of a secret. */
const secretPlaces: readonly (readonly [name: string, text: string])[] = [
  [
    'a secret key',
    instance('a', 'http://0.0.0.0:80', policies(ours.replace('a-secret-of-thirty-two-characters', canary))),
  ],
  [
    'a private key',
    instance('a', 'http://0.0.0.0:80', policies(ours.replace('HS256, ', 'RS256, x: ').replace('a-s', canary))),
  ],
  [
    'a reference that is the key itself',
    instance(
      'a',
      'http://0.0.0.0:80',
      policies(ours.replace('a-secret-of-thirty-two-characters', `{ secretRef: ${canary} }`)),
    ),
  ],
  [
    'the data of a Secret',
    `kind: Secret\nmetadata: { name: s }\ndata: { key: ${canary} }\n---\n${policies(ours).trim()}`,
  ],
  [
    'an environment variable',
    instance('a', 'http://0.0.0.0:80', policies(ours.replace('a-secret-of-thirty-two-characters', `$${canary}`))),
  ],
  ['the user of an address', instance('a', `http://${canary}:${canary}@0.0.0.0:80/x`, policies(ours))],
  ['an algorithm', instance('a', 'http://0.0.0.0:80', policies(ours.replace('HS256', canary)))],
  ['an unknown key', instance('a', 'http://0.0.0.0:80', policies(ours.replace('exp', canary)))],
  [
    'the password of another policy',
    instance(
      'a',
      'http://0.0.0.0:80',
      policies(
        `{ policyRef: { name: http-basic-authentication-flex }, config: { password: ${canary} } }`,
        reading('authentication.principal'),
      ),
    ),
  ],
  ['a file that is not YAML', `${instance('a', 'http://0.0.0.0:80', policies(ours))}${canary}: [`],
];

for (const [name, text] of secretPlaces) {
  test(`nothing is said of a secret: ${name}`, () => {
    const found = read({ 'a.yaml': text });
    assert.equal(found.length, 1);
    const said = JSON.stringify(found.map(({ file: _, ...rest }) => rest));
    assert.ok(!said.includes(canary), said);
  });
}

test('a mistake in a policy of the export shows its line, if that has no secret', () => {
  const text =
    'kind: PolicyBinding\nspec:\n  policyRef: { name: jwt-generation-flex }\n  config:\n    signingMethod: HS265\n    privateKey: k\n';
  const [policy] = read({ 'a.yaml': text });
  assert.equal(policy?.reasons[0]?.problem.excerpt, '    signingMethod: HS265');
});

test('a Secret of the export is named as the origin of a key, with its place', () => {
  const policy = ours.replace('a-secret-of-thirty-two-characters', '{ secretRef: { name: signing } }');
  const [found] = read({
    'a.yaml': instance('a', 'http://0.0.0.0:80', policies(policy)),
    'b.yaml': 'apiVersion: gateway.mulesoft.com/v1alpha1\nkind: Secret\nmetadata: { name: signing }\n',
  });
  assert.deepEqual(found?.keys, [
    {
      name: 'signing',
      kind: 'secret',
      algorithm: 'HS256',
      origin: 'the Secret `signing` in /in/b.yaml:1:1, which /in/a.yaml:6:123 names',
      use: 'key',
    },
  ]);
});

const alternatives = (count: number): string => Array.from({ length: count }, (_, number) => `/p${number}`).join('|');

test('an expression with the greatest number of alternatives becomes as many routes, and with more the base path', () => {
  const routesOf = (path: string): number => {
    const rules = services(`{ up: { routes: [{ rules: [{ path: "${path}" }] }] } }`);
    return read({ 'a.yaml': instance('a', 'http://0.0.0.0:80/api', rules + policies(ours)) })[0]?.routes.length ?? 0;
  };
  assert.equal(routesOf(alternatives(maxTexts - 1)), maxTexts - 1);
  assert.equal(routesOf(alternatives(maxTexts)), 1);
});
