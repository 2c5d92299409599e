/**
 * @module
 * What the export of a proxy says of a token that gets no header or route, and of what the export does not have.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readApigeeExport } from '../../../../src/dialects/apigee/bundle/exported.ts';
import { Open } from '../../../../src/dialects/exported.ts';
import { assigning, type Flows, filesOf, minting, proxyEndpoint, targetEndpoint } from './made-bundle.ts';
import { closed, exportOf, get, inVariable, minted, named, policyOf, putting, sending } from './made-export.ts';

const callout = (name: string, more: string, payload: string): string =>
  `<ServiceCallout name="${name}"><Request ${more}><Set><Payload>${payload}</Payload></Set></Request></ServiceCallout>`;

const elsewhere: readonly [where: string, policies: Readonly<Record<string, string>>][] = [
  [
    'another part of the request (P)',
    { P: '<AssignMessage name="P"><Set><Payload>{out}</Payload></Set></AssignMessage>' },
  ],
  [
    'another part of the request (P)',
    {
      P: '<AssignMessage name="P"><Set><Payload variablePrefix="@" variableSuffix="!">@out!</Payload></Set></AssignMessage>',
    },
  ],
  ['the request of a ServiceCallout (P)', { P: callout('P', '', '{out}') }],
  [
    'a response (P)',
    { P: '<RaiseFault name="P"><FaultResponse><Set><Payload>{out}</Payload></Set></FaultResponse></RaiseFault>' },
  ],
  [
    'the message own, which no ServiceCallout sends',
    { P: '<AssignMessage name="P"><AssignTo>own</AssignTo><Set><Payload>{out}</Payload></Set></AssignMessage>' },
  ],
  ['a script (P)', { P: '<Javascript name="P"><Source>print(context.getVariable(\'out\'))</Source></Javascript>' }],
  [
    'a cache or map (P)',
    {
      P: '<PopulateCache name="P"><CacheKey><KeyFragment>a</KeyFragment></CacheKey><Source>out</Source></PopulateCache>',
    },
  ],
  ['a check of the token itself (P)', { P: '<VerifyJWT name="P"><Source>out</Source></VerifyJWT>' }],
  ['another policy (P)', { P: '<MessageLogging name="P"><Syslog><Message>{out}</Message></Syslog></MessageLogging>' }],
  [
    'a script (P), a check of the token itself (Q)',
    {
      P: '<Javascript name="P"><Source>print(context.getVariable(\'out\'))</Source></Javascript>',
      Q: '<VerifyJWT name="Q"><Source>out</Source></VerifyJWT>',
    },
  ],
];

for (const [index, [where, others]] of elsewhere.entries()) {
  test(`${index + 1}. a token that goes into ${where} is in no header`, () => {
    const policy = policyOf(exportOf({ Mint: inVariable, ...others }, { Pre: [['Mint', ...Object.keys(others)]] }));
    assert.equal(
      policy.reasons[0]?.problem.message,
      `The token goes into ${where}, and mintproc writes only headers of the request.`,
    );
  });
}

test('a call without a route is a note, and a call with one is not', () => {
  const flows: Flows = { Pre: [['Mint'], ['Mint']], [get]: [['Mint', 'S']] };
  const script = '<Javascript name="S"><Source>print(context.getVariable("request.header.x-t"))</Source></Javascript>';
  const { reasons } = policyOf(exportOf({ Mint: sending, S: script }, flows));
  assert.deepEqual(
    reasons.filter(({ problem }) => problem.code === 'import.other-call').map(({ problem }) => problem.message),
    [
      'The policy is also called in ProxyEndpoint default, PreFlow, Response, which mintproc does not replace: it runs for a response or after a fault.',
    ],
  );
});

test('a target that the export does not have is named', () => {
  const endpoint = proxyEndpoint(
    { Pre: [['Mint']] },
    '<RouteRule name="r"><TargetEndpoint>lost</TargetEndpoint></RouteRule>',
  );
  const policy = policyOf(exportOf({ Mint: sending }, {}, { 'apiproxy/proxies/default.xml': endpoint }));
  assert.deepEqual(
    policy.reasons.map(({ kind, problem }) => `${kind} ${problem.message}`),
    ['value The export does not have the TargetEndpoint lost of the ProxyEndpoint default.'],
  );
  assert.equal(policy.undecided.length, 1);
});

test('a proxy without endpoints has no requests of its own', () => {
  assert.deepEqual(readApigeeExport(filesOf(named)), [{ name: 'shop', policies: [] }]);
});

test('a token of another policy is to be declared, whatever sets it', () => {
  const policies = { Mint: minted('<Subject ref="jwt.Other.jwt"/>'), Other: minting('Other', '') };
  const exported = exportOf(policies, { Pre: [['Other', 'Mint']] }).flatMap((api) => api.policies);
  const variables = exported.find(({ name }) => name === 'Mint')?.variables;
  assert.deepEqual(
    variables?.map(({ name, verdict, setters, declaration }) => [name, verdict, setters, closed(declaration)]),
    [['jwt.Other.jwt', 'declare', [], 'open: If the policy']],
  );
});

test('a token in two headers has both, each with what is before it', () => {
  const policies = {
    Mint: inVariable,
    A: putting('A', 'x-a', 'Bearer {out}'),
    B: putting('B', 'x-b', '{out}'),
  };
  const { output } = policyOf(exportOf(policies, { Pre: [['Mint', 'A when request.verb = "GET"', 'B']] }));
  assert.ok(output?.header instanceof Open && output.prefix instanceof Open);
  assert.deepEqual(output.header.facts, [
    'A writes the header x-a with "Bearer " before it, when request.verb = "GET"',
    'B writes the header x-b',
  ]);
  assert.deepEqual(output.prefix.facts, output.header.facts);
});

const removed = '<AssignMessage name="R"><Remove><Headers><Header name="X-T"/></Headers></Remove></AssignMessage>';
const post = 'Flow request.verb = "POST"';
const afterwards: readonly [name: string, proxy: Flows, target: Flows, facts: readonly string[]][] = [
  ['after the only policy that writes it', { Pre: [['Mint', 'Put', 'R']] }, {}, ['ProxyEndpoint default, PreFlow']],
  [
    'before the same policy runs for the response',
    { Pre: [['Mint', 'Put', 'R'], ['Put']] },
    {},
    ['ProxyEndpoint default, PreFlow'],
  ],
  ['before the only policy that writes it', { Pre: [['Mint', 'R', 'Put']] }, {}, []],
  ['before it is certainly written again', { Pre: [['Mint', 'Put', 'R', 'Put']] }, {}, []],
  [
    'before it is written again by the endpoint of the target',
    { Pre: [['Mint', 'Put']] },
    { Pre: [['R']], Post: [['Put']] },
    [],
  ],
  [
    'before it is written again on a condition',
    { Pre: [['Mint', 'Put', 'R', 'Put when request.verb = "GET"']] },
    {},
    ['ProxyEndpoint default, PreFlow'],
  ],
  [
    'before it is written again by a flow for some requests',
    { Pre: [['Mint', 'Put']] },
    { Pre: [['R']], [get]: [['Put']] },
    ['TargetEndpoint t, PreFlow'],
  ],
  ['in the flow that writes it again', { Pre: [['Mint', 'Put']] }, { [get]: [['R', 'Put']], [post]: [['Put']] }, []],
  [
    'in a flow that another one that writes it excludes',
    { Pre: [['Mint']], [get]: [['Put']], [post]: [['R']], 'Flow request.verb = "PUT"': [['Put']] },
    {},
    [],
  ],
];
for (const [name, proxy, target, flows] of afterwards) {
  test(`the header of the token is removed ${name}`, () => {
    const more = {
      'apiproxy/proxies/default.xml': proxyEndpoint(proxy),
      'apiproxy/targets/t.xml': targetEndpoint(target),
    };
    const policies = { Mint: inVariable, Put: putting('Put', 'x-t', '{out}'), R: removed };
    const header = policyOf(exportOf(policies, {}, more)).output?.header;
    const facts = header instanceof Open ? header.facts.filter((fact) => fact.includes('removes')) : header;
    const where = flows.map(
      (flow) => `AssignMessage R in apiproxy/policies/R.xml changes or removes it afterwards, in ${flow}, Request`,
    );
    assert.deepEqual(facts, flows.length === 0 ? 'x-t' : where);
  });
}

test('a header that the policy itself writes is removed before another policy may write it again', () => {
  const policies = {
    Mint: sending,
    R: removed,
    Put: putting('Put', 'x-t', '{request.header.x-t}'),
  };
  const { output } = policyOf(exportOf(policies, { Pre: [['Mint', 'R', 'Put when request.verb = "GET"']] }));
  assert.ok(output?.header instanceof Open);
});

test('a policy that the export does not have is named as one that may set a variable', () => {
  const policies = { Mint: minted('<Subject ref="sub"/>'), A: assigning('A', 'sub', '<Value>a</Value>') };
  const [variable] = policyOf(exportOf(policies, { Pre: [['A', 'Lost', 'Mint']] })).variables;
  assert.deepEqual(
    variable?.setters.map(({ kind }) => kind),
    ['AssignMessage', 'a missing policy'],
  );
});

test('a variable of the request that a policy changes is to be declared', () => {
  const policies = {
    Mint: minted('<Subject ref="request.verb"/>'),
    A: '<AssignMessage name="A"><Set><Verb>PUT</Verb></Set></AssignMessage>',
  };
  const names = (before: readonly string[]) =>
    policyOf(exportOf(policies, { Pre: [[...before, 'Mint']] })).variables.map(({ name }) => name);
  assert.deepEqual([names([]), names(['A'])], [[], ['request.verb']]);
});

test('a variable of an unusual name is said without its name', () => {
  const { variables, reasons } = policyOf(
    exportOf({ Mint: minted('<Subject ref="a secret!"/>') }, { Pre: [['Mint']] }),
  );
  assert.deepEqual(variables, []);
  assert.deepEqual(
    reasons.map(({ problem }) => `${problem.code}: ${problem.message}`),
    ['import.open-value: The policy reads a variable whose name is too unusual to be shown.'],
  );
});

test('routes with a longer path come first', () => {
  const flow = (path: string): string => `Flow proxy.pathsuffix MatchesPath "${path}"`;
  const { routes } = policyOf(exportOf({ Mint: sending }, { [flow('/a')]: [['Mint']], [flow('/long')]: [['Mint']] }));
  assert.deepEqual(
    routes.map(({ match }) => match),
    [{ path: '/v1/shop/long' }, { path: '/v1/shop/a' }],
  );
});

test('an open route has the refusal that some of its requests meet', () => {
  const flows = { Pre: [['R when request.header.x-a = "1"', 'Mint']] } as const;
  const [route] = policyOf(exportOf({ Mint: sending, R: '<RaiseFault name="R"/>' }, flows)).routes;
  assert.deepEqual(Object(route?.match['pathPrefix']).facts, [
    'The path begins with /v1/shop.',
    'On Apigee R refuses requests in ProxyEndpoint default, PreFlow, Request, when request.header.x-a = "1".',
  ]);
});

test('policies are in the order in which they run for a request', () => {
  const policies = { A: sending.replace('"Mint"', '"A"'), B: sending.replace('"Mint"', '"B"') };
  const namesIn = (flows: Flows) => exportOf(policies, flows).flatMap((api) => api.policies.map(({ name }) => name));
  assert.deepEqual(namesIn({ Pre: [['B', 'A']] }), ['B', 'A']);
  assert.deepEqual(namesIn({ Pre: [['A', 'B']] }), ['A', 'B']);
  assert.deepEqual(namesIn({ Pre: [[], ['B', 'A']] }), ['A', 'B']);
});
