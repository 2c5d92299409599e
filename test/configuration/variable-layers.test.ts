/**
 * @module
 * Variables of an entry over the global ones, and of a route over both: what each policy of each route has in its
 * token, and that nothing of one route gets into the tokens of another.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeJwt } from 'jose';
import { changesBetween, describeDifference } from '../../src/configuration/changes.ts';
import { parts } from '../../src/configuration/configuration-digests.ts';
import type { Loaded } from '../../src/configuration/load.ts';
import { loadSinglePolicy } from '../../src/configuration/single-policy.ts';
import { finish } from '../../src/diagnostics/steps.ts';
import { atOnce, decideAtOnce } from '../at-once.ts';
import { emptyScope } from '../dialects/apigee/empty-scope.ts';
import { loadConfiguration } from './loading.ts';
import { memoryFiles, request, secret, withoutNotes } from './memory-files.ts';

const inside = (elements: string): string =>
  `<GenerateJWT name="P"><Algorithm>HS256</Algorithm><SecretKey><Value ref="private.key"/></SecretKey>${elements}</GenerateJWT>`;

const files = {
  'p.xml': inside('<Subject ref="sub">none</Subject><Issuer ref="iss">none</Issuer>'),
  'kid.xml': inside('').replace('</SecretKey>', '<Id ref="currentKid"/></SecretKey>'),
  'needs.xml': inside('<Subject ref="tenant"/>'),
  'private.xml': inside('<Issuer ref="private.issuer"/>'),
  'first.xml': inside('<Subject ref="sub">none</Subject>').replace('name="P"', 'name="First"'),
  'second.xml': inside('<Issuer ref="jwt.First.claim.subject">none</Issuer>'),
  'flex.yaml':
    '[{ policyRef: { name: jwt-generation-flex }, config: { signingMethod: HS256, privateKey: a secret of at least thirty-two bytes, iat: true, exp: 300, nbf: 0, customClaims: [], customHeaders: [] } }]',
  'two.yaml': ['a', 'b']
    .map(
      (name) =>
        `- jwt-generate: { version: 2.0.0, title: ${name}, iss-claim: ${name}.iss, jws-alg: HS256, jws-crypto: ${name}, jwt: request.headers.x-${name} }\n`,
    )
    .join(''),
  key: secret,
  other: `${secret}, another`,
  text: 'from a file\n',
};

interface World {
  readonly variables?: object;
  readonly policies?: readonly object[];
  readonly routes?: readonly object[];
  readonly more?: object;
}

function load({
  variables = {},
  policies = [{}],
  routes = [{ match: {}, policies: ['p'] }],
  more = {},
}: World): Loaded {
  const configuration = {
    edition: 'x',
    variables: { 'private.key': { file: 'key' }, ...variables },
    policies: policies.map((entry) => ({ name: 'p', file: 'p.xml', output: { header: 'x-p' }, ...entry })),
    routes,
    ...more,
  };
  const environment = { NAME: 'from the environment' };
  return loadConfiguration('m.yaml', {
    files: memoryFiles({ ...files, 'm.yaml': JSON.stringify(configuration) }),
    environment,
  });
}

function problemsOf(world: World): string[] {
  return withoutNotes(load(world).problems).map(({ severity, code }) => `${severity} ${code}`);
}

/** The part of the token for a request to each path that the row names. */
function tokens(loaded: Loaded, path: string, header: string, part: 0 | 1): unknown {
  assert.deepEqual(
    loaded.problems.filter(({ severity }) => severity === 'error'),
    [],
  );
  assert.ok(loaded.snapshot);
  const sources = { clock: () => 0, randomId: () => 'id' };
  const decision = decideAtOnce(
    loaded.snapshot,
    sources,
  )(request({ ':path': path, ':method': 'GET', ':authority': 'a' }));
  assert.ok(decision.kind === 'forward', JSON.stringify(decision));
  const token = new Map(decision.set).get(header);
  assert.ok(token, `no header ${header}`);
  return JSON.parse(Buffer.from(token.replace(/^Bearer /, '').split('.')[part] ?? '', 'base64url').toString());
}

const paths = (a: object, b: object): object[] => [
  { match: { pathPrefix: '/a' }, policies: ['p'], ...a },
  { match: { pathPrefix: '/b' }, policies: ['p'], ...b },
  { match: {}, policies: ['p'] },
];

const rows: [name: string, world: World, expected: Readonly<Record<string, string>>][] = [
  [
    'an entry over the global ones',
    { variables: { sub: 'g', iss: 'g' }, policies: [{ variables: { sub: 'e' } }] },
    { '/': 'e g' },
  ],
  [
    'a route over the entry',
    {
      variables: { sub: 'g', iss: 'g' },
      policies: [{ variables: { sub: 'e' } }],
      routes: paths({ variables: { sub: 'ra' } }, { variables: { iss: 'rb' } }),
    },
    { '/a': 'ra g', '/b': 'e rb', '/': 'e g' },
  ],
  [
    'a global template reads what the entry and the route declare',
    {
      variables: { sub: { template: 'x{tenant}' }, iss: { template: '{sub}!' }, tenant: 'g' },
      policies: [{ variables: { tenant: 'e' } }],
      routes: paths({ variables: { tenant: 'ra' } }, { variables: { sub: 'rb' } }),
    },
    { '/a': 'xra xra!', '/b': 'rb rb!', '/': 'xe xe!' },
  ],
  [
    'a template of an entry reads a global template that reads a variable of the entry',
    {
      variables: { outer: { template: '<{inner}>' }, inner: 'g' },
      policies: [{ variables: { sub: { template: '{outer}' }, inner: 'e' } }],
    },
    { '/': '<e> none' },
  ],
  [
    'a global template reads a name that only the entry declares',
    { variables: { sub: { template: 'x{tenant}' } }, policies: [{ variables: { tenant: 'e' } }] },
    { '/': 'xe none' },
  ],
  [
    'every form',
    {
      policies: [{ variables: { sub: { file: 'text' }, iss: { expression: 'attributes.method' } } }],
      routes: paths({ variables: { sub: { env: 'NAME' } } }, { variables: { iss: { header: ':authority' } } }),
    },
    { '/a': 'from the environment GET', '/b': 'from a file a', '/': 'from a file GET' },
  ],
  [
    'a variable that an entry takes back has no value',
    { variables: { sub: 'g', iss: 'g' }, policies: [{ variables: { sub: { value: null } } }] },
    { '/': 'none g' },
  ],
];

for (const [name, world, expected] of rows) {
  for (const reuse of [false, true, { for: '1h' }]) {
    test(`variables: ${name}, reuse ${JSON.stringify(reuse)}`, () => {
      const loaded = load({ ...world, policies: (world.policies ?? [{}]).map((entry) => ({ reuse, ...entry })) });
      // Twice, so that a token that is reused for the wrong route would be found.
      for (const [path, text] of [...Object.entries(expected), ...Object.entries(expected)]) {
        const { sub, iss } = tokens(loaded, path, 'x-p', 1) as Record<string, string>;
        assert.equal(`${sub} ${iss}`, text, path);
      }
    });
  }
}

test('two policies of one file can need two values', () => {
  const policies = ['one', 'two'].map((kid) => ({
    name: kid,
    file: 'kid.xml',
    output: { header: `x-${kid}` },
    variables: { currentKid: kid },
  }));
  const loaded = load({ policies, routes: [{ match: {}, policies: ['one', 'two'] }] });
  for (const kid of ['one', 'two'])
    assert.deepEqual(tokens(loaded, '/', `x-${kid}`, 0), { kid, typ: 'JWT', alg: 'HS256' });
});

test('a policy of a chain reads what an earlier policy of the same route published', () => {
  const loaded = load({
    policies: [
      { name: 'first', file: 'first.xml', output: { header: 'x-first' } },
      { name: 'second', file: 'second.xml', output: { header: 'x-second' } },
    ],
    routes: [
      { match: { pathPrefix: '/a' }, policies: ['first', 'second'], variables: { sub: 'a' } },
      { match: {}, policies: ['first', 'second'] },
    ],
  });
  assert.equal((tokens(loaded, '/a', 'x-second', 1) as { iss: string }).iss, 'a');
  assert.equal((tokens(loaded, '/', 'x-second', 1) as { iss: string }).iss, 'none');
});

const sameRoutes = (count: number, tenant: (index: number) => string): object[] =>
  Array.from({ length: count }, (_, index) => ({
    match: { pathPrefix: `/r${index}` },
    policies: ['p'],
    variables: { sub: tenant(index) },
  }));

test('a policy that only routes with variables use has those of the first one when it is loaded alone', () => {
  const configuration = {
    variables: { 'private.key': { file: 'key' } },
    policies: [
      { name: 'a', file: 'needs.xml', edition: 'x' },
      { name: 'b', file: 'needs.xml', edition: 'x' },
    ],
    routes: ['b', 'a', 'a'].map((name, index) => ({
      match: { pathPrefix: `/${index}` },
      policies: [name],
      variables: { tenant: `of route ${index}` },
    })),
  };
  const read = memoryFiles({ ...files, 'mintproc.yaml': JSON.stringify(configuration) });
  const { policy } = loadSinglePolicy({ file: 'a', entry: undefined, config: 'mintproc.yaml' }, read);
  assert.ok(policy);
  assert.equal(decodeJwt(atOnce(policy.minter.mint(emptyScope))).sub, 'of route 1');
});

test('routes with the same variables share what is compiled, and have one name', () => {
  const { snapshot } = load({ routes: [...sameRoutes(50, () => 'same'), { match: {}, policies: ['p'] }] });
  assert.equal(snapshot?.variants.length, 1);
  assert.deepEqual([...(snapshot?.policies.keys() ?? [])], ['p']);
  assert.equal(snapshot?.variants[0]?.name, 'p');
});

test('a policy that only routes with variables use need not load without them', () => {
  const needs = { file: 'private.xml' };
  const readable = { 'private.issuer': { value: 'urn:i', readable: true } };
  const routes = [{ match: { pathPrefix: '/a' }, policies: ['p'], variables: readable }];
  const loaded = load({ policies: [needs], routes });
  assert.equal((tokens(loaded, '/a', 'x-p', 1) as { iss: string }).iss, 'urn:i');
  assert.deepEqual(problemsOf({ policies: [needs], routes: [...routes, { match: {}, policies: ['p'] }] }), [
    'error apigee.private-variable',
  ]);
  assert.deepEqual(problemsOf({ policies: [needs], routes, more: { allowRoutePolicy: true } }), [
    'error apigee.private-variable',
  ]);
});

test('the policies of a configuration, its variants included, prove one set of keys', () => {
  const { snapshot } = load({ routes: sameRoutes(20, String) });
  const signers = [...(snapshot?.policies.values() ?? []), ...(snapshot?.variants ?? [])].flatMap(
    ({ unproved }) => unproved.signers,
  );
  assert.equal(signers.length, 20);
  assert.equal(new Set(signers).size, 1);
});

const problems: [name: string, world: World, expected: readonly string[]][] = [
  [
    'a secret of an entry',
    { variables: { 'private.key': { file: 'other' } }, policies: [{ variables: { 'private.key': { file: 'key' } } }] },
    [],
  ],
  [
    'an entry that takes a secret back',
    { policies: [{ variables: { 'private.key': { value: 'x', readable: true } } }] },
    ['error keys.missing'],
  ],
  [
    'a secret of a route',
    { routes: paths({ variables: { 'private.key': { file: 'other' } } }, {}) },
    ['error variables.route-key'],
  ],
  [
    'a secret of a route as text',
    { routes: paths({ variables: { 'private.key': 'x' } }, {}) },
    ['error variables.route-key'],
  ],
  [
    'a route that denies',
    { routes: [{ match: { pathPrefix: '/a' }, deny: true, variables: { sub: 'a' } }, ...paths({}, {})] },
    ['error config.invalid-value'],
  ],
  [
    'a variable of an entry that nothing reads',
    { policies: [{ variables: { sbu: 'x' } }] },
    ['warning variables.unused'],
  ],
  [
    'a variable of a route that nothing reads',
    { routes: paths({ variables: { sbu: 'x' } }, {}) },
    ['warning variables.unused'],
  ],
  [
    'a variable that only a template reads',
    { variables: { sub: { template: '{t}' } }, policies: [{ variables: { t: 'x' } }] },
    [],
  ],
  [
    'variables of a Flex policy',
    { policies: [{ file: 'flex.yaml', variables: { sub: 'x' } }] },
    ['warning variables.unused'],
  ],
  [
    '`apigee` of a Flex policy',
    { policies: [{ file: 'flex.yaml', apigee: { proxy: 'x' } }] },
    ['warning config.no-effect'],
  ],
  ['`edition` of a Flex policy', { policies: [{ file: 'flex.yaml', edition: 'edge' }] }, ['warning config.no-effect']],
  ['`expressions` of an Apigee policy', { policies: [{ expressions: 'flex' }] }, ['warning config.no-effect']],
  [
    'a cycle through a global template',
    { variables: { sub: { template: '{t}' } }, policies: [{ variables: { t: { template: '{sub}' } } }] },
    ['error variables.cycle'],
  ],
  ['a missing file', { policies: [{ variables: { sub: { file: 'no' } } }] }, ['error variables.unreadable']],
  [
    'one warning for a file that is read with two sets of variables',
    {
      variables: {},
      policies: [
        { name: 'q', file: 'needs.xml', variables: { 'private.key': { file: 'key' } } },
        { file: 'needs.xml' },
      ],
      routes: [
        { match: { pathPrefix: '/q' }, policies: ['q'] },
        { match: {}, policies: ['p'] },
      ],
    },
    ['warning apigee.undeclared-variable'],
  ],
];

for (const [name, world, expected] of problems) {
  test(`variables in entries and routes: ${name}`, () => assert.deepEqual(problemsOf(world), expected));
}

/** A private variable and one of the same name in another entry are two variables. */
test('a `kid` from a variable that another entry uses as its key', () => {
  const kid = (variables: object) => ({ name: 'kid', file: 'kid.xml', output: { header: 'x-kid' }, variables });
  const routes = [{ match: {}, policies: ['p', 'kid'] }];
  assert.deepEqual(problemsOf({ policies: [{}, kid({ currentKid: 'k1' })], routes }), []);
  assert.deepEqual(problemsOf({ policies: [{}, kid({ currentKid: { file: 'key' } })], routes }), [
    'error apigee.private-variable',
  ]);
  assert.deepEqual(
    problemsOf({
      policies: [{ variables: { 'private.key': { file: 'other' } } }, kid({ currentKid: { file: 'other' } })],
      routes,
    }),
    ['error apigee.private-variable'],
  );
});

test('each policy of one file needs the variables of its own entry only', () => {
  const entry = (name: string) => ({
    name,
    file: 'two.yaml',
    select: name,
    key: { file: 'key' },
    output: { header: `x-${name}` },
    variables: { [`${name}.iss`]: name },
  });
  const routes = [{ match: {}, policies: ['a', 'b'] }];
  const loaded = load({ variables: {}, policies: [entry('a'), entry('b')], routes });
  for (const name of ['a', 'b']) assert.equal((tokens(loaded, '/', `x-${name}`, 1) as { iss: string }).iss, name);
  const incomplete = { ...entry('b'), variables: { other: 'x' } };
  assert.deepEqual(problemsOf({ policies: [entry('a'), incomplete], routes }), ['error datapower.unset-variable']);
});

const base: World = { policies: [{ variables: { sub: 'x' } }], routes: paths({ variables: { iss: 'y' } }, {}) };

const changes: [name: string, after: World, expected: readonly string[]][] = [
  ['nothing', base, []],
  ['a variable of an entry', { ...base, policies: [{ variables: { sub: 'z' } }] }, ['policies: changed p']],
  [
    'a variable of a route',
    { ...base, routes: paths({ variables: { iss: 'z' } }, {}) },
    ['routes: changed pathPrefix=/a'],
  ],
  [
    'what the runtime knew',
    { ...base, policies: [{ variables: { sub: 'x' }, apigee: { proxy: 'p' } }] },
    ['policies: changed p'],
  ],
  ['what the runtime knew of all', { ...base, more: { apigee: { proxy: 'p' } } }, ['settings: added apigee']],
];

for (const [name, after, expected] of changes) {
  test(`changes: ${name}`, () => assert.deepEqual(changed(load(base), load(after)), expected));
}

/** JSON.stringify of this module would change the order and the digits, so these variables are text. */
const written: [name: string, before: string, after: string, expected: readonly string[]][] = [
  ['the last digit of a number', '12345678901234567890', '12345678901234567891', ['policies: changed p']],
  ['the order of a map', '{ value: {"b":1,"2":3} }', '{ value: {"2":3,"b":1} }', ['policies: changed p']],
];

for (const [name, before, after, expected] of written) {
  test(`changes: ${name}`, () => {
    const [one, other] = [before, after].map((text) =>
      loadText(`{ name: p, file: p.xml, variables: { sub: ${text} } }`),
    );
    assert.deepEqual(changed(one, other), expected);
  });
}

const entries = [
  '{ value: {"b":1,"2":3} }',
  '{ value: {"2":3,"b":1} }',
  '12345678901234567890',
  '12345678901234567891',
];
const asWritten = ['{"b":1,"2":3}', '{"2":3,"b":1}', '12345678901234567890', '12345678901234567891'];

test('variables that differ only in their order or last digit are not shared', () => {
  const policies = entries.map(
    (text, index) => `{ name: p${index}, file: p.xml, output: { header: x-${index} }, variables: { sub: ${text} } }`,
  );
  const loaded = loadText(policies.join(', '), '[p0, p1, p2, p3]');
  const found = entries.map((_, index) => (tokens(loaded, '/', `x-${index}`, 1) as { sub: string }).sub);
  assert.deepEqual(found, asWritten);
});

test('variables of routes that differ only in their order or last digit are not shared', () => {
  const routes = entries.map(
    (text, index) => `{ match: { pathPrefix: /${index} }, policies: [p], variables: { sub: ${text} } }`,
  );
  const loaded = loadText('{ name: p, file: p.xml, output: { header: x-p } }', '[p]', routes);
  const found = entries.map((_, index) => (tokens(loaded, `/${index}`, 'x-p', 1) as { sub: string }).sub);
  assert.deepEqual(found, asWritten);
});

function loadText(policies: string, used = '[p]', routes: readonly string[] = []): Loaded {
  const all = [...routes, `{ match: {}, policies: ${used} }`].join(', ');
  const text = `edition: x\nvariables: { private.key: { file: key } }\npolicies: [${policies}]\nroutes: [${all}]\n`;
  return loadConfiguration('m.yaml', { files: memoryFiles({ ...files, 'm.yaml': text }), environment: {} });
}

function changed(before: Loaded | undefined, after: Loaded | undefined): string[] {
  assert.ok(before?.digests !== undefined && after?.digests !== undefined);
  const found = finish(changesBetween(before.digests, after.digests));
  return parts.flatMap((part) => {
    const text = describeDifference(found, part);
    return text === undefined ? [] : [`${part}: ${text}`];
  });
}
