/**
 * @module
 * Where the token of an assembly goes: what makes its header uncertain, and what is said of that.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maxOperations } from '../../../../src/dialects/datapower/export/api-context.ts';
import { readDatapowerExport } from '../../../../src/dialects/datapower/export/exported.ts';
import { type ExportedPolicy, Open } from '../../../../src/dialects/exported.ts';
import { apiOf, fileOf, found, minting, policyIn, policyOf, shown, toBackend, toHeader } from './written-api.ts';

const call = (name: string): string => `invoke: { target-url: 'https://${name}.example', output: ${name} }`;
const when = (condition: string, ...actions: readonly string[]): string =>
  `if: { condition: "${condition}", execute: [${actions.map((action) => `{ ${action} }`).join(', ')}] }`;
const withControl = (type: string, pattern: string): string =>
  `invoke: { header-control: { type: ${type}, values: ['${pattern}'] } }`;
const set = (variable: string, value: string): string =>
  `set-variable: { actions: [{ set: ${variable}, value: '${value}' }] }`;
const setTo = (header: string, value: string): string => set(`message.headers.${header}`, value);
/** Ends with something else than the token, so that no prefix can say it. */
const longer = 'a $(generated.jwt) b';
const forOperation = (verb: string, path: string, ...actions: readonly string[]): string =>
  `{ operations: [{ verb: ${verb}, path: '${path}' }], execute: [${actions.map((action) => `{ ${action} }`).join(', ')}] }`;

const open = { header: 'open', prefix: 'open' };
const exact = { header: 'authorization', prefix: 'Bearer ' };

const flows: readonly (readonly [name: string, actions: readonly string[], output: unknown])[] = [
  [
    'the backend may have been asked before, and then only another service is',
    [toBackend, minting, toHeader, call('a')],
    open,
  ],
  ['another service was asked before', [call('a'), minting, toHeader, toBackend], exact],
  ['the backend is asked again', [toBackend, minting, toHeader, toBackend], exact],
  [
    'one of two requests has another prefix',
    [
      minting,
      toHeader,
      when("$header('a') = '1'", call('a')),
      setTo('authorization', 'JWT $(generated.jwt)'),
      when("$header('b') = '1'", call('b')),
    ],
    open,
  ],
  [
    'operations have it in different headers',
    [
      minting,
      `operation-switch: { case: [${forOperation('get', '/orders/{id}', toHeader)}, ${forOperation('delete', '/orders/{id}', setTo('x-other', '$(generated.jwt)'))}] }`,
      toBackend,
    ],
    open,
  ],
  [
    'the header is on the list of those that are sent',
    [minting, toHeader, withControl('allowlist', '^authorization$')],
    exact,
  ],
  ['the same with the older name of the list', [minting, toHeader, withControl('whitelist', '^authorization$')], exact],
  [
    'the header is on the list of those that are not sent',
    [minting, toHeader, withControl('blocklist', '^authorization$')],
    open,
  ],
  [
    'another header is on the list of those that are not sent',
    [minting, toHeader, withControl('blocklist', '^x-.*$')],
    open,
  ],
  [
    'a pattern that is more than a name is on the list of those that are sent',
    [minting, toHeader, withControl('allowlist', '.*authorization$')],
    open,
  ],
  ['a header of another name is not sent', [minting, toHeader, withControl('blocklist', '^x-other$')], exact],
  ['a variable has the token in a longer text', [minting, toHeader, set('note', longer), toBackend], exact],
  [
    'a copy of the token becomes a longer text in its own variable',
    [minting, toHeader, set('copy', '$(message.headers.authorization)'), set('copy', 'a $(copy) b'), toBackend],
    exact,
  ],
  ['no header has the longer text', [minting, set('note', longer), toBackend], open],
  [
    'the only header has a text behind the token',
    [minting, setTo('authorization', '$(generated.jwt) b'), toBackend],
    open,
  ],
  ['a header has the longer text', [minting, toHeader, setTo('x-other', longer), toBackend], open],
  [
    'a header has the longer text of a variable',
    [minting, toHeader, set('note', longer), setTo('x-other', '$(note)'), toBackend],
    open,
  ],
  [
    'a header has a text with the longer text of a variable',
    [minting, toHeader, set('note', longer), setTo('x-other', 'b $(note) b'), toBackend],
    open,
  ],
  [
    'a header has the object with the longer text',
    [minting, toHeader, set('note.text', longer), setTo('x-other', '$(note)'), toBackend],
    open,
  ],
  [
    'a header has all headers, with the longer text',
    [minting, setTo('x-other', longer), setTo('x-all', '$(message.headers)'), toHeader, toBackend],
    open,
  ],
  ['the object with the token is set', [minting, set('generated', 'none'), toHeader, toBackend], open],
  ['all headers are set', [minting, toHeader, set('message.headers', '$(saved)'), toBackend], open],
  ['another object is set', [minting, set('gener', 'none'), toHeader, toBackend], exact],
  ['a header has the object with the token', [minting, toHeader, setTo('x-other', '$(generated)'), toBackend], open],
  [
    'a header has the longer text on a condition',
    [minting, toHeader, when("$header('a') = '1'", setTo('x-other', longer)), toBackend],
    open,
  ],
  [
    'the longer text in the header is replaced',
    [minting, toHeader, setTo('x-other', longer), setTo('x-other', 'none'), toBackend],
    exact,
  ],
  [
    'the longer text takes the place of the token in the header',
    [minting, toHeader, setTo('authorization', 'a $(message.headers.Authorization) b'), toBackend],
    open,
  ],
  [
    'only an earlier request has the longer text in a header',
    [minting, setTo('x-other', longer), toBackend, toHeader, toBackend],
    exact,
  ],
  [
    'the header with the longer text is not sent',
    [minting, toHeader, setTo('x-other', longer), withControl('blocklist', '^x-other$')],
    exact,
  ],
];

for (const [name, actions, output] of flows) {
  test(name, () => {
    const policy = policyOf(actions);
    assert.deepEqual(shown(policy.output), output);
    assert.equal(found(policy).includes('value import.open-header'), output === open);
  });
}

test('a copy that only an earlier request has in a header is said', () => {
  assert.deepEqual(found(policyOf([minting, setTo('x-other', longer), toBackend, toHeader, toBackend])), [
    'note import.no-header',
    'note import.other-policy',
  ]);
});

test('a script that reads a longer text with the token is named', () => {
  const script = 'gatewayscript: { source: "use(context.get(\'note\'))" }';
  const policy = policyOf([minting, toHeader, set('note', longer), script, toBackend]);
  assert.deepEqual(found(policy), ['note import.no-header', 'note import.other-policy']);
});

test('an open header has the action that made the longer text', () => {
  const { output } = policyOf([minting, toHeader, set('note', longer), setTo('x-other', '$(note)'), toBackend]);
  assert.deepEqual(factsOf(output?.header), [
    'some requests have the token in the header authorization',
    'the action at export/orders.yaml:12:9 (execute[2]) puts the token into a longer text',
  ]);
});

test('operations in which only a variable has the longer text get no token', () => {
  const cases = [
    forOperation('get', '/orders/{id}', set('note', longer)),
    forOperation('delete', '/orders/{id}', toHeader),
  ];
  const { output, routes } = policyOf([minting, `operation-switch: { case: [${cases.join(', ')}] }`, toBackend]);
  assert.deepEqual(
    [shown(output), routes.map(({ match }) => match)],
    [exact, [{ path: '/v1/orders/*', method: ['DELETE'] }]],
  );
});

function factsOf(value: unknown): readonly string[] {
  assert.ok(value instanceof Open);
  return value.facts;
}

test('an open header has the actions that make it so', () => {
  const script = 'gatewayscript: { source: "use(apim.getvariable(\'generated.jwt\'))" }';
  assert.deepEqual(
    factsOf(policyOf([minting, toHeader, script, when('x', setTo('authorization', 'no')), toBackend]).output?.header),
    [
      'some requests have the token in the header authorization',
      'the action at export/orders.yaml:12:9 (execute[2]) reads the token',
      'the action at export/orders.yaml:13:43 (execute[3].if.execute[0]) handles the token only on a condition',
    ],
  );
});

const saidOfHeader: readonly (readonly [name: string, actions: readonly string[], message: string])[] = [
  [
    'nothing reads the token',
    [minting, toBackend],
    'No request that the assembly sends has the token in a header, so the header that the backend reads is not known.',
  ],
  [
    'the header with the token is one that Envoy does not let a processor set',
    [minting, toHeader.replace('authorization', 'x-envoy-token'), toBackend],
    'Which header of the request the token is written to cannot be read from the assembly.',
  ],
];

for (const [name, actions, message] of saidOfHeader) {
  test(`what is said if ${name}`, () => {
    const { reasons } = policyOf(actions);
    assert.deepEqual(
      reasons.map(({ problem }) => problem.message),
      [message],
    );
  });
}

test('a token that is read after the last request only is sent in no header', () => {
  const script = 'gatewayscript: { source: "use(apim.getvariable(\'generated.jwt\'))" }';
  assert.deepEqual(found(policyOf([minting, toBackend, script])), ['cannot import.no-header']);
});

function routeOf({ routes: [route] }: ExportedPolicy): unknown {
  return route?.match['path'];
}

test('a route on a condition that it cannot say has the condition', () => {
  const policy = policyOf([when('$exists(message.body.id)', minting, toHeader), toBackend]);
  assert.deepEqual(factsOf(routeOf(policy)), ['$exists(message.body.id)']);
});

test('a path that a route cannot say is open', () => {
  const text = apiOf([minting, toHeader, toBackend]).replace("'/orders/{id}'", "'/orders/{id}.json'");
  assert.match(text, /\.json/);
  const policy = policyIn(text);
  assert.deepEqual(found(policy), ['value import.open-route']);
  assert.deepEqual(
    policy.routes.map(({ match }) => shown(match)),
    [
      { path: '/v1/orders', method: ['POST'] },
      { path: 'open', method: ['GET', 'DELETE'] },
    ],
  );
});

test('a path that a route cannot say, without the policy, opens the routes of its method that it may meet', () => {
  const routesBeside = (verb: string): unknown => {
    const only = forOperation('get', '/orders/{id}', minting, toHeader);
    const text = apiOf([`operation-switch: { case: [${only}] }`, toBackend]);
    const { routes } = policyIn(text.replace('/orders: {', `'/orders/{id}.json': { ${verb}: {} }, /orders: {`));
    return routes.map(({ match }) => shown(match['path']));
  };
  assert.deepEqual([routesBeside('get'), routesBeside('post')], [['open'], ['/v1/orders/*']]);
});

test('the operations that no case names have what is written as `otherwise`', () => {
  const none = "{ operations: [{ verb: get, path: '/orders/{id}' }], execute: [] }";
  const otherwise = `[{ ${minting} }, { ${toHeader} }]`;
  const policy = policyOf([`operation-switch: { case: [${none}], otherwise: ${otherwise} }`, toBackend]);
  assert.deepEqual(
    policy.routes.map(({ match }) => match),
    [
      { path: '/v1/orders', method: ['POST'] },
      { path: '/v1/orders/*', method: ['DELETE'] },
    ],
  );
});

test('a condition that a header is not so leaves these requests without a token', () => {
  const condition = "$operationID() = 'create' and $not($apiCtx().request.headers.tier = 'gold')";
  const text = apiOf([when(condition, minting, toHeader), toBackend]);
  const [api] = readDatapowerExport([fileOf('orders.yaml', text)]);
  const post = { path: '/v1/orders', method: ['POST'] };
  assert.deepEqual(
    api?.policies[0]?.routes.map(({ match }) => match),
    [post],
  );
  assert.deepEqual(api?.takes?.map(({ match }) => match).slice(0, 2), [{ ...post, headers: { tier: 'gold' } }, post]);
});

test('a condition on a header value that a route cannot say is open, also where it is negated', () => {
  const header = (name: string, value: string): string => `$apiCtx().request.headers.${name} = '${value}'`;
  const isOpen = (condition: string): boolean =>
    found(policyOf([when(condition, minting, toHeader), toBackend])).includes('value import.open-route');
  for (const [one, expected] of [
    [header('tier', 'gold'), false],
    [header('tier', 'very gold'), true],
    [header('host', 'a.example'), true],
  ] as const) {
    assert.deepEqual([isOpen(one), isOpen(`$not(${one})`)], [expected, expected], one);
  }
});

const combinations: readonly (readonly [values: number, routes: number, isOpen: boolean])[] = [
  [15, 15, false],
  [16, 1, true],
];
for (const [values, routes, isOpen] of combinations) {
  test(`a condition with ${values} values of a header`, () => {
    const list = Array.from({ length: values }, (_, index) => `$apiCtx().request.headers.tier = 't${index}'`);
    const policy = policyOf([
      when(`$operationID() = 'create' and (${list.join(' or ')})`, minting, toHeader),
      toBackend,
    ]);
    assert.equal(policy.routes.length, routes);
    assert.equal(routeOf(policy) instanceof Open, isOpen);
    assert.equal(found(policy).includes('value import.open-route'), isOpen);
  });
}

const keysOf = (properties: string): unknown => {
  const policy = policyOf([minting.replace('jws-alg: RS256, jws-crypto: signing', properties), toHeader, toBackend]);
  return [found(policy), policy.keys.map(({ name, kind }) => `${name} ${kind}`)];
};

test('a key from the request is refused without an algorithm, too', () => {
  const refused = ['cannot datapower.dynamic-property', 'cannot policy.missing-key'];
  assert.deepEqual(keysOf('jws-jwk: request.headers.k'), [refused, []]);
});

test('a policy that only encrypts needs only the key of the recipient', () => {
  assert.deepEqual(keysOf('jwe-alg: RSA-OAEP-256, jwe-enc: A128GCM, jwe-crypto: r'), [[], ['orders-jwe public']]);
  const both = 'jws-alg: RS256, jws-crypto: s, jwe-alg: RSA-OAEP-256, jwe-enc: A128GCM, jwe-crypto: r';
  assert.deepEqual(keysOf(both), [[], ['orders-jws private', 'orders-jwe public']]);
});

test('a key from the request is refused, whichever of the two it is', () => {
  const encrypting = 'jwe-alg: RSA-OAEP-256, jwe-enc: A128GCM, jwe-jwk: request.headers.x-key';
  for (const properties of [
    `jws-alg: RS256, jws-crypto: s, ${encrypting}`,
    'jws-alg: RS256, jws-jwk: request.headers.k',
  ])
    assert.deepEqual(keysOf(properties), [['cannot datapower.dynamic-property'], []]);
});

test('the name of a policy is its title, or that of the API', () => {
  const nameWith = (title: string) =>
    policyOf([minting.replace('version', `title: ${title}, version`), toHeader, toBackend]).name;
  assert.deepEqual(['jwt-generate', 'backend', 'a secret!'].map(nameWith), ['orders-jwt', 'backend', 'jwt-generate']);
});

test('a policy with a mistake has the name of its API', () => {
  const policy = policyOf([minting.replace('iss-claim', 'is-claim'), toHeader, toBackend]);
  assert.equal(policy.name, 'orders-jwt');
  assert.deepEqual(found(policy), ['cannot import.no-header', 'cannot policy.unknown-key']);
});

test('an API whose flow is too large shows its base path if it is plain', () => {
  const paths = Array.from({ length: maxOperations + 1 }, (_, index) => `/p${index}: { put: {} }`).join(', ');
  const factsWith = (base: string) => {
    const text = apiOf([minting, toHeader, toBackend]).replace(/^paths: .*$/m, `paths: { ${paths} }`);
    return factsOf(policyIn(text.replace('basePath: /v1', `basePath: ${base}`)).routes[0]?.match['pathPrefix']);
  };
  assert.deepEqual([factsWith('/v1'), factsWith('/a secret!')], [['the base path of the API is /v1'], []]);
});

const inFile = (jwk: string): readonly string[] => [
  `set-variable: { actions: [{ set: key.jwk, value: '${jwk}' }] }`,
  minting.replace('jws-alg: RS256, jws-crypto: signing', 'jws-alg: HS256, jws-jwk: key.jwk'),
  toHeader,
  toBackend,
];
const octets = Buffer.alloc(32, 1).toString('base64url');

const jwks: readonly (readonly [name: string, jwk: string, reasons: readonly string[]])[] = [
  ['of the algorithm', `{"kty":"oct","k":"${octets}"}`, ['note policy.key-in-file']],
  ['that is not complete', '{"kty":"OKP"}', ['cannot jose.malformed-jwk', 'note policy.key-in-file']],
  ['that is no JSON', 'secret-text', ['cannot jose.malformed-jwk', 'note policy.key-in-file']],
];
for (const [name, jwk, reasons] of jwks) {
  test(`a JWK in the file ${name} is judged there and not to be provided`, () => {
    const policy = policyOf(inFile(jwk));
    assert.deepEqual([found(policy), policy.keys], [reasons, []]);
    assert.ok(!JSON.stringify({ ...policy, file: undefined }).includes('secret-text'));
  });
}

test('a key of the recipient in the file leaves the key that signs to be provided', () => {
  const encrypting = 'jwe-alg: A256KW, jwe-enc: A128GCM, jwe-jwk: key.jwk';
  const [set = '', , ...after] = inFile(`{"kty":"oct","k":"${octets}"}`);
  const policy = policyOf([set, minting.replace(' }', `, ${encrypting} }`), ...after]);
  assert.deepEqual(found(policy), ['note policy.key-in-file']);
  assert.deepEqual(
    policy.keys.map(({ name }) => name),
    ['orders-jws'],
  );
});

test('an action of the user may write to the variable with the token', () => {
  const script = "gatewayscript: { source: \"context.set('generated.jwt', 'x')\" }";
  const facts = (action: string) => factsOf(policyOf([minting, action, toBackend]).output?.header);
  assert.deepEqual(facts(script), [
    'the action at export/orders.yaml:11:9 (execute[1]) may write to the variable with the token',
  ]);
  assert.deepEqual(facts(script.replace('.jwt', '')), facts(script));
  assert.deepEqual(facts(script.replace("'generated.jwt'", "'generated'")), facts(script));
  assert.deepEqual(facts(script.replace('.jwt', '.other')), []);
});
