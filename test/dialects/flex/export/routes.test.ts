/**
 * @module
 * The routes of an export: which matches have requests in common, how wide they are, and to which APIs a policy applies.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Open } from '../../../../src/dialects/exported.ts';
import { readAddress } from '../../../../src/dialects/flex/address.ts';
import { overlap, withoutCovered } from '../../../../src/dialects/flex/export/match-relations.ts';
import { readFlexExport } from '../../../../src/dialects/flex/export/read-export.ts';
import { matchesOf, type RuleMatch } from '../../../../src/dialects/flex/export/rule-match.ts';
import { binding, type Files, instance, ours, policies, read, reading, services, summary } from './written-export.ts';

/** `=`: each is for all requests of the other; `>`: only the first is; `x`: some are in both; `|`: none is. */
const relations: readonly (readonly [one: RuleMatch, relation: string, other: RuleMatch])[] = [
  [{}, '=', {}],
  [{}, '>', { path: '/a' }],
  [{ pathPrefix: '/a' }, '>', { path: '/a' }],
  [{ pathPrefix: '/a' }, '>', { pathPrefix: '/a/b' }],
  [{ pathPrefix: '/a' }, '|', { pathPrefix: '/ab' }],
  [{ pathPrefix: '/a/b' }, '|', { path: '/a' }],
  [{ path: '/A' }, '=', { path: '/a' }],
  [{ path: '/a' }, '|', { path: '/b' }],
  [{ path: '/a' }, '|', { path: '/a/b' }],
  [{ path: '/*' }, '>', { path: '/a' }],
  [{ path: '/*/b' }, 'x', { path: '/a/*' }],
  [{ path: '/a/**' }, '>', { path: '/a/b' }],
  [{ path: '/a/**' }, '>', { path: '/a/b/**' }],
  [{ path: '/a/**' }, '=', { path: '/a/**' }],
  [{ pathPrefix: '/a' }, '>', { path: '/a/**' }],
  [{ host: 'a.example' }, '=', { host: 'A.example' }],
  [{ host: 'a.example' }, '|', { host: 'b.example' }],
  [{}, '>', { host: 'a.example' }],
  [{ host: '*.example' }, '>', { host: 'a.Example' }],
  [{ host: '*.example' }, '>', { host: '*.a.example' }],
  [{ host: '*.example' }, 'x', { host: 'a.other' }],
  [{ host: '*.example' }, 'x', { host: '*.other' }],
  [{}, '>', { method: ['GET'] }],
  [{ method: ['GET', 'PUT'] }, '>', { method: ['PUT'] }],
  [{ method: ['GET', 'PUT'] }, 'x', { method: ['PUT', 'POST'] }],
  [{ method: ['GET'] }, '|', { method: ['PUT'] }],
  [{}, '>', { headers: { a: '1' } }],
  [{ headers: { a: '1' } }, '=', { headers: { A: '1' } }],
  [{ headers: { a: true } }, '>', { headers: { a: '1' } }],
  [{ headers: { a: true } }, '=', { headers: { a: true } }],
  [{ headers: { a: ['1', '2'] } }, '>', { headers: { a: '1' } }],
  [{ headers: { a: ['1', '2'] } }, '>', { headers: { a: '1', b: '1' } }],
  [{ headers: { a: ['1', '2'] } }, 'x', { headers: { a: ['2', '3'] } }],
  [{ headers: { a: '1' } }, 'x', { headers: { b: '1' } }],
  [{ method: ['GET'] }, 'x', { host: 'a.example' }],
];

test('what two matches have in common', () => {
  for (const [one, relation, other] of relations) {
    const said = `${JSON.stringify(one)} ${relation} ${JSON.stringify(other)}`;
    assert.deepEqual([overlap(one, other), overlap(other, one)], [relation !== '|', relation !== '|'], said);
    const [a, b] = [{ match: one }, { match: other }];
    const expected = { '=': [[a], [b]], '>': [[a], [a]] }[relation] ?? [
      [a, b],
      [b, a],
    ];
    assert.deepEqual([withoutCovered([a, b]), withoutCovered([b, a])], expected, said);
  }
});

const headers = (count: number): Readonly<Record<string, string>> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`x-${index}`, 'a']));

const rules: readonly (readonly [name: string, rule: object, match: RuleMatch, differs: string])[] = [
  ['as many headers as a route can have', { headers: headers(32) }, { headers: headers(32) }, 'none'],
  ['one header more', { headers: headers(33) }, {}, 'more'],
  ['headers of names that some servers take for one', { headers: { 'x-a': 'a', x_a: 'a' } }, {}, 'more'],
  ['the Host header', { headers: { Host: 'a' } }, {}, 'more'],
  ['alternatives of a header', { headers: { a: '^(x|y)$' } }, { headers: { a: ['x', 'y'] } }, 'none'],
  ['any value of a header', { headers: { a: '.*' } }, { headers: { a: true } }, 'none'],
  ['a header with a comma', { headers: { a: 'x,y' } }, {}, 'more'],
  ['a host', { host: '^api\\.example\\.com$' }, { host: 'api.example.com' }, 'none'],
  ['the hosts below another', { host: '.*\\.example\\.com' }, { host: '*.example.com' }, 'none'],
  ['an expression for hosts', { host: 'api[12]\\.example\\.com' }, {}, 'more'],
  ['methods as a list', { methods: ['get', 'PUT', 'GET'] }, { method: ['GET', 'PUT'] }, 'none'],
  ['an expression for methods', { methods: 'P.*' }, {}, 'more'],
];

for (const [name, rule, match, differs] of rules) {
  test(`the match of a rule: ${name}`, () => {
    assert.deepEqual(matchesOf(rule, ''), [{ match, differs }]);
  });
}

function said(files: Files): readonly string[] {
  return read(files).flatMap(({ reasons }) =>
    reasons.map(({ kind, problem }) => `${kind} ${problem.code}: ${problem.message}`),
  );
}

const inFile =
  'note policy.key-in-file: The key is in the text of the policy, so whoever can read the file can make tokens.';

const whole: readonly (readonly [name: string, files: Files, reasons: readonly string[]])[] = [
  [
    'a policy of one service: the routes say it already',
    { 'a.yaml': instance('a', 'http://0.0.0.0:80/x', services(`{ one: { policies: [${ours}] } }`)) },
    [inFile],
  ],
  [
    'a policy of a selector',
    {
      'a.yaml': instance('a', 'http://0.0.0.0:80/a', '', ', labels: { t: u }'),
      'b.yaml': binding('b', '{ kind: Selector, selector: { labels: { t: u } } }'),
    },
    [inFile],
  ],
  [
    'a short secret',
    {
      'a.yaml': instance(
        'a',
        'http://0.0.0.0:80',
        policies(ours.replace('a-secret-of-thirty-two-characters', 'short')),
      ),
    },
    [
      inFile,
      'note jose.short-secret: The secret is shorter than the hash of its algorithm, so it is easier to guess. The gateway accepts it too.',
    ],
  ],
  [
    'another API on the same paths, without its kind as in a snippet',
    {
      'a.yaml': instance('a', 'http://0.0.0.0:80/x', policies(ours)),
      'b.yaml': `# ApiInstance\nspec:\n  address: http://0.0.0.0:81/x\n${services('{ one: {} }')}`,
    },
    [
      'value import.open-route: Another API of the export has the same paths without this policy, at another port than the API `a`.',
      inFile,
    ],
  ],
  [
    'a snippet without the address of an API',
    {
      'a.yaml': instance('a', 'http://0.0.0.0:80/x', policies(ours)),
      'b.yaml': `# ApiInstance\nspec:\n${services('{ one: {} }')}`,
    },
    [inFile],
  ],
  [
    'other policies of the API, of which one authenticates',
    {
      'a.yaml': instance(
        'a',
        'http://0.0.0.0:80',
        policies('{ policyRef: { name: jwt-validation-flex } }', '{ policyRef: { name: cors-flex } }', ours),
      ),
    },
    [
      'note flex.other-policy: The gateway also ran other policies for these requests: cors-flex (/in/a.yaml:6:81).',
      'note flex.caller: The policy `jwt-validation-flex` authenticated the callers on the gateway.',
      inFile,
    ],
  ],
  [
    'a policy of an upstream to which no route of its API leads',
    {
      'api.json': JSON.stringify({
        assetId: 'shop',
        endpoint: { proxyUri: 'http://0.0.0.0:80/a' },
        routing: [{ rules: [{ path: '/x' }], upstreams: [{ id: 'u1' }] }],
      }),
      'policies.json': JSON.stringify([
        {
          assetId: 'jwt-generation-flex',
          configurationData: { signingMethod: 'HS256', privateKey: 'a-secret-of-thirty-two-characters', exp: 60 },
          upstreamId: 'u2',
        },
      ]),
    },
    ['value import.open-route: The policy is for one upstream service, and the export has no route to it.', inFile],
  ],
  [
    'a selector of something else',
    {
      'a.yaml': instance('a', 'http://0.0.0.0:80/a', '', ', labels: { t: u }'),
      'b.yaml': binding('b', '{ kind: Selector, selector: { kind: Service, labels: { t: u } } }'),
    },
    ['value import.open-route: The selector is not one of API instances.', inFile],
  ],
];

for (const [name, files, reasons] of whole) {
  test(`all reasons: ${name}`, () => assert.deepEqual(said(files), reasons));
}

test('a note says what to do in place of the policy that authenticates', () => {
  const list = policies('{ policyRef: { name: openid-connect-flex } }', ours);
  const [policy] = read({ 'a.yaml': instance('a', 'http://0.0.0.0:80', list) });
  const note = policy?.reasons.find(({ problem }) => problem.code === 'flex.caller')?.problem;
  assert.match(note?.suggestion ?? '', /^Let a filter of Envoy before mintproc do that\. For JWTs, .* For API keys, /);
});

test('only JWT Validation says which tokens it took', () => {
  const issuersOf = (name: string): unknown => {
    const config = '{ jwksUrl: https://issuer.example/jwks }';
    const list = policies(`{ policyRef: { name: ${name} }, config: ${config} }`, ours);
    return read({ 'a.yaml': instance('a', 'http://0.0.0.0:80', list) })[0]?.issuers;
  };
  const jwks = 'https://issuer.example/jwks';
  assert.deepEqual(issuersOf('jwt-validation-flex'), [{ issuer: undefined, audience: undefined, jwks }]);
  assert.deepEqual(issuersOf('openid-connect-flex'), []);
});

test('what is said of a base path is at the rules that need it', () => {
  const placeIn = (file: string, text: string): unknown => {
    const [policy] = read({ [file]: text });
    const place = policy?.reasons.find(({ problem }) => problem.code === 'flex.base-path')?.problem.place;
    return `${place?.line}:${place?.column}`;
  };
  const managed = {
    assetId: 'jwt-generation-flex',
    configurationData: { signingMethod: 'HS256', privateKey: '***' },
    pointcutData: [{ methodRegex: 'GET', uriTemplateRegex: '/x' }],
  };
  const list = JSON.stringify([managed]);
  assert.equal(placeIn('policies.json', list), `1:${list.indexOf('[{"methodRegex') + 1}`);
  const text = binding('b', '{ name: gone }', ', rules: [{ path: /x }]');
  assert.equal(placeIn('b.yaml', text), `4:${(text.split('\n')[3] ?? '').indexOf('[{ path') + 1}`);
});

test('an address with a host says what to write', () => {
  const [policy] = read({ 'a.yaml': instance('a', 'http://api.example:80', policies(ours)) });
  const host = policy?.routes[0]?.match['host'];
  assert.ok(host instanceof Open);
  assert.equal(host.instead, 'Write the host of the requests to this API, or remove `host` if any host is right.');
});

test('a claim that is named after an environment variable says what to write', () => {
  const list = policies(reading('x').replace('"#[x]"', '$TENANT'));
  const [policy] = read({ 'a.yaml': instance('a', 'http://0.0.0.0:80', list) });
  const found = policy?.reasons.find(({ problem }) => problem.code === 'flex.environment-variable');
  assert.equal(found?.problem.suggestion, 'Write the value.');
});

test('a key that the policy does not have is to be provided', () => {
  const without = ours.replace('privateKey: a-secret-of-thirty-two-characters, ', '');
  const [policy] = read({ 'a.yaml': instance('a', 'http://0.0.0.0:80', policies(without)) });
  assert.deepEqual(
    policy?.keys.map(({ origin }) => origin),
    ['the policy in /in/a.yaml:6:66 has no `privateKey`'],
  );
});

test('a policy for a service has the routes to it', () => {
  const one = services('{ one: { routes: [{ rules: [{ path: /x }] }] } }');
  const two = services('{ two: { routes: [{ rules: [{ path: /x }] }] } }');
  const files = {
    'a.yaml': instance('a', 'http://0.0.0.0:80/a', one) + instance('b', 'http://0.0.0.0:80/b', two),
    'b.yaml': binding('c', '{ kind: Service, name: one }'),
  };
  assert.deepEqual(read(files).map(summary), [['c', 'exact', [{ path: '/a/x' }], {}]]);
});

test('APIs with a policy in common are one, with their names if they are few', () => {
  const namesOf = (count: number) => {
    const names = Array.from({ length: count }, (_, index) => `a${index}`);
    const instances = names.map((name) => instance(name, `http://0.0.0.0:80/${name}`, '', ', labels: { t: u }'));
    const text = `${instances.join('')}${binding('shared', '{ selector: { labels: { t: u } } }')}`;
    const file = { path: 'a.yaml', name: 'a.yaml', text, bytes: Buffer.from(text) };
    return readFlexExport([file]).map(({ name }) => name);
  };
  assert.deepEqual([namesOf(4), namesOf(5)], [['a0, a1, a2, a3'], ['shared']]);
});

test('policies with an API in common are of one', () => {
  const text = `${instance('a', 'http://0.0.0.0:80/a', policies(ours), ', labels: { t: u }')}${instance('b', 'http://0.0.0.0:80/b', '', ', labels: { t: u }')}${binding('shared', '{ selector: { labels: { t: u } } }')}`;
  const apis = readFlexExport([{ path: 'a.yaml', name: 'a.yaml', text, bytes: Buffer.from(text) }]);
  assert.deepEqual(
    apis.map(({ name, policies }) => [name, policies.length]),
    [['a, b', 2]],
  );
});

const addresses: readonly (readonly [text: string, host: string | undefined, basePath: string])[] = [
  ['http://0.0.0.0:8081/api', undefined, '/api'],
  ['http://0.0.0.0/api', undefined, '/api'],
  ['http://0.0.0.0', undefined, ''],
  [' https://localhost:$PORT/ ', undefined, ''],
  ['http://[::1]:80/a', undefined, '/a'],
  ['http://*/a', undefined, '/a'],
  ['http://api.example/a/b//', 'api.example', '/a/b'],
];

for (const [text, host, basePath] of addresses) {
  test(`the address '${text}'`, () => assert.deepEqual(readAddress(text), { host, basePath, isPlain: true }));
}

test('what is no address, and one whose base path a route cannot say', () => {
  assert.deepEqual(['0.0.0.0:80/a', 'http://a/b c', ''].map(readAddress), [undefined, undefined, undefined]);
  assert.equal(readAddress('http://a/{b}')?.isPlain, false);
});

test('a route policy of an API has the rules for its service', () => {
  const routing = (policy: string, more: string): string =>
    `---\nkind: PolicyBinding\nmetadata: { name: r }\nspec: { targetRef: { name: a }, policyRef: { name: ${policy} }, rules: [{ path: /x }], config: { ${more} } }\n`;
  const routesWith = (route: string): unknown =>
    read({
      'a.yaml': instance('a', 'http://0.0.0.0:80/a') + route + binding('c', '{ kind: Service, name: one }'),
    }).map(summary);
  const found = [['c', 'exact', [{ path: '/a/x' }], {}]];
  assert.deepEqual(routesWith(routing('route', 'destinationRef: { name: one }')), found);
  assert.deepEqual(routesWith(routing('route-weighted', 'routes: [{ destinationRef: { name: one } }]')), found);
  const unknown = [['c', 'value: import.open-route', [{ pathPrefix: '?' }], {}]];
  assert.deepEqual(routesWith(routing('my-route', 'destinationRef: { name: one }')), unknown);
});

/** The name of a file, and that of its policy without a name of its own. */
const fileNames: readonly (readonly [file: string, policy: string])[] = [
  ['a/b.yaml', 'b'],
  ['b.JSON', 'b'],
  ['b.yaml.old.yml', 'b.yaml.old'],
];

test('a policy without a name has that of its file', () => {
  for (const [file, policy] of fileNames) {
    const list = JSON.stringify([{ assetId: 'jwt-generation-flex', configurationData: { privateKey: '***' } }]);
    assert.deepEqual([file, read({ [file]: list })[0]?.name], [file, policy]);
  }
});

test('a dollar sign with a backslash before it is no end of an expression', () => {
  const pathsFor = (path: string): unknown => matchesOf({ path }, '').map(({ match, differs }) => [match, differs]);
  assert.deepEqual(pathsFor('/x$'), [[{ path: '/x' }, 'none']]);
  assert.deepEqual(pathsFor('^/x.*$'), pathsFor('/x.*'));
  assert.notDeepEqual(pathsFor('/x\\$'), pathsFor('/x$'));
});

const authenticating: readonly (readonly [policy: string, as: string])[] = [
  ['jwt-validation-flex', 'jwt-validation'],
  ['oauth2-introspection-flex', 'introspection'],
  ['openid-connect-flex', 'openid-connect'],
  ['http-basic-authentication-flex', 'basic'],
  ['ldap-authentication-flex', 'basic'],
  ['client-id-enforcement-flex', 'client-id'],
  ['rate-limiting-sla-based-flex', 'client-id'],
  // Policies of similar names may authenticate in their own way.
  ['my-jwt-validation', '?'],
  ['my-openid-connect', '?'],
  ['my-basic-authentication', '?'],
  ['jwt-validations', '?'],
  ['rate-limiting', '?'],
];

test('who authenticated the caller, by the name of the policy', () => {
  const found = authenticating.map(([name]) => {
    const list = policies(`{ policyRef: { name: ${name} } }`, reading('authentication.principal'));
    return read({ 'a.yaml': instance('a', 'http://0.0.0.0:80', list) }).map(summary)[0]?.[3];
  });
  assert.deepEqual(
    found,
    authenticating.map(([, as]) => ({ authentication: { as }, ...(as === '?' ? {} : { requireCaller: true }) })),
  );
});

test('rules have base paths if an API has one', () => {
  const rulesFor = (address: string) => {
    const [policy] = read({
      'a.yaml': instance('a', address),
      'b.yaml': binding('b', '{ name: a }', ', rules: [{ path: /x }]'),
    });
    assert.ok(policy?.rules);
    return policy.rules.basePaths;
  };
  assert.deepEqual([rulesFor('http://0.0.0.0:80/api'), rulesFor('http://0.0.0.0:80/')], [['/api'], []]);
});
