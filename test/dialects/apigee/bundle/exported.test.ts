/**
 * @module
 * What the export of a proxy says of its policies: verdicts with their reasons, and what their entries have.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readApigeeExport } from '../../../../src/dialects/apigee/bundle/exported.ts';
import { loadsAsSaid } from './loads-as-said.ts';
import { assigning, type Flows, filesOf, minting, proxyEndpoint, targetEndpoint } from './made-bundle.ts';
import {
  closed,
  exportOf,
  get,
  inVariable,
  map,
  minted,
  named,
  policyOf,
  putting,
  reasonsOf,
  sending,
} from './made-export.ts';

const verdicts: readonly [
  name: string,
  policies: Readonly<Record<string, string>>,
  flows: Flows,
  reasons: readonly string[],
][] = [
  ['exact', { Mint: sending, K: map('K', 'private.key') }, { Pre: [['K', 'Mint']] }, []],
  [
    'disabled',
    { Mint: sending.replace('name=', 'enabled="false" name=') },
    { Pre: [['Mint']] },
    ['cannot import.disabled'],
  ],
  ['in no flow', { Mint: sending }, { Pre: [[]] }, ['cannot import.not-called']],
  ['for the response', { Mint: inVariable }, { Pre: [[], ['Mint']] }, ['cannot import.no-request']],
  [
    'into a callout',
    {
      Mint: inVariable,
      S: '<ServiceCallout name="S"><Request><Set><Payload>{out}</Payload></Set></Request></ServiceCallout>',
    },
    { Pre: [['Mint', 'S']] },
    ['cannot import.no-header'],
  ],
  [
    'into a header that Envoy does not let it write',
    { Mint: inVariable, Put: putting('Put', 'host', '{out}') },
    { Pre: [['Mint', 'Put']] },
    ['cannot import.no-header'],
  ],
  ['read by nothing', { Mint: inVariable }, { Pre: [['Mint']] }, ['value import.open-header']],
  [
    'read by a script that writes a header',
    {
      Mint: inVariable,
      J: `<Javascript name="J"><Source>context.setVariable('request.header.a', context.getVariable('out'))</Source></Javascript>`,
    },
    { Pre: [['Mint', 'J']] },
    ['value import.open-header'],
  ],
  [
    'read by a script that writes none',
    { Mint: inVariable, J: `<Javascript name="J"><Source>print(context.getVariable('out'))</Source></Javascript>` },
    { Pre: [['Mint', 'J']] },
    ['cannot import.no-header'],
  ],
  [
    'in two headers',
    { Mint: inVariable, A: putting('A', 'x-a', '{out}'), B: putting('B', 'x-b', '{out}') },
    { Pre: [['Mint', 'A', 'B']] },
    ['value import.open-header'],
  ],
  [
    'in a header that is changed afterwards',
    { Mint: inVariable, A: putting('A', 'x-a', '{out}'), B: putting('B', 'X-A', 'other') },
    { Pre: [['Mint', 'A', 'B when request.verb = "GET"']] },
    ['value import.open-header'],
  ],
  [
    'in a header that is written again with the same text',
    { Mint: inVariable, A: putting('A', 'x-a', '{out}') },
    { Pre: [['Mint', 'A', 'A when request.verb = "GET"']] },
    [],
  ],
  [
    'in a header that a flow of the target writes',
    { Mint: inVariable, A: putting('A', 'x-a', '{out}') },
    { Pre: [['Mint']], 'Flow request.queryparam.q = "1"': [[]], 'Flow request.verb = "GET"': [['A']] },
    ['value import.open-route'],
  ],
  [
    'an error in its file',
    { Mint: minted('<Subject>a</Subject><Subject>b</Subject>') },
    { Pre: [['Mint']] },
    ['cannot apigee.duplicate-element'],
  ],
  [
    'in a proxy with a flow that refuses',
    { Mint: sending, R: '<RaiseFault name="R"/>' },
    { Pre: [['Mint']], 'Flow request.verb = "GET"': [[]], Flow: [['R']] },
    ['value import.open-route'],
  ],
  ['a variable of nothing', { Mint: minted('<Subject ref="sub"/>') }, { Pre: [['Mint']] }, ['value import.open-value']],
  [
    'a key from one of two maps',
    { Mint: sending, K: map('K', 'private.key'), L: map('L', 'private.key') },
    { Pre: [['K', 'L when request.verb = "GET"', 'Mint']] },
    ['value import.open-value'],
  ],
  [
    'a key under a condition',
    { Mint: sending, K: map('K', 'private.key') },
    { Pre: [['K when request.verb = "GET"', 'Mint']] },
    ['value import.open-value'],
  ],
  [
    'a key whose entry is a variable',
    { Mint: sending, K: map('K', 'private.key', '<Parameter ref="tenant"/>') },
    { Pre: [['K', 'Mint']] },
    ['value import.open-value'],
  ],
  [
    'a header that an unknown shared flow may set',
    {
      Mint: minted('<Subject ref="request.header.x-user"/>'),
      F: '<FlowCallout name="F"><SharedFlowBundle>elsewhere</SharedFlowBundle></FlowCallout>',
    },
    { Pre: [['F', 'Mint']] },
    ['value import.incomplete', 'value import.open-value'],
  ],
  [
    'a header that a policy that is not there may set',
    { Mint: minted('<Subject ref="request.header.x-user"/>') },
    { Pre: [['Lost', 'Mint']] },
    ['value import.incomplete', 'value import.open-value'],
  ],
  [
    'an unknown shared flow, which may check callers or change the header',
    { Mint: sending, F: '<FlowCallout name="F"><SharedFlowBundle>elsewhere</SharedFlowBundle></FlowCallout>' },
    { Pre: [['Mint', 'F']] },
    ['value import.incomplete'],
  ],
  [
    'a refusal on a condition that a request of the route may meet',
    { Mint: sending, R: '<RaiseFault name="R"/>' },
    { Pre: [['R when request.header.x-a = "1"', 'Mint']] },
    ['value import.open-route'],
  ],
  [
    'a refusal of other requests',
    { Mint: sending, R: '<RaiseFault name="R"/>' },
    { Pre: [['R when request.verb = "PUT"']], 'Flow request.verb = "GET"': [['Mint']] },
    [],
  ],
  ['a header of the client', { Mint: minted('<Subject ref="request.header.x-user"/>') }, { Pre: [['Mint']] }, []],
  [
    'a private variable that tokens show',
    { Mint: minted('<Subject ref="private.user"/>') },
    { Pre: [['Mint']] },
    ['value import.open-value'],
  ],
  [
    'a number without a unit',
    { Mint: sending.replace('1h', '3600') },
    { Pre: [['Mint']] },
    ['value apigee.edition-matters'],
  ],
  [
    'what the deployment knew',
    { Mint: minted('<Subject ref="organization.name"/>') },
    { Pre: [['Mint']] },
    ['value import.open-setting'],
  ],
  [
    'claims of a token that is decoded only',
    { Mint: minted('<Subject ref="jwt.D.claim.sub"/>'), D: '<DecodeJWT name="D"/>' },
    { Pre: [['D', 'Mint']] },
    ['value import.open-setting'],
  ],
  [
    'claims of the token of a callout',
    {
      Mint: minted('<Subject ref="jwt.V.claim.sub"/>'),
      V: '<VerifyJWT name="V"><Source>answer.token</Source></VerifyJWT>',
    },
    { Pre: [['V', 'Mint']] },
    ['value import.open-setting'],
  ],
  [
    "claims of the client's token",
    { Mint: minted('<Subject ref="jwt.V.claim.sub"/>'), V: '<VerifyJWT name="V"/>' },
    { Pre: [['V', 'Mint']] },
    [],
  ],
  [
    'a token that another policy mints',
    { Mint: minted('<Subject ref="jwt.Other.jwt"/>'), Other: minting('Other', '') },
    { Pre: [['Other', 'Mint']] },
    ['value import.open-value'],
  ],
];

for (const [name, policies, flows, reasons] of verdicts) {
  test(`verdict: ${name}`, () => {
    const exported = exportOf(policies, flows).flatMap((api) => api.policies);
    const policy = exported.find((one) => one.name === 'Mint');
    assert.ok(policy);
    assert.deepEqual(reasonsOf(policy), reasons);
    if (!reasons.some((reason) => reason.startsWith('cannot'))) return;
    assert.deepEqual([policy.entry, policy.variables, policy.keys], [{}, [], []]);
  });
}

test('the policies of a target are in the order of its steps, after those of the ProxyEndpoint', () => {
  const names = ['C', 'B', 'A'];
  const policies = Object.fromEntries(names.toReversed().map((name) => [name, minting(name, header(name))]));
  const target = targetEndpoint({ Pre: [['C', 'A']] });
  const [api] = exportOf(policies, { Pre: [['B']] }, { 'apiproxy/targets/t.xml': target });
  assert.deepEqual(
    api?.policies.map(({ name }) => name),
    ['B', 'C', 'A'],
  );
});

const header = (name: string): string => `<OutputVariable>request.header.x-${name}</OutputVariable>`;

test('a variable that a policy sets below a name of its own is listed with that policy', () => {
  const policies = { Mint: minted('<Subject ref="oauthv2authcode.O.note"/>'), O: '<OAuthV2 name="O"/>' };
  const [variable] = policyOf(exportOf(policies, { Pre: [['O', 'Mint']] })).variables;
  assert.deepEqual(
    variable?.setters.map(({ kind, file }) => [kind, file]),
    [['OAuthV2', 'apiproxy/policies/O.xml']],
  );
});

test('a proxy that answers itself sends no token', () => {
  const answering = proxyEndpoint({ Pre: [['Mint']] }, '<RouteRule name="none"/>');
  const policy = policyOf(exportOf({ Mint: sending }, {}, { 'apiproxy/proxies/default.xml': answering }));
  assert.deepEqual(reasonsOf(policy), ['cannot import.no-header']);
});

const keyId = '<Id ref="private.kid"/></SecretKey>';

test('keys stay in the variables that the policy names', () => {
  const policy = policyOf(
    exportOf(
      {
        Mint: sending.replace('</SecretKey>', keyId),
        K: map('K', 'private.key'),
        P: assigning('P', 'private.kid', '<Value>never shown</Value>'),
      },
      { Pre: [['K', 'P', 'Mint']] },
    ),
  );
  assert.deepEqual(policy.keys, [
    {
      name: 'keys-signing',
      kind: 'secret',
      algorithm: 'HS256',
      origin: 'KVM map keys (environment), entry signing, by K',
      use: { variable: 'private.key' },
    },
    {
      name: 'shop-kid',
      kind: 'secret',
      algorithm: undefined,
      origin: 'the variable private.kid, the identifier of the key, set by AssignMessage P in apiproxy/policies/P.xml',
      use: { variable: 'private.kid' },
    },
  ]);
  assert.doesNotMatch(JSON.stringify(policy), /never shown<?"/);
});

const entries: readonly [name: string, policies: Readonly<Record<string, string>>, flows: Flows, entry: object][] = [
  ['nothing', { Mint: sending }, { Pre: [['Mint']] }, {}],
  [
    'the caller of an API key',
    { Mint: minted('<Subject ref="verifyapikey.V.client_id"/>'), V: '<VerifyAPIKey name="V"/>' },
    { Pre: [['V', 'Mint']] },
    { authentication: { as: 'apigee' }, requireCaller: true },
  ],
  [
    'a check for some requests',
    { Mint: sending, V: '<VerifyAPIKey name="V"/>' },
    { Pre: [['V when request.verb = "GET"', 'Mint']] },
    { requireCaller: 'open: Write true if' },
  ],
  [
    'a check that does not refuse',
    { Mint: sending, V: '<VerifyAPIKey name="V" continueOnError="true"/>' },
    { Pre: [['V', 'Mint']] },
    {},
  ],
  [
    'what the files say of the deployment',
    { Mint: minted('<Subject ref="proxy.basepath"/><Issuer ref="environment.name"/>') },
    { Pre: [['Mint']] },
    { apigee: { basePath: '/v1/shop', environment: 'open: Write the environment' } },
  ],
  [
    'warnings about its text',
    { Mint: minted('<Subject>{user}</Subject><DisplayName>a</DisplayName><DisplayName>b</DisplayName>') },
    { Pre: [['Mint']] },
    { meant: ['apigee.ignored-element', 'apigee.literal-template'] },
  ],
];

for (const [name, policies, flows, entry] of entries) {
  test(`the entry says: ${name}`, () => {
    const { entry: found, meant } = policyOf(exportOf(policies, flows));
    assert.deepEqual(
      { ...(closed(found) as object), ...(meant.length === 0 ? {} : { meant: meant.toSorted() }) },
      entry,
    );
  });
}

test('values that are certain are declared, others are listed with who sets them', () => {
  const policy = policyOf(
    exportOf(
      {
        Mint: minted('<Subject ref="sub"/><Issuer ref="iss"/>'),
        A: assigning('A', 'sub', '<Template>{request.verb}!</Template>'),
        B: assigning('B', 'iss', '<Value>one</Value>'),
        C: assigning('C', 'iss', '<Value>two</Value>'),
      },
      { Pre: [['A', 'B']], 'Flow request.verb = "GET"': [['C when request.header.a =\n      "1"', 'Mint']] },
    ),
  );
  const [sub, iss] = policy.variables;
  assert.deepEqual([sub?.verdict, sub?.declaration], ['known', { template: '{request.verb}!' }]);
  assert.equal(iss?.verdict, 'ambiguous');
  const place = 'ProxyEndpoint default, PreFlow, Request';
  assert.deepEqual(iss?.setters, [
    { kind: 'AssignMessage', file: 'apiproxy/policies/B.xml', flow: place, condition: undefined },
    {
      kind: 'AssignMessage',
      file: 'apiproxy/policies/C.xml',
      flow: 'ProxyEndpoint default, Flow f, Request',
      condition: 'request.verb = "GET" and request.header.a = "1"',
    },
  ]);
});

test('a policy of a shared flow runs in each proxy that calls it', () => {
  const proxy = (name: string, value: string): Record<string, string> => ({
    [`${name}/apiproxy/${name}.xml`]: `<APIProxy name="${name}"/>`,
    [`${name}/apiproxy/policies/F.xml`]:
      '<FlowCallout name="F"><SharedFlowBundle>mint</SharedFlowBundle></FlowCallout>',
    [`${name}/apiproxy/policies/A.xml`]: assigning('A', 'sub', `<Value>${value}</Value>`),
    [`${name}/apiproxy/proxies/default.xml`]: proxyEndpoint({ Pre: [['A', 'F when request.verb = "GET"']] }).replace(
      '/v1/shop',
      `/${name}`,
    ),
  });
  const shared = {
    's/sharedflowbundle/mint.xml': '<SharedFlowBundle name="mint"/>',
    's/sharedflowbundle/policies/K.xml': map('K', 'private.key'),
    's/sharedflowbundle/policies/Mint.xml': minted('<Subject ref="sub"/>'),
    's/sharedflowbundle/sharedflows/default.xml':
      '<SharedFlow name="default"><Step><Name>K</Name></Step><Step><Name>Mint</Name></Step></SharedFlow>',
  };
  const apis = readApigeeExport(filesOf({ ...proxy('a', 'one'), ...proxy('b', 'two'), ...shared }));
  assert.equal(loadsAsSaid(apis), undefined);
  const found = apis.map(({ name, policies }) => [
    name,
    policies.map(({ routes, variables, keys }) => [
      routes.map(({ match }) => match),
      variables.map(({ declaration }) => declaration),
      keys.map((key) => key.name),
    ]),
  ]);
  const expected = (name: string, value: string) => [
    name,
    [[[{ pathPrefix: `/${name}`, method: ['GET'] }], [value], ['keys-signing']]],
  ];
  assert.deepEqual(found, [expected('a', 'one'), expected('b', 'two')]);
  const alone = readApigeeExport(filesOf(shared));
  assert.deepEqual(
    alone.map(({ policies }) => policies.map(reasonsOf)),
    [[['value import.open-route', 'value import.open-value']]],
  );
});

test('each proxy takes what is below its base paths', () => {
  const other = { 'o/apiproxy/o.xml': '<APIProxy name="o"/>', 'o/apiproxy/proxies/p.xml': proxyEndpoint({}) };
  const apis = exportOf({ Mint: sending }, { Pre: [['Mint']] }, other);
  assert.deepEqual(
    apis.map(({ name, policies, takes }) => [name, policies.length, takes?.map(({ match }) => match)]),
    [
      ['shop', 1, [{ pathPrefix: '/v1/shop' }]],
      ['o', 0, [{ pathPrefix: '/v1/shop' }]],
    ],
  );
});

const proxyFile = 'apiproxy/proxies/default.xml';
const secrets: readonly [name: string, value: string, allowed: boolean][] = [
  ['one byte less than the hash', 'a'.repeat(31), true],
  ['as long as the hash', 'a'.repeat(32), false],
];
for (const [name, value, isAllowed] of secrets) {
  test(`a secret in the export: ${name}`, () => {
    const apis = readApigeeExport(
      filesOf({
        ...named,
        'apiproxy/policies/Mint.xml': sending,
        'apiproxy/policies/K.xml': assigning('K', 'private.key', `<Value>${value}</Value>`),
        [proxyFile]: proxyEndpoint({ Pre: [['K', 'Mint']] }),
        'apiproxy/targets/t.xml': targetEndpoint({}),
      }),
    );
    const { entry, meant, reasons } = policyOf(apis);
    assert.deepEqual(entry, isAllowed ? { allowShortSecret: true } : {});
    assert.deepEqual(meant, isAllowed ? ['jose.short-secret'] : []);
    assert.deepEqual(
      reasons.flatMap(({ problem }) => problem.suggestion ?? []),
      isAllowed ? ['Change it where tokens are verified, and here. Then remove `allowShortSecret`.'] : [],
    );
    assert.equal(JSON.stringify(reasons).includes(value), false);
  });
}

test('a secret that one of two policies may set is not called short', () => {
  const value = '<Value>short</Value>';
  const policies = { Mint: sending, K: assigning('K', 'private.key', value), L: assigning('L', 'private.key', value) };
  const endpoint = proxyEndpoint({ Pre: [['K', 'L when request.verb = "GET"', 'Mint']] });
  const { entry, meant } = policyOf(exportOf(policies, {}, { [proxyFile]: endpoint }));
  assert.deepEqual([entry, meant], [{}, []]);
});

const damaged: readonly [name: string, files: Readonly<Record<string, string>>, code: string][] = [
  ['a ProxyEndpoint that is not closed', { [proxyFile]: '<ProxyEndpoint name="default"><PreFlow>' }, 'policy.syntax'],
  [
    'another ProxyEndpoint that is not closed',
    { 'apiproxy/proxies/b.xml': '<ProxyEndpoint name="b">' },
    'policy.syntax',
  ],
  ['a TargetEndpoint in another encoding', { 'apiproxy/targets/t.xml': '<a>\uFFFD</a>' }, 'policy.encoding'],
  [
    'a TargetEndpoint in UTF-16',
    { 'apiproxy/targets/u.xml': [...'\uFFFD<TargetEndpoint/>'].join('\0') },
    'policy.encoding',
  ],
  ['a policy', { 'apiproxy/policies/A.xml': '<AssignMessage name="A">' }, 'policy.syntax'],
  [
    'a flow of a shared flow',
    {
      'apiproxy/policies/F.xml': '<FlowCallout name="F"><SharedFlowBundle>s</SharedFlowBundle></FlowCallout>',
      's/sharedflowbundle/s.xml': '<SharedFlowBundle name="s"/>',
      's/sharedflowbundle/sharedflows/default.xml': '<SharedFlow name="default"><Step>',
    },
    'policy.syntax',
  ],
];

for (const [name, files, code] of damaged) {
  test(`a file that cannot be read: ${name}`, () => {
    const apis = exportOf({ Mint: sending }, { Pre: [['F', 'Mint']] }, files);
    assert.ok(reasonsOf(policyOf(apis)).includes(`cannot ${code}`), reasonsOf(policyOf(apis)).join());
  });
}

test('other files that cannot be read do not matter', () => {
  const files = { 'apiproxy/resources/xsl/a.xml': '<a>', 'apiproxy/manifests/manifest.xml': '<M>', 'pom.xml': '<p>' };
  assert.deepEqual(reasonsOf(policyOf(exportOf({ Mint: sending }, { Pre: [['Mint']] }, files))), []);
});

test('policies without the flows of their proxy say where these are', () => {
  const apis = readApigeeExport(filesOf({ 'policies/Mint.xml': sending }));
  assert.match(policyOf(apis).reasons[0]?.problem.suggestion ?? '', /Import the whole bundle/);
});

const withoutTarget = (flows: Flows) => ({
  'apiproxy/proxies/default.xml': proxyEndpoint(flows, '<RouteRule name="none"/>'),
});

const unselected: readonly [name: string, flows: Flows, more: Readonly<Record<string, string>>, isSaid: boolean][] = [
  ['every flow has a condition', { [get]: [['Mint']] }, {}, true],
  ['one flow takes the rest', { [get]: [['Mint']], Flow: [[]] }, {}, false],
  ['the policy runs before the flows', { Pre: [['Mint']], [get]: [[]] }, {}, false],
  ['nothing is sent on', { [get]: [['Mint']] }, withoutTarget({ [get]: [['Mint']] }), false],
];

for (const [name, flows, more, isSaid] of unselected) {
  test(`a request that no flow selects is ${isSaid ? '' : 'not '}a note: ${name}`, () => {
    const { reasons } = policyOf(exportOf({ Mint: sending }, flows, more));
    const notes = reasons.filter(({ kind, problem }) => kind === 'note' && problem.code === 'import.unselected');
    assert.equal(notes.length, isSaid ? 1 : 0);
  });
}
