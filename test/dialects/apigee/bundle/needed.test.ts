import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SourceText } from '../../../../src/diagnostics/source-text.ts';
import { readBundles } from '../../../../src/dialects/apigee/bundle/bundle.ts';
import { eventsOf, maxEvents } from '../../../../src/dialects/apigee/bundle/origins.ts';
import { sectionOf } from '../../../../src/dialects/apigee/bundle/section.ts';
import type { BundlePolicy } from '../../../../src/dialects/apigee/bundle/settings.ts';
import { assigning, type Flows, filesOf, minting, proxyEndpoint, targetEndpoint } from './made-bundle.ts';

const reads = minting('Mint', '<Subject ref="sub"/>');
const a = assigning('A', 'sub', '<Value>a</Value>');
const b = assigning('B', 'sub', '<Value>b</Value>');

/** What the policies of a proxy are, where they run, and the value that is proposed for `sub` with those who set it. */
type Case = readonly [
  name: string,
  policies: Readonly<Record<string, string>>,
  flows: Flows,
  value: object | undefined,
  setters: readonly string[],
  target?: Flows,
];

const value = (text: string): object => ({ value: text });
const template = (text: string): object => ({ template: text });

const cases: readonly Case[] = [
  ['one step before', { a }, { Pre: [['A', 'Mint']] }, value('a'), []],
  ['the last of two steps wins', { a, b }, { Pre: [['A', 'B', 'Mint']] }, value('b'), []],
  ['a step after it', { a, b }, { Pre: [['A', 'Mint', 'B']] }, value('a'), []],
  ['only a step after it', { a }, { Pre: [['Mint', 'A']] }, undefined, []],
  [
    'a disabled policy',
    { a: assigning('A', 'sub', '<Value>a</Value>', 'enabled="false"') },
    { Pre: [['A', 'Mint']] },
    undefined,
    [],
  ],
  ['a policy in no flow', { a }, { Pre: [['Mint']] }, undefined, []],
  ['a step with a condition', { a }, { Pre: [['A when x = "1"', 'Mint']] }, undefined, ['A']],
  ['a condition after a certain value', { a, b }, { Pre: [['A', 'B when x = "1"', 'Mint']] }, undefined, ['A', 'B']],
  [
    'the same value twice',
    { a, b: assigning('B', 'sub', '<Value>a</Value>') },
    { Pre: [['A', 'B when x = "1"', 'Mint']] },
    value('a'),
    [],
  ],
  ['the PreFlow before a conditional flow', { a }, { Pre: [['A']], 'Flow x = "1"': [['Mint']] }, value('a'), []],
  ['the flow that the call is in', { a }, { 'Flow x = "1"': [['A', 'Mint']] }, value('a'), []],
  ['a flow beside it', { a }, { 'Flow x = "2"': [['A']], 'Flow x = "1"': [['Mint']] }, undefined, []],
  ['a conditional flow before the PostFlow', { a }, { 'Flow x = "1"': [['A']], Post: [['Mint']] }, undefined, ['A']],
  ['a first flow without a condition', { a }, { Flow: [['A']], Post: [['Mint']] }, value('a'), []],
  ['the PostFlow stands first in the file', { a, b }, { Post: [['B']], Pre: [['A', 'Mint']] }, value('a'), []],
  ['the ProxyEndpoint before the TargetEndpoint', { a }, { Pre: [['A']] }, value('a'), [], { Pre: [['Mint']] }],
  ['the TargetEndpoint after the ProxyEndpoint', { a, b }, { Pre: [['A']] }, value('b'), [], { Pre: [['B', 'Mint']] }],
  ['the request before the response', { a }, { Pre: [['A'], ['Mint']] }, value('a'), []],
  [
    'two calls that get different values',
    { a, b },
    { 'Flow x = "1"': [['A', 'Mint']], 'Flow x = "2"': [['B', 'Mint']] },
    undefined,
    ['A', 'B'],
  ],
  ['two calls, one without', { a }, { 'Flow x = "1"': [['A', 'Mint']], 'Flow x = "2"': [['Mint']] }, undefined, ['A']],
  [
    'a template',
    { a: assigning('A', 'sub', '<Template>{request.verb}-{client.ip}</Template>') },
    { Pre: [['A', 'Mint']] },
    template('{request.verb}-{client.ip}'),
    [],
  ],
  [
    'a reference and its default',
    { a: assigning('A', 'sub', '<Ref>request.header.x</Ref><Value>n/a</Value>') },
    { Pre: [['A', 'Mint']] },
    template('{request.header.x:n/a}'),
    [],
  ],
  [
    'a reference without a default after another step',
    { a, b: assigning('B', 'sub', '<Ref>x</Ref>') },
    { Pre: [['A', 'B', 'Mint']] },
    undefined,
    ['A', 'B'],
  ],
  ['a reference to itself', { a: assigning('A', 'sub', '<Ref>sub</Ref>') }, { Pre: [['A', 'Mint']] }, undefined, []],
  [
    'a reference to itself after a value',
    { a, b: assigning('B', 'sub', '<Ref>sub</Ref>') },
    { Pre: [['A', 'B', 'Mint']] },
    value('a'),
    [],
  ],
  [
    'a template that reads itself',
    { a, b: assigning('B', 'sub', '<Template>{sub}!</Template>') },
    { Pre: [['A', 'B', 'Mint']] },
    undefined,
    ['A', 'B'],
  ],
  [
    'variables without a value are empty',
    {
      a: `<AssignMessage name="A"><IgnoreUnresolvedVariables>true</IgnoreUnresolvedVariables><AssignVariable><Name>sub</Name><Template>{x}-{y:z}</Template></AssignVariable></AssignMessage>`,
    },
    { Pre: [['A', 'Mint']] },
    template('{x:}-{y:z}'),
    [],
  ],
  ['a blank', { a: assigning('A', 'sub', '<Value> </Value>') }, { Pre: [['A', 'Mint']] }, value(' '), []],
  [
    'spaces around a text',
    { a: assigning('A', 'sub', '<Value> a </Value>') },
    { Pre: [['A', 'Mint']] },
    undefined,
    ['A'],
  ],
  [
    'a template and a value',
    { a: assigning('A', 'sub', '<Value>a</Value><Template>b</Template>') },
    { Pre: [['A', 'Mint']] },
    undefined,
    ['A'],
  ],
  [
    'a template from a variable',
    { a: assigning('A', 'sub', '<Template ref="t"/><Value>a</Value>') },
    { Pre: [['A', 'Mint']] },
    undefined,
    ['A'],
  ],
  [
    'a property set',
    { a: assigning('A', 'sub', '<PropertySetRef>s.k</PropertySetRef><Value>a</Value>') },
    { Pre: [['A', 'Mint']] },
    undefined,
    ['A'],
  ],
  [
    'a copy of a private variable',
    { a: assigning('A', 'sub', '<Ref>private.x</Ref>') },
    { Pre: [['A', 'Mint']] },
    undefined,
    ['A'],
  ],
  [
    'a function that mintproc does not have',
    { a: assigning('A', 'sub', "<Template>{xeger('a')}</Template>") },
    { Pre: [['A', 'Mint']] },
    undefined,
    ['A'],
  ],
  [
    'a script that names it',
    { a, b: `<Javascript name="B"><Source>context.setVariable('sub', 1)</Source></Javascript>` },
    { Pre: [['A', 'B', 'Mint']] },
    undefined,
    ['A', 'B'],
  ],
  [
    'a script before the value',
    { a, b: `<Javascript name="B"><Source>context.setVariable('sub', 1)</Source></Javascript>` },
    { Pre: [['B', 'A', 'Mint']] },
    value('a'),
    [],
  ],
  [
    'a script that names another',
    { a, b: `<Javascript name="B"><Source>context.setVariable('other', 1)</Source></Javascript>` },
    { Pre: [['A', 'B', 'Mint']] },
    value('a'),
    [],
  ],
  [
    'a script that puts names together',
    { a, b: '<Javascript name="B"><Source>context.setVariable(name, 1)</Source></Javascript>' },
    { Pre: [['A', 'B', 'Mint']] },
    undefined,
    ['A', 'B'],
  ],
  [
    'a script that is not there',
    { a, b: '<Javascript name="B"><ResourceURL>jsc://b.js</ResourceURL></Javascript>' },
    { Pre: [['A', 'B', 'Mint']] },
    undefined,
    ['A', 'B'],
  ],
  [
    'ExtractVariables',
    { a, b: '<ExtractVariables name="B"><URIPath><Pattern>/x/{sub}</Pattern></URIPath></ExtractVariables>' },
    { Pre: [['A', 'B', 'Mint']] },
    undefined,
    ['A', 'B'],
  ],
  [
    'ExtractVariables with a prefix',
    {
      a,
      b: '<ExtractVariables name="B"><VariablePrefix>p</VariablePrefix><URIPath><Pattern>/x/{sub}</Pattern></URIPath></ExtractVariables>',
    },
    { Pre: [['A', 'B', 'Mint']] },
    value('a'),
    [],
  ],
  [
    'a map',
    {
      b: '<KeyValueMapOperations name="B" mapIdentifier="m"><Get assignTo="sub"><Key><Parameter>k</Parameter></Key></Get></KeyValueMapOperations>',
    },
    { Pre: [['B', 'Mint']] },
    undefined,
    ['B'],
  ],
  ['a Java callout', { a, b: '<JavaCallout name="B"/>' }, { Pre: [['A', 'B', 'Mint']] }, undefined, ['A', 'B']],
  [
    'a shared flow that is not there',
    { a, b: '<FlowCallout name="B"><SharedFlowBundle>none</SharedFlowBundle></FlowCallout>' },
    { Pre: [['A', 'B', 'Mint']] },
    undefined,
    ['A', 'B'],
  ],
  ['a policy without variables', { a, b: '<SpikeArrest name="B"/>' }, { Pre: [['A', 'B', 'Mint']] }, value('a'), []],
];

function bundleOf([, policies, flows, , , target]: Case) {
  const texts = Object.entries({ ...policies, Mint: reads }).map(([name, text]) => [
    `apiproxy/policies/${name}.xml`,
    text,
  ]);
  const endpoints = {
    'apiproxy/proxies/default.xml': proxyEndpoint(flows),
    'apiproxy/targets/t.xml': targetEndpoint(target ?? {}),
  };
  const [bundle] = readBundles(filesOf({ ...Object.fromEntries(texts), ...endpoints }), {});
  assert.ok(bundle);
  return bundle;
}

for (const one of cases) {
  const [name, , , expected, setters] = one;
  test(`who sets a variable: ${name}`, () => {
    const sub = bundleOf(one).variables.find((variable) => variable.name === 'sub');
    assert.ok(sub);
    assert.deepEqual(sub.value?.form, expected);
    assert.deepEqual([...new Set(sub.setters.map(({ policy }) => policy.name))].sort(), setters);
  });
}

test('two targets leave certain what the ProxyEndpoint sets, and uncertain what one of them does', () => {
  const targets = ['t', 'u'].map(
    (name) => `<RouteRule name="${name}"><TargetEndpoint>${name}</TargetEndpoint></RouteRule>`,
  );
  const formIn = (proxy: Flows, target: Flows): unknown => {
    const texts = {
      'apiproxy/policies/M.xml': reads,
      'apiproxy/policies/A.xml': a,
      'apiproxy/proxies/default.xml': proxyEndpoint(proxy, targets.join('')),
      'apiproxy/targets/t.xml': targetEndpoint(target),
      'apiproxy/targets/u.xml': targetEndpoint({}).replace('name="t"', 'name="u"'),
    };
    return readBundles(filesOf(texts), {})[0]?.variables.find(({ name }) => name === 'sub')?.value?.form;
  };
  assert.deepEqual(formIn({ Pre: [['A']], Post: [['Mint']] }, {}), value('a'));
  assert.deepEqual(formIn({ Post: [[], ['Mint']] }, { Pre: [['A']] }), undefined);
  targets.pop();
  assert.deepEqual(formIn({ Post: [[], ['Mint']] }, { Pre: [['A']] }), value('a'));
});

test('a fault rule may run after any step', () => {
  const rule = '<FaultRules><FaultRule name="f"><Step><Name>Mint</Name></Step></FaultRule></FaultRules>';
  const texts = {
    'apiproxy/policies/M.xml': reads,
    'apiproxy/policies/A.xml': a,
    'apiproxy/proxies/default.xml': proxyEndpoint(
      {},
      `${rule}<RouteRule name="r"><TargetEndpoint>t</TargetEndpoint></RouteRule>`,
    ),
    'apiproxy/targets/t.xml': targetEndpoint({ Pre: [['A']] }),
  };
  const sub = readBundles(filesOf(texts), {})[0]?.variables.find(({ name }) => name === 'sub');
  assert.deepEqual(
    sub?.setters.map(({ policy }) => policy.name),
    ['A'],
  );
});

test('what a policy sets of a message', () => {
  const settingsOf = (inner: string): unknown => {
    const texts = {
      'apiproxy/policies/M.xml': reads,
      'apiproxy/policies/A.xml': `<AssignMessage name="A">${inner}</AssignMessage>`,
      'apiproxy/proxies/default.xml': proxyEndpoint({ Pre: [['A', 'Mint']] }),
    };
    const [call] = readBundles(filesOf(texts), {})[0]?.policies[0]?.calls ?? [];
    return call?.proxy.policies.get('A')?.settings.map(({ target }) => ('name' in target ? target.name : target.kind));
  };
  const parts = '<Verb>PUT</Verb><StatusCode>200</StatusCode><Headers><Header name="X-A">1</Header></Headers>';
  assert.deepEqual(settingsOf(`<Set>${parts}</Set>`), ['current message.verb', 'current message.header.X-A']);
  assert.deepEqual(settingsOf('<Remove><Headers/><StatusCode/></Remove>'), ['current message.header']);
});

test('a value is read as it was when its step ran', () => {
  const texts = {
    'apiproxy/policies/M.xml': minting('Mint', '<Subject ref="sub"/>'),
    'apiproxy/policies/A.xml': assigning('A', 'x', '<Value>1</Value>'),
    'apiproxy/policies/S.xml': assigning('S', 'sub', '<Template>{x}</Template>'),
    'apiproxy/policies/B.xml': assigning('B', 'x', '<Value>2</Value>'),
    'apiproxy/proxies/default.xml': proxyEndpoint({ Pre: [['A', 'S', 'B', 'Mint']] }),
  };
  const [bundle] = readBundles(filesOf(texts), {});
  const found = bundle?.variables.map(({ name, value: known }) => [name, known?.form]);
  assert.deepEqual(found, [
    ['sub', template('{x}')],
    ['x', value('1')],
    ['private.key', undefined],
  ]);
});

test('a header that a policy changes is no header of the request', () => {
  const change = (inner: string): string => `<AssignMessage name="A">${inner}</AssignMessage>`;
  const namesWith = (inner: string, ...flow: readonly string[]): unknown =>
    readBundles(
      filesOf({
        'apiproxy/policies/M.xml': minting('Mint', '<Subject ref="request.header.X-User"/>'),
        'apiproxy/policies/A.xml': change(inner),
        'apiproxy/proxies/default.xml': proxyEndpoint({ Pre: [flow, flow] }),
      }),
      {},
    )[0]?.variables.map(({ name }) => name);
  const set = '<Set><Headers><Header name="x-user">{private.x}</Header></Headers></Set>';
  assert.deepEqual(namesWith(set, 'A', 'Mint'), ['request.header.X-User', 'private.key']);
  assert.deepEqual(namesWith('<Remove><Headers/></Remove>', 'A', 'Mint'), ['request.header.X-User', 'private.key']);
  const other = '<AssignTo createNew="true" type="request">callout</AssignTo>';
  assert.deepEqual(namesWith(`${other}${set}`, 'A', 'Mint'), ['private.key']);
});

test('a shared flow of the folder is read', () => {
  const texts = {
    'p/apiproxy/policies/M.xml': reads,
    'p/apiproxy/policies/F.xml': '<FlowCallout name="F"><SharedFlowBundle>common</SharedFlowBundle></FlowCallout>',
    'p/apiproxy/proxies/default.xml': proxyEndpoint({ Pre: [['F', 'Mint']] }),
    's/sharedflowbundle/common.xml': '<SharedFlowBundle name="common"/>',
    's/sharedflowbundle/policies/A.xml': a,
    's/sharedflowbundle/sharedflows/default.xml': '<SharedFlow name="default"><Step><Name>A</Name></Step></SharedFlow>',
  };
  const bundles = readBundles(filesOf(texts), {});
  assert.deepEqual(
    bundles.map(({ folder }) => folder),
    ['p/apiproxy'],
  );
  const found = bundles[0]?.variables[0]?.value;
  assert.deepEqual(found?.form, value('a'));
  assert.equal(found?.event.flow, 'ProxyEndpoint default, PreFlow, Request: SharedFlow default');
});

test('each proxy of a folder has its own section', () => {
  const proxy = (folder: string, name: string, set: string): Record<string, string> => ({
    [`${folder}/apiproxy/policies/M.xml`]: reads,
    [`${folder}/apiproxy/policies/S.xml`]: set,
    [`${folder}/apiproxy/proxies/default.xml`]: proxyEndpoint({ Pre: [[name, 'Mint']] }),
  });
  const bundles = readBundles(filesOf({ ...proxy('one', 'A', a), ...proxy('two', 'B', b) }), {});
  assert.deepEqual(
    bundles.map((bundle) => [bundle.folder, /sub: \w/.exec(sectionOf(bundle))?.[0]]),
    [
      ['one/apiproxy', 'sub: a'],
      ['two/apiproxy', 'sub: b'],
    ],
  );
});

test('setters are named with what they read, and never a value', () => {
  const texts = {
    'apiproxy/policies/M.xml': reads,
    'apiproxy/policies/K.xml': `<KeyValueMapOperations name="K" mapIdentifier="keys">
      <Get assignTo="private.key"><Key><Parameter>pem</Parameter></Key></Get></KeyValueMapOperations>`,
    'apiproxy/policies/P.xml': assigning('P', 'private.key', '<Value>never shown</Value>'),
    'apiproxy/policies/J.xml': '<Javascript name="J"><ResourceURL>jsc://j.js</ResourceURL></Javascript>',
    'apiproxy/resources/jsc/j.js': 'context.setVariable("sub", "a value");',
    'apiproxy/proxies/default.xml': proxyEndpoint({ Pre: [['K', 'P when x = "1"', 'J', 'Mint']] }),
  };
  const section = readBundles(filesOf(texts), {}).map(sectionOf).join('');
  for (const line of [
    '  # sub is set by:',
    '  #   Javascript J in apiproxy/resources/jsc/j.js, in ProxyEndpoint default, PreFlow, Request',
    '  #   KeyValueMapOperations K in apiproxy/policies/K.xml (map keys, key pem), in ProxyEndpoint default, PreFlow, Request',
    '  #   AssignMessage P in apiproxy/policies/P.xml, in ProxyEndpoint default, PreFlow, Request, when x = "1"',
    '  private.key: { file: secrets/key } # read by Mint',
  ]) {
    assert.ok(section.split('\n').includes(line), `${line}\n${section}`);
  }
  assert.doesNotMatch(section, /never shown|a value/);
});

test('a script that puts names together is named as one that may set any variable', () => {
  const script = (text: string): string =>
    sectionOf(
      bundleOf([
        '',
        { J: `<Javascript name="J"><Source>${text}</Source></Javascript>` },
        { Pre: [['J', 'Mint']] },
        undefined,
        [],
      ]),
    );
  assert.match(script('context.setVariable(name, 1)'), /perhaps Javascript J, which may set any variable/);
  assert.doesNotMatch(script("context.setVariable('a' + b, 1)"), /may set any variable/);
});

test('a chain of steps has a longest length, after which anything may be set', () => {
  const kindsAt = (length: number): unknown => {
    const policy: BundlePolicy = {
      kind: 'AssignMessage',
      name: 'A',
      file: 'A.xml',
      enabled: true,
      root: { name: 'AssignMessage', offset: 0, attributes: [], children: [], text: SourceText.ofFile('A.xml', '') },
      settings: [{ target: { kind: 'name', name: 'x' }, certain: false }],
      script: '',
    };
    const step = {
      policy: 'A',
      place: { file: '', line: 1, column: 1 },
      source: SourceText.ofFile('A.xml', ''),
      flow: 'f',
      section: 'pre',
      direction: 'request',
      flowNumber: 0,
      flowCondition: undefined,
      condition: undefined,
    } as const;
    const events = eventsOf(
      Array.from({ length }, () => ({ step, always: true })),
      new Map([['A', policy]]),
    );
    assert.deepEqual(eventsOf([{ step, always: true }], new Map()), []);
    return [events.length, events.at(-1)?.setting.target.kind];
  };
  assert.deepEqual(kindsAt(maxEvents), [maxEvents, 'name']);
  assert.deepEqual(kindsAt(maxEvents + 1), [maxEvents + 1, 'any']);
});

test('shared flows that call each other end', () => {
  const calls = '<Step><Name>F</Name></Step>'.repeat(20);
  const texts = {
    'p/apiproxy/policies/M.xml': reads,
    'p/apiproxy/policies/A.xml': a,
    'p/apiproxy/policies/F.xml': '<FlowCallout name="F"><SharedFlowBundle>round</SharedFlowBundle></FlowCallout>',
    'p/apiproxy/proxies/default.xml': proxyEndpoint({ Pre: [['A', 'F', 'Mint']] }),
    's/sharedflowbundle/round.xml': '<SharedFlowBundle name="round"/>',
    's/sharedflowbundle/policies/F.xml':
      '<FlowCallout name="F"><SharedFlowBundle>round</SharedFlowBundle></FlowCallout>',
    's/sharedflowbundle/sharedflows/default.xml': `<SharedFlow name="default">${calls}</SharedFlow>`,
  };
  assert.equal(readBundles(filesOf(texts), {})[0]?.variables[0]?.value, undefined);
});
