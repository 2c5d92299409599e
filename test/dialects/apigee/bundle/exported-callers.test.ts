/**
 * @module
 * Whose callers a proxy checked on the way to the backend: the entry of an imported policy requires one for these. What
 * else the proxy ran is named.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assigning, type Flows, targetEndpoint } from './made-bundle.ts';
import { closed, exportOf, inVariable, map, minted, policyOf, putting, sending } from './made-export.ts';

const oauth = (operation: string): string => `<OAuthV2 name="V"><Operation>${operation}</Operation></OAuthV2>`;
const verifying = (source: string): string => `<VerifyJWT name="V">${source}</VerifyJWT>`;
const before: Flows = { Pre: [['V', 'Mint']] };
const after: Flows = { Pre: [['Mint']], Post: [['V']] };
const open = 'open: Write true if';

const required: readonly [name: string, check: string, flows: Flows, expected: true | string | undefined][] = [
  ['VerifyAPIKey', '<VerifyAPIKey name="V"/>', before, true],
  ['VerifyJWT', verifying(''), before, true],
  ['VerifyJWS', '<VerifyJWS name="V"/>', before, true],
  ['ValidateSAMLAssertion', '<ValidateSAMLAssertion name="V"/>', before, true],
  ['OAuthV2 of an opaque token', oauth('VerifyAccessToken'), before, true],
  ['OAuthV2 of a JWT', oauth('VerifyJWTAccessToken'), before, true],
  ['OAuthV2 that issues a token', oauth('GenerateAccessToken'), before, undefined],
  ['DecodeJWT', '<DecodeJWT name="V"/>', before, undefined],
  ['a disabled check', '<VerifyAPIKey name="V" enabled="false"/>', before, undefined],
  ['a check that does not refuse', '<VerifyAPIKey name="V" continueOnError="true"/>', before, undefined],
  ['a check on a condition', verifying(''), { Pre: [['V when request.verb = "GET"', 'Mint']] }, open],
  ['a check in another flow', verifying(''), { 'Flow request.verb = "GET"': [['V']], Post: [['Mint']] }, open],
  ['a check after the policy', '<VerifyAPIKey name="V"/>', after, true],
  ['VerifyJWT after the policy', verifying(''), after, true],
  ['VerifyJWT of the minted token', verifying('<Source>request.header.x-t</Source>'), after, undefined],
  ['VerifyJWT of a variable', verifying('<Source>minted</Source>'), after, undefined],
  ['VerifyJWT of a parameter', verifying('<Source>request.queryparam.t</Source>'), after, true],
  ['a check of the response', verifying(''), { Pre: [['Mint'], ['V']] }, undefined],
];

for (const [name, check, flows, expected] of required) {
  test(`requireCaller with ${name}`, () => {
    const { entry } = policyOf(exportOf({ Mint: sending, V: check }, flows));
    assert.equal(closed(entry['requireCaller']), expected);
  });
}

test('a check in the TargetEndpoint refuses before the backend, too', () => {
  const target = { 'apiproxy/targets/t.xml': targetEndpoint({ Pre: [['V']] }) };
  const { entry } = policyOf(exportOf({ Mint: sending, V: '<VerifyAPIKey name="V"/>' }, { Pre: [['Mint']] }, target));
  assert.deepEqual(entry, { requireCaller: true });
});

test('what is open names the checks and when they run', () => {
  const flows = { Pre: [['V when request.verb = "GET"', 'Mint']] } as const;
  const { reasons, entry } = policyOf(exportOf({ Mint: sending, V: verifying('') }, flows));
  assert.deepEqual(
    reasons.filter(({ problem }) => problem.code === 'import.caller').map(({ kind }) => kind),
    ['note', 'value'],
  );
  assert.deepEqual(Object(entry['requireCaller']).facts, ['VerifyJWT V runs, when request.verb = "GET"']);
});

const notes: readonly [name: string, check: string, flows: Flows, said: RegExp][] = [
  ['always', verifying(''), before, /^On the gateway VerifyJWT V in apiproxy\/policies\/V\.xml checked the caller, so/],
  ['for a JWT', verifying(''), before, / that is `jwt_authn`: `mintproc gen envoy` .*--jwks\.$/],
  ['for an API key', '<VerifyAPIKey name="V"/>', before, / it is `ext_authz` with a server/],
  ['for an opaque token', oauth('VerifyAccessToken'), before, / it is `ext_authz` with a server/],
  [
    'without a refusal',
    '<VerifyAPIKey name="V" continueOnError="true"/>',
    before,
    /, and let requests without one go on/,
  ],
];

for (const [name, check, flows, said] of notes) {
  test(`a note says what checked the caller ${name}`, () => {
    const { reasons } = policyOf(exportOf({ Mint: sending, V: check }, flows));
    const [note] = reasons.map(({ problem }) => problem).filter(({ code }) => code === 'import.caller');
    assert.match(`${note?.message} ${note?.suggestion}`, said);
  });
}

const otherSteps: readonly [name: string, policy: string, named: string | undefined][] = [
  ['CORS, which answers requests itself', '<CORS name="O"/>', 'CORS O'],
  ['a cache of responses', '<ResponseCache name="O"/>', 'ResponseCache O'],
  ['code', '<Javascript name="O"><Source>1</Source></Javascript>', 'Javascript O'],
  ['a header that changes', putting('O', 'x-other', 'a'), 'AssignMessage O'],
  ['a variable', assigning('O', 'a', '<Value>b</Value>'), undefined],
  ['a map', map('O', 'private.a'), undefined],
  ['a log', '<MessageLogging name="O"/>', undefined],
  ['a disabled policy', '<CORS name="O" enabled="false"/>', undefined],
];

for (const [name, policy, named] of otherSteps) {
  test(`what else the gateway ran is named: ${name}`, () => {
    const { reasons } = policyOf(exportOf({ Mint: sending, O: policy }, { Pre: [['O', 'Mint']] }));
    const [note] = reasons.map(({ problem }) => problem).filter(({ code }) => code === 'import.other-policy');
    const expected = named && `For these requests, the gateway also ran ${named}. mintproc does not.`;
    assert.equal(note?.message, expected);
  });
}

test('what writes the token into its header is not named', () => {
  const { reasons } = policyOf(
    exportOf({ Mint: inVariable, P: putting('P', 'x-t', '{out}') }, { Pre: [['Mint', 'P']] }),
  );
  assert.deepEqual(reasons, []);
});

const google = (more: string): Readonly<Record<string, string>> => ({
  'apiproxy/targets/t.xml': `<TargetEndpoint name="t"><HTTPTargetConnection><Authentication>${more}<GoogleIDToken/>
    </Authentication></HTTPTargetConnection></TargetEndpoint>`,
});

const authentications: readonly [name: string, more: string, header: unknown][] = [
  ['in another header', '', 'x-t'],
  ['in the header of the token', '<HeaderName>X-T</HeaderName>', 'open: Write the header'],
];

for (const [name, more, header] of authentications) {
  test(`a token of Google that the TargetEndpoint sends is named: ${name}`, () => {
    const { reasons, output } = policyOf(exportOf({ Mint: sending }, { Pre: [['Mint']] }, google(more)));
    assert.equal(closed(output?.header), header);
    const [said] = reasons.filter(({ problem }) => problem.code === 'import.other-policy');
    assert.match(said?.problem.message ?? '', /ran the authentication by Google of TargetEndpoint t\./);
  });
}

test('the developer of a token is set by the policy that verifies it', () => {
  const policies = {
    Mint: minted('<Subject ref="developer.shoe"/>'),
    V: '<OAuthV2 name="V"><Operation>VerifyAccessToken</Operation></OAuthV2>',
  };
  const [variable] = policyOf(exportOf(policies, { Pre: [['V', 'Mint']] })).variables;
  assert.deepEqual(
    variable?.setters.map(({ kind }) => kind),
    ['OAuthV2'],
  );
});

test('an open route names the base path', () => {
  const [route] = policyOf(exportOf({ Mint: sending }, { Pre: [['Mint when a = "1"']] })).routes;
  assert.deepEqual(Object(route?.match['pathPrefix']).facts, [
    'The path begins with /v1/shop.',
    'Apigee\'s condition: a = "1"',
    'A route cannot say this condition.',
  ]);
});
