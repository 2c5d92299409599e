/**
 * @module
 * What a section says beside global variables: the `apigee` block, values of one policy, and the caller.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { readBundles } from '../../../../src/dialects/apigee/bundle/bundle.ts';
import { sectionOf } from '../../../../src/dialects/apigee/bundle/section.ts';
import { assigning, type Flows, filesOf, minting, proxyEndpoint } from './made-bundle.ts';

/** A GenerateJWT that writes its token to a header of its own. */
function mintingTo(header: string, name: string, inner: string): string {
  return minting(name, `${inner}<OutputVariable>request.header.${header}</OutputVariable>`);
}

function sectionWith(policies: Readonly<Record<string, string>>, flows: Flows, more: Record<string, string> = {}) {
  const texts = Object.entries(policies).map(([name, text]) => [`apiproxy/policies/${name}.xml`, text]);
  const proxy = { 'apiproxy/proxies/default.xml': proxyEndpoint(flows), ...more };
  const [bundle] = readBundles(filesOf({ ...Object.fromEntries(texts), ...proxy }), {});
  assert.ok(bundle);
  return sectionOf(bundle);
}

const named = { 'apiproxy/shop.xml': '<APIProxy revision="7" name="shop"/>' };

test('what the files say of the deployment is the apigee block', () => {
  const claims = ['apiproxy.name', 'proxy.name', 'proxy.pathsuffix', 'organization.name', 'apiproxy.revision'];
  const inner = claims.map((name, at) => `<Claim name="c${at}" ref="${name}"/>`).join('');
  const Mint = minting('Mint', `<Subject ref="proxy.basepath"/><AdditionalClaims>${inner}</AdditionalClaims>`);
  const section = sectionWith({ Mint }, { Pre: [['Mint']] }, named);
  const expected = { proxy: 'shop', endpoint: 'default', basePath: '/v1/shop' };
  assert.deepEqual(parse(section).apigee, expected);
  // The revision of an export is not the one that was deployed.
  assert.match(section, /^# apigee: \{ organization: …, revision: … \} # write what it was/m);
  assert.deepEqual(Object.keys(parse(section).variables), ['private.key']);
});

test('two ProxyEndpoints have no one base path', () => {
  const other = proxyEndpoint({ Pre: [['Mint']] }).replace('/v1/shop', '/v2/shop');
  const Mint = minting('Mint', '<Subject ref="proxy.basepath"/>');
  const section = sectionWith({ Mint }, { Pre: [['Mint']] }, { 'apiproxy/proxies/other.xml': other });
  assert.equal(parse(section).apigee, undefined);
  assert.match(section, /^# apigee: \{ basePath: … \} # .*, for proxy\.basepath, read by Mint$/m);
});

test('a private variable that tokens would show does not load as it is printed', () => {
  const section = sectionWith({ Mint: minting('Mint', '<Subject ref="private.user"/>') }, { Pre: [['Mint']] });
  assert.deepEqual(parse(section).variables['private.user'], { file: 'secrets/user', readable: false });
});

test('routes with a longer path are printed first', () => {
  const flow = (path: string): string => `Flow proxy.pathsuffix MatchesPath "${path}"`;
  const section = sectionWith(
    { One: mintingTo('x-one', 'One', ''), Two: mintingTo('x-two', 'Two', '') },
    { [flow('/a')]: [['One']], [flow('/long')]: [['Two']] },
  );
  assert.deepEqual(
    parse(section).routes.map(({ match }: { match: unknown }) => match),
    [{ path: '/v1/shop/long' }, { path: '/v1/shop/a' }],
  );
});

test('a policy that sets such a variable wins', () => {
  const Mint = minting('Mint', '<Subject ref="apiproxy.name"/>');
  const Assign = assigning('Assign', 'apiproxy.name', '<Value>mine</Value>');
  const section = sectionWith({ Mint, Assign }, { Pre: [['Assign', 'Mint']] }, named);
  assert.equal(parse(section).apigee, undefined);
  assert.equal(parse(section).variables['apiproxy.name'], 'mine');
});

const a = assigning('A', 'keyId', '<Value>one</Value>');
const b = assigning('B', 'keyId', '<Template>{request.verb}</Template>');

test('two values for two policies are in their entries', () => {
  const section = sectionWith(
    {
      One: mintingTo('x-one', 'One', '<Subject ref="keyId"/>'),
      Two: mintingTo('x-two', 'Two', '<Subject ref="keyId"/>'),
      A: a,
      B: b,
    },
    { 'Flow request.verb = "GET"': [['A', 'One']], 'Flow request.verb = "PUT"': [['B', 'Two']] },
  );
  const { variables, policies } = parse(section);
  assert.deepEqual(Object.keys(variables), ['private.key']);
  assert.deepEqual(
    policies.map((entry: { name: string; variables: object }) => [entry.name, entry.variables]),
    [
      ['One', { keyId: 'one' }],
      ['Two', { keyId: { template: '{request.verb}' } }],
    ],
  );
  assert.match(section, /^ {2}# keyId for One: one, as A assigns it$/m);
});

test('a policy without a certain value gets the global declaration', () => {
  const section = sectionWith(
    {
      One: mintingTo('x-one', 'One', '<Subject ref="keyId"/>'),
      Two: minting('Two', '<Subject ref="keyId"/>'),
      A: a,
    },
    { 'Flow request.verb = "GET"': [['A', 'One']], 'Flow request.verb = "PUT"': [['Two']] },
  );
  const { variables, policies } = parse(section);
  assert.deepEqual(variables.keyId, { metadata: 'envoy.filters.http.ext_authz', path: ['keyId'] });
  assert.deepEqual(policies[0].variables, { keyId: 'one' });
});

test('a value that reads what must be declared is not certain for one policy', () => {
  const section = sectionWith(
    {
      One: mintingTo('x-one', 'One', '<Subject ref="keyId"/>'),
      Two: mintingTo('x-two', 'Two', '<Subject ref="keyId"/>'),
      A: assigning('A', 'keyId', '<Template>{other}</Template>'),
      B: b,
    },
    { 'Flow request.verb = "GET"': [['A', 'One']], 'Flow request.verb = "PUT"': [['B', 'Two']] },
  );
  const { variables, policies } = parse(section);
  assert.deepEqual(Object.keys(variables), ['keyId', 'private.key']);
  assert.deepEqual(
    policies.map((entry: { variables?: object }) => entry.variables),
    [undefined, { keyId: { template: '{request.verb}' } }],
  );
});

test('without an entry, a comment says what to write there', () => {
  const section = sectionWith(
    { One: minting('One', '<Subject ref="keyId"/>'), Two: minting('Two', '<Subject ref="keyId"/>'), A: a, B: b },
    { 'Flow request.verb = "GET"': [['A', 'One']], 'Flow request.verb = "PUT"': [['B', 'Two']] },
  );
  assert.match(section, /^# Write in the entry of One: variables: \{ keyId: one \}$/m);
});

test('a bundle names the files that cannot be read, also those of its shared flows', () => {
  const texts = {
    'p/apiproxy/policies/M.xml': minting('Mint', ''),
    'p/apiproxy/policies/A.xml': '<AssignMessage',
    'p/apiproxy/policies/F.xml': '<FlowCallout name="F"><SharedFlowBundle>common</SharedFlowBundle></FlowCallout>',
    'p/apiproxy/proxies/default.xml': proxyEndpoint({ Pre: [['F', 'Mint']] }),
    's/sharedflowbundle/common.xml': '<SharedFlowBundle name="common"/>',
    's/sharedflowbundle/policies/B.xml': '<AssignMessage',
    's/sharedflowbundle/sharedflows/default.xml': '<SharedFlow name="default"><Step><Name>B</Name></Step></SharedFlow>',
  };
  const found = readBundles(filesOf(texts), {}).flatMap(({ unreadable }) => unreadable);
  assert.deepEqual(
    found.flatMap(({ problems }) => problems.map(({ place }) => place.file)),
    ['p/apiproxy/policies/A.xml', 's/sharedflowbundle/policies/B.xml'],
  );
});

/** The policies that set a variable of the caller, and whether `as: apigee` is proposed. */
const callers: readonly (readonly [setter: string, variable: string, proposed: boolean])[] = [
  ['<VerifyAPIKey name="V"/>', 'client_id', true],
  ['<VerifyAPIKey name="V"/>', 'verifyapikey.V.developer.email', true],
  ['<AccessEntity name="V"/>', 'AccessEntity.ChildNodes.V.Developer.Email', true],
  ['<OAuthV2 name="V"><Operation>VerifyAccessToken</Operation></OAuthV2>', 'scope', true],
  ['<OAuthV2 name="V"><Operation>GenerateAccessToken</Operation></OAuthV2>', 'scope', false],
  ['<OAuthV2 name="V"><Operation>GenerateAccessToken</Operation></OAuthV2>', 'apigee.developer.email', true],
  ['<JavaCallout name="V"/>', 'apigee.developer.email', true],
  ['<JavaCallout name="V"/>', 'scope', false],
  ['<Javascript name="V"><Source>context.setVariable("scope", 1)</Source></Javascript>', 'scope', false],
  ['<VerifyAPIKey name="V"/>', 'verifyapikey.V.developer.shoe', false],
  // The token itself must be declared in the source.
  ['<OAuthV2 name="V"><Operation>VerifyAccessToken</Operation></OAuthV2>', 'apigee.access_token', false],
];

for (const [setter, variable, proposed] of callers) {
  test(`${variable} after ${setter.slice(0, 60)}`, () => {
    const Mint = mintingTo('x-t', 'Mint', `<Subject ref="${variable}"/>`);
    const section = sectionWith({ Mint, V: setter }, { Pre: [['V', 'Mint']] });
    const { variables, policies } = parse(section);
    assert.deepEqual(policies[0].authentication, proposed ? { as: 'apigee' } : undefined);
    assert.equal(variable in variables, !proposed);
  });
}
