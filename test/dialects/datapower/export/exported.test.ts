import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maxOperations } from '../../../../src/dialects/datapower/export/api-context.ts';
import { readDatapowerExport } from '../../../../src/dialects/datapower/export/exported.ts';
import { type ExportFile, Open } from '../../../../src/dialects/exported.ts';
import { loadImport } from '../../../migration/load-import.ts';
import { apiOf, fileOf, found, minting, policyOf, shown, toBackend, toHeader } from './written-api.ts';

test('an exact policy: whole paths, the header that the assembly writes, and the key to provide', () => {
  const policy = policyOf([minting, toHeader, toBackend]);
  assert.deepEqual(found(policy), []);
  assert.deepEqual(
    policy.routes.map(({ match }) => match),
    [
      { path: '/v1/orders', method: ['POST'] },
      { path: '/v1/orders/*', method: ['GET', 'DELETE'] },
    ],
  );
  assert.deepEqual(policy.output, { header: 'authorization', prefix: 'Bearer ' });
  assert.deepEqual(
    policy.keys.map(({ name, kind, use }) => ({ name, kind, use })),
    [{ name: 'orders-jws', kind: 'private', use: 'key' }],
  );
  assert.ok(!JSON.stringify(policy.keys).includes('signing'), 'the name may be the key itself');
});

const verdicts: [name: string, actions: readonly string[], reasons: readonly string[], output: unknown][] = [
  ['the token goes into the response', [minting], ['cannot import.no-header'], undefined],
  [
    'the token goes into the body',
    [minting, 'set-variable: { actions: [{ set: message.body, value: \'{"t": "$(generated.jwt)"}\' }] }', toBackend],
    ['cannot import.no-header'],
    undefined,
  ],
  [
    'the token goes to another service',
    [minting, "invoke: { target-url: 'https://other.example?t=$(generated.jwt)', output: other }", toBackend],
    ['cannot import.no-header'],
    undefined,
  ],
  [
    'a script reads the token',
    [minting, 'gatewayscript: { source: "use(apim.getvariable(\'generated.jwt\'))" }', toBackend],
    ['note import.other-policy', 'value import.open-header'],
    { header: 'open', prefix: 'open' },
  ],
  [
    'a header that Envoy does not let a processor set',
    [minting, toHeader.replace('authorization', 'x-envoy-token'), toBackend],
    ['value import.open-header'],
    { header: 'open', prefix: 'open' },
  ],
  ['nothing reads the token', [minting, toBackend], ['value import.open-header'], { header: 'open', prefix: 'open' }],
  [
    'the header is withheld',
    [minting, toHeader, "invoke: { header-control: { type: allowlist, values: ['^x-.*$'] } }"],
    ['note import.other-policy', 'value import.open-header'],
    { header: 'open', prefix: 'open' },
  ],
  [
    'the assembly always refuses',
    ['throw: {}', minting, toHeader, toBackend],
    ['cannot import.not-called', 'note datapower.gateway-checks'],
    undefined,
  ],
];
for (const [name, actions, reasons, output] of verdicts) {
  test(name, () => {
    const policy = policyOf(actions);
    assert.deepEqual(found(policy), reasons);
    assert.deepEqual(shown(policy.output), output);
  });
}

test('without a version, only the prefix is open', () => {
  const policy = policyOf([minting.replace('version: 2.0.0, ', ''), toHeader, toBackend]);
  assert.deepEqual(shown(policy.output), { header: 'authorization', prefix: 'open' });
  assert.deepEqual(found(policy), ['value datapower.version-matters']);
});

test('an API that is not enforced runs no policy', () => {
  const policy = policyOf([minting, toHeader, toBackend], { extension: 'enforced: false' });
  assert.deepEqual(found(policy), ['cannot import.not-called']);
  assert.equal(policy.reasons[0]?.problem.place.line, 7);
});

test('a branch on the operation becomes a route, and one on a header too', () => {
  const branch = (condition: string): string =>
    `if: { condition: "${condition}", execute: [{ ${minting} }, { ${toHeader} }] }`;
  const byId = policyOf([branch("$operationID() = 'create'"), toBackend]);
  assert.deepEqual(found(byId), ['note datapower.condition-ignored']);
  assert.deepEqual(
    byId.routes.map(({ match }) => match),
    [{ path: '/v1/orders', method: ['POST'] }],
  );
  assert.deepEqual(byId.meant, ['datapower.condition-ignored']);
  const byHeader = policyOf([branch("$httpVerb() = 'POST' and $apiCtx().request.headers.tier = 'gold'"), toBackend]);
  assert.deepEqual(
    byHeader.routes.map(({ match }) => match),
    [{ path: '/v1/orders', method: ['POST'], headers: { tier: 'gold' } }],
  );
  const unknown = policyOf([branch('$exists(message.body.id)'), toBackend]);
  assert.deepEqual(found(unknown), ['value datapower.condition-ignored', 'value import.open-route']);
});

test('all setters of a variable are listed, and never a value', () => {
  const policy = policyOf([
    "switch: { case: [{ condition: \"$header('x') = 'secret-1'\", execute: [{ set-variable: { actions: [{ set: who, value: secret-2 }] } }] }] }",
    "gatewayscript: { source: \"context.set('who', 'secret-3')\" }",
    minting.replace('iss-claim', 'sub-claim: who, iss-claim'),
    toHeader,
    toBackend,
  ]);
  const [variable] = policy.variables;
  assert.equal(variable?.verdict, 'ambiguous');
  assert.deepEqual(
    variable?.setters.map(({ kind, flow, condition }) => [kind, flow, condition]),
    [
      ['set-variable', 'execute[0].switch.case[0].execute[0]', "$header('x') = '…'"],
      ['gatewayscript', 'execute[1]', undefined],
    ],
  );
  assert.ok(!JSON.stringify([policy.variables, policy.reasons, policy.entry]).includes('secret-'));
});

test('a jwt-validate and a jwt-generate are setters of their own variables only', () => {
  const before = [
    'jwt-validate: { version: 2.0.0, jwt: request.headers.authorization, output-claims: caller }',
    'jwt-validate: { version: 2.0.0, jwt: request.headers.x-other }',
    'jwt-generate: { version: 2.0.0, jwt: first, iss-claim: api.name, jws-alg: RS256, jws-crypto: signing }',
    "gatewayscript: { source: \"context.set('who', 1); context.set('first', 2)\" }",
  ];
  const settersOf = (name: string): unknown => {
    const reading = minting.replace('iss-claim', `sub-claim: ${name}, iss-claim`);
    const policies = readDatapowerExport([
      fileOf('orders.yaml', apiOf([...before, reading, toHeader, toBackend])),
    ]).flatMap((one) => one.policies);
    const policy = policies.find(({ variables }) => variables.length > 0);
    return policy?.variables.map(({ verdict, setters }) => [verdict, ...setters.map(({ kind }) => kind)]);
  };
  assert.deepEqual(settersOf('who'), [['declare', 'gatewayscript']]);
  assert.deepEqual(settersOf('first'), [['ambiguous', 'jwt-generate', 'gatewayscript']]);
});

test('a value that a condition decides may be written for each route', () => {
  const policy = policyOf([
    'switch: { case: [{ condition: "request.verb = \'GET\'", execute: [{ set-variable: { actions: [{ set: who, value: a }] } }] }] }',
    "gatewayscript: { source: \"context.set('who', 'b')\" }",
    minting.replace('iss-claim', 'sub-claim: who, iss-claim'),
    toHeader,
    toBackend,
  ]);
  const [variable] = policy.variables;
  assert.ok(variable?.declaration instanceof Open);
  assert.match(variable.declaration.instead, /If it differs by route, .* `variables` of each route instead\.$/);
});

test('an algorithm from a variable that the file does not have must be the same for every request', () => {
  const [variable, ...others] = policyOf([minting.replace('RS256', '$(algorithm)'), toHeader, toBackend]).variables;
  assert.ok(variable?.declaration instanceof Open);
  assert.deepEqual(
    [variable.name, variable.declaration.instead, others],
    ['algorithm', 'Write the value that this variable had on the gateway, the same for every request.', []],
  );
});

test('an action in another case of an inner choice is no setter', () => {
  const set = 'set-variable: { actions: [{ set: who, value: a }] }';
  const inner = (first: string, second: string): string =>
    `switch: { case: [{ condition: "$header('b') = '1'", execute: [{ ${first} }] }, { otherwise: [{ ${second} }] }] }`;
  const settersWith = (first: string, second: string): unknown => {
    const outer = `switch: { case: [{ condition: "$header('a') = '1'", execute: [{ ${inner(first, second)} }] }] }`;
    const script = "gatewayscript: { source: \"context.set('who', 'b')\" }";
    const [variable] = policyOf([script, outer, toHeader, toBackend]).variables;
    return variable?.setters.map(({ kind }) => kind);
  };
  const reading = minting.replace('iss-claim', 'sub-claim: who, iss-claim');
  assert.deepEqual(settersWith(set, reading), ['gatewayscript']);
  assert.deepEqual(settersWith(toHeader, reading), ['gatewayscript']);
});

test('a property that catalogs set leaves the catalog open', () => {
  const extension = 'properties: { who: { value: a } }\n  catalogs: { live: { properties: { who: b } } }';
  const policy = policyOf([minting.replace('api.name', 'who'), toHeader, toBackend], { extension });
  assert.deepEqual(shown(policy.entry), { catalog: 'open' });
  assert.deepEqual(found(policy), ['value datapower.catalog-property']);
});

test('a caller is required where the gateway required one and the token names it', () => {
  const more = 'security: [{ clientID: [] }]';
  const policy = policyOf([minting.replace('iss-claim', 'sub-claim: client.app.id, iss-claim'), toHeader, toBackend], {
    more,
  });
  assert.deepEqual(policy.entry, { requireCaller: true });
  // Which ID the token has is to be compared with that of the subscription.
  assert.deepEqual(found(policy), ['note datapower.gateway-checks', 'value datapower.client-application']);
  assert.equal(policy.undecided.length, 1);
});

const product = (apis: string, plans = '{}'): ExportFile =>
  fileOf('product.yaml', `product: 1.0.0\ninfo: { name: p, version: 1.0.0 }\nplans: ${plans}\napis: ${apis}\n`);
const api = fileOf('apis/orders.yaml', apiOf([minting, toHeader, toBackend]));

const products: [name: string, apis: string, reasons: readonly string[]][] = [
  ['by its file', '{ a: { $ref: ./apis/orders.yaml } }', []],
  ['by its name', "{ a: { name: 'orders:1.0.0' } }", []],
  [
    'a file that is missing',
    '{ a: { $ref: apis/orders.yaml }, b: { $ref: ../b.yaml } }',
    ['cannot datapower.missing-api'],
  ],
  [
    'another version',
    "{ a: { name: 'orders:2.0.0' } }",
    ['note datapower.unpublished', 'cannot datapower.missing-api'],
  ],
];
test('a product names an API whose version is a number', () => {
  const numbered = fileOf('apis/orders.yaml', api.text.replace('version: 1.0.0 }', 'version: 2 }'));
  const policies = readDatapowerExport([product("{ a: { name: 'orders:2' } }"), numbered]).flatMap(
    (one) => one.policies,
  );
  assert.deepEqual(policies.flatMap(found), []);
});

test('a product names an API of OpenAPI 3', () => {
  const text = api.text.replace("swagger: '2.0'", 'openapi: 3.0.3');
  const files = [product('{ a: { $ref: ./apis/orders.yaml } }'), fileOf('apis/orders.yaml', text)];
  assert.deepEqual(
    readDatapowerExport(files).map(({ policies }) => policies.map(found)),
    [[[]]],
  );
});

for (const [name, apis, reasons] of products) {
  test(`a product names an API: ${name}`, () => {
    const policies = readDatapowerExport([product(apis), api]).flatMap((one) => one.policies);
    assert.deepEqual(policies.flatMap(found), reasons);
  });
}

test('a document that only looks like a product names no API', () => {
  for (const text of ['apis: { a: { $ref: gone.yaml } }\n---\nproduct: 1.0.0\n', '---\n---\nproduct: 1.0.0\n']) {
    const policies = readDatapowerExport([fileOf('b.yaml', text), api]).flatMap((one) => one.policies);
    assert.deepEqual(policies.flatMap(found), []);
  }
});

const plans: [name: string, plans: string, reasons: readonly string[]][] = [
  ['all operations', '{ gold: { apis: { a: {} } } }', []],
  ['operations of another API', '{ gold: { apis: { b: { operations: [] } } } }', []],
  [
    'some operations',
    '{ gold: { apis: { a: {} } }, tin: { apis: { a: { operations: [{ operation: get, path: /a }] } } } }',
    ['value import.open-route'],
  ],
];
for (const [name, text, reasons] of plans) {
  test(`a plan of a product has ${name}`, () => {
    const files = [product('{ a: { $ref: apis/orders.yaml } }', text), api];
    const [policy] = readDatapowerExport(files).flatMap((one) => one.policies);
    assert.ok(policy);
    assert.deepEqual(found(policy), reasons);
    assert.equal(policy.undecided.length, reasons.length);
  });
}

test('a broken file beside a policy is said, if it may be an API or a product', () => {
  for (const text of [
    'swagger: "2.0"\nx-ibm-configuration: {',
    'product: 1.0.0\nplans: {',
    'openapi: 3.0.0\npaths: {',
  ]) {
    const reasons = readDatapowerExport([api, fileOf('b.yaml', text)]).flatMap((one) => one.policies.flatMap(found));
    assert.deepEqual(reasons, text.startsWith('openapi') ? [] : ['cannot policy.syntax']);
  }
});

test('what cannot be read is said, and other files are not exports', () => {
  const [broken] = readDatapowerExport([fileOf('a.yaml', 'execute:\n  - jwt-generate: {\n')]);
  assert.deepEqual(broken?.policies.flatMap(found), ['cannot policy.syntax']);
  assert.deepEqual(
    readDatapowerExport([fileOf('a.yaml', 'a: 1'), fileOf('b.txt', api.text), fileOf('c.json', '{}')]),
    [],
  );
});

test('an API without a policy keeps its requests from the routes of others', () => {
  const [other] = readDatapowerExport([fileOf('a.yaml', apiOf([toBackend]))]);
  assert.deepEqual(other?.policies, []);
  assert.equal(other?.takes?.length, 2);
});

test('copies of one file are one API', () => {
  assert.equal(readDatapowerExport([api, fileOf('copy.yaml', api.text)]).length, 1);
});

test('an operation without a token is refused where a wider route would give it one', () => {
  const text = apiOf([
    `operation-switch: { case: [{ operations: [{ verb: get, path: '/orders/{id}' }], execute: [{ ${minting} }, { ${toHeader} }] }] }`,
    toBackend,
  ]).replace('/orders: {', '/orders/search: { get: {} }, /orders: {');
  const { snapshot, text: written } = loadImport(readDatapowerExport([fileOf('a.yaml', text)]));
  assert.ok(snapshot !== undefined, written);
  assert.match(written, /path: \/v1\/orders\/search, method: \[ GET \] \}\n {4}deny: true/);
});

const many: [count: number, routes: number, header: unknown][] = [
  [maxOperations, maxOperations, 'authorization'],
  [maxOperations + 1, 1, 'open'],
];
for (const [count, routes, header] of many) {
  test(`an API with ${count} operations`, () => {
    const paths = Array.from({ length: count - 1 }, (_, index) => `/p${index}: { put: {} }`).join(', ');
    const text = apiOf([minting, toHeader, toBackend]).replace(/^paths: .*$/m, `paths: { /q: { get: {} }, ${paths} }`);
    const [policy] = readDatapowerExport([fileOf('a.yaml', text)]).flatMap((one) => one.policies);
    assert.equal(policy?.routes.length, routes);
    assert.equal(shown(policy?.output?.header), header);
  });
}

test('an entry allows the warnings about the file, and those about its own prefix', () => {
  const inOther = "set-variable: { actions: [{ set: message.headers.x-other, value: 'jwt$(other.jwt)' }] }";
  const toPost = `if: { condition: "$operationID() = 'create'", execute: [{ ${minting} }, { ${toHeader} }] }`;
  const other = minting.replace('generated.jwt', 'other.jwt').replace('2.0.0', '1.0.0');
  const file = fileOf('orders.yaml', apiOf([toPost, other, inOther, toBackend]));
  const { problems, text } = loadImport(readDatapowerExport([file]));
  assert.deepEqual(
    problems.map(({ code, severity }) => `${severity} ${code}`),
    ['note datapower.condition-ignored', 'note config.joined-prefix'],
    text,
  );
  const condition = 'datapower.condition-ignored';
  const allowed = Array.from(text.matchAll(/ allow: (.*)/g), ([, codes]) => codes);
  assert.deepEqual(allowed, [`[ ${condition} ]`, `[ ${condition}, config.joined-prefix ]`]);
});
