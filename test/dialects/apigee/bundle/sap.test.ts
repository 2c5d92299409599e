/**
 * @module
 * Proxies as SAP API Management exports them (SAP's pages "API proxy structure" and "Defining conditions"; public
 * exports in `APIProxy/`): other names of folders and elements, and steps in the order of their `sequence`.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problems } from '../../../../src/diagnostics/problem.ts';
import { SourceText } from '../../../../src/diagnostics/source-text.ts';
import { finish } from '../../../../src/diagnostics/steps.ts';
import { readBundles } from '../../../../src/dialects/apigee/bundle/bundle.ts';
import { isBundleFile } from '../../../../src/dialects/apigee/bundle/proxy-files.ts';
import { sectionOf } from '../../../../src/dialects/apigee/bundle/section.ts';
import { readPolicyFile } from '../../../../src/dialects/index.ts';
import { DocumentFile } from '../../../../src/documents/document-file.ts';
import { filesOf } from './made-bundle.ts';

const sap = 'xmlns="http://www.sap.com/apimgmt"';

const policies = {
  'APIProxy/Policy/genjwt.xml': `<GenerateJWT async="false" continueOnError="false" enabled="true" ${sap}>
    <Algorithm>HS256</Algorithm><SecretKey><Value ref="private.key"/></SecretKey>
    <Subject ref="sub"/><ExpiresIn>1h</ExpiresIn><AdditionalClaims><Claim name="t" ref="tier"/></AdditionalClaims>
    <OutputVariable>out</OutputVariable></GenerateJWT>`,
  'APIProxy/Policy/first.xml': assigned('sub', 'first'),
  'APIProxy/Policy/last.xml': assigned('sub', 'last'),
  'APIProxy/Policy/script.xml': `<Javascript ${sap}><ResourceURL>jsc://tier.js</ResourceURL></Javascript>`,
  'APIProxy/Policy/put.xml': `<AssignMessage ${sap}>
    <Set><Headers><Header name="Authorization">Bearer {out}</Header></Headers></Set></AssignMessage>`,
  'APIProxy/FileResource/tier.js': 'context.setVariable("tier", 1);',
  'APIProxy/Shop.xml': '<APIProxy><name>Shop</name></APIProxy>',
};

function assigned(name: string, value: string): string {
  return `<AssignMessage ${sap}><AssignVariable><Name>${name}</Name><Value>${value}</Value></AssignVariable></AssignMessage>`;
}

/** `policy` or `policy when CONDITION`, with its sequence; the file has them in another order. */
function steps(calls: Readonly<Record<string, number>>): string {
  const written = Object.entries(calls).map(([call, sequence]) => {
    const [name, condition = ' '] = call.split(' when ');
    return `<step><policy_name>${name}</policy_name><condition>${condition}</condition><sequence>${sequence}</sequence></step>`;
  });
  return `<request><isRequest>true</isRequest><steps>${written.join('')}</steps></request>`;
}

function endpoint(flows: string, more = ''): string {
  return `<ProxyEndPoint default="true" ${sap}><name>default</name><base_path>/v1/shop</base_path><properties/>
    <routeRules><routeRule><name>default</name><targetEndPointName>default</targetEndPointName><sequence>1</sequence>
    <faultRules/></routeRule></routeRules>${more}${flows}</ProxyEndPoint>`;
}

function bundleWith(proxy: string) {
  const bundles = readBundles(filesOf({ ...policies, 'APIProxy/APIProxyEndPoint/default.xml': proxy }), {});
  assert.equal(bundles.length, 1);
  const [bundle] = bundles;
  assert.ok(bundle);
  return bundle;
}

test('a SAP policy has the name of its file without the last extension', () => {
  for (const [name, expected] of [
    ['APIProxy/Policy/Mint.v2.xml', 'Mint.v2'],
    ['APIProxy/Policy/Mint', 'Mint'],
    ['C:\\Policy\\Mint.xml', 'Mint'],
    ['APIProxy/Policy/.xml', 'GenerateJWT'],
  ] as const) {
    const source = SourceText.ofFile(name, policies['APIProxy/Policy/genjwt.xml']);
    const file = finish(readPolicyFile(new DocumentFile(source), {}, new Problems()));
    assert.deepEqual(
      file?.policies.map(({ names }) => names),
      [[expected]],
    );
  }
});

test('a copy of a script under another extension is no script', () => {
  const { 'APIProxy/FileResource/tier.js': script, ...others } = policies;
  const preFlow = `<preFlow><name>PreFlow</name>${steps({ script: 1, genjwt: 2, put: 3 })}</preFlow>`;
  const sectionWith = (name: string): string => {
    const files = { ...others, [name]: script, 'APIProxy/APIProxyEndPoint/default.xml': endpoint(preFlow) };
    return readBundles(filesOf(files), {}).map(sectionOf).join('');
  };
  assert.doesNotMatch(
    sectionWith('APIProxy/FileResource/tier.js'),
    /perhaps Javascript script, which may set any variable/,
  );
  assert.match(
    sectionWith('APIProxy/FileResource/tier.js.bak'),
    /perhaps Javascript script, which may set any variable/,
  );
});

test('the steps of a SAP proxy run in the order of their sequence', () => {
  const preFlow = `<preFlow><name>PreFlow</name>${steps({ put: 5, genjwt: 4, last: 2, first: 1, script: 3 })}</preFlow>`;
  const bundle = bundleWith(endpoint(preFlow));
  const section = sectionOf(bundle);
  for (const line of [
    '  sub: last # as last assigns it; read by genjwt',
    '  #   Javascript script in APIProxy/FileResource/tier.js, in ProxyEndpoint default, PreFlow, Request',
    '  - { name: genjwt, file: APIProxy/Policy/genjwt.xml, output: { header: authorization, prefix: "Bearer " } }',
    '  - { match: { pathPrefix: /v1/shop }, policies: [ genjwt ] }',
  ]) {
    assert.ok(section.split('\n').includes(line), `${line}\n${section}`);
  }
});

test('conditional flows and route rules of a SAP proxy have their sequence and their conditions', () => {
  const flow = (name: string, condition: string, sequence: number, inner: string): string =>
    `<conditionalFlow><name>${name}</name>${inner}<conditions>${condition}</conditions>
      <sequence>${sequence}</sequence></conditionalFlow>`;
  const flows = `<conditionalFlows>
    ${flow('second', 'request.verb = "GET"', 2, steps({ put: 2, 'genjwt when request.header.x != null': 1 }))}
    ${flow('first', 'request.verb = "PUT"', 1, steps({ last: 1 }))}</conditionalFlows>`;
  const [policy] = bundleWith(endpoint(flows)).policies;
  const [call] = policy?.calls ?? [];
  assert.equal(call?.call.step.flow, 'ProxyEndpoint default, Flow second, Request');
  assert.equal(call.call.step.flowNumber, 1);
  assert.deepEqual(call.routes, [
    {
      match: { pathPrefix: '/v1/shop', method: ['GET'], headers: { x: true } },
      differences: [],
      conditions: ['request.verb = "GET"', 'request.header.x != null'],
    },
  ]);
});

test('a fault rule of a SAP proxy mints no token here', () => {
  const rule = `<faultRules><faultRule><name>f</name><condition>x = "1"</condition>
    ${steps({ genjwt: 1 }).replace(/<\/?request>|<isRequest>.*?<\/isRequest>/g, '')}</faultRule></faultRules>`;
  const [policy] = bundleWith(endpoint('', rule)).policies;
  assert.deepEqual(
    policy?.calls.map(({ call, routes }) => [call.step.section, routes]),
    [['fault', []]],
  );
});

test('the files of a SAP proxy are read', () => {
  const names = ['APIProxy/FileResource/a.js', 'APIProxy/FileResource/a.py', 'APIProxy/Policy/a.xml'];
  assert.deepEqual(names.filter(isBundleFile), names);
  assert.equal(isBundleFile('APIProxy/Documentation/a.js'), false);
});
