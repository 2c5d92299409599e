/**
 * @module
 * Whose callers the gateway knew when it minted a token: the entry of an imported policy requires one for these.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDatapowerExport } from '../../../../src/dialects/datapower/export/exported.ts';
import { Open } from '../../../../src/dialects/exported.ts';
import { apiOf, fileOf, found, minting, policyIn, shown, toBackend, toHeader } from './written-api.ts';

const secured = 'security: [{ clientID: [] }]';
const validate = 'jwt-validate: { jwt: request.headers.authorization }';
const whenGold = (...actions: readonly string[]): string =>
  `switch: { case: [{ condition: "$apiCtx().request.headers.tier = 'gold'", execute: [${actions.map((action) => `{ ${action} }`).join(', ')}] }] }`;
const client = (more: string): string => `client-security: { version: 2.0.0${more} }`;
const user = (more: string): string => `user-security: { version: 2.0.0${more} }`;
const flow = [minting, toHeader, toBackend];
/** `security` of the operation `get`; the API has two more. */
const ofRead = (security: string): readonly [string, string] => ['get: {}', `get: { security: ${security} }`];

const open = 'open';
const required: readonly [
  name: string,
  actions: readonly string[],
  more: string,
  operation: readonly [string, string] | undefined,
  requireCaller: true | 'open' | undefined,
][] = [
  ['nothing', flow, '', undefined, undefined],
  ['`security` of the API', flow, secured, undefined, true],
  ['an alternative without a scheme', flow, 'security: [{ clientID: [] }, {}]', undefined, undefined],
  ['an empty `security`', flow, 'security: []', undefined, undefined],
  ['`security` of one operation', flow, '', ofRead('[{ clientID: [] }]'), open],
  ['`security` of the API, and one operation without', flow, secured, ofRead('[]'), open],
  ['`security` of the API and of an operation', flow, secured, ofRead('[{ login: [a] }]'), true],
  ['jwt-validate before', [validate, ...flow], '', undefined, true],
  ['jwt-validate after', [minting, toHeader, validate, toBackend], '', undefined, true],
  ['jwt-validate of the response', [...flow, validate], '', undefined, undefined],
  ['jwt-validate of some requests', [whenGold(validate), ...flow], '', undefined, open],
  ['jwt-validate in the branch of the policy', [whenGold(validate, minting, toHeader), toBackend], '', undefined, true],
  ['client-security', [client(''), ...flow], '', undefined, true],
  ['client-security that goes on', [client(', stop-on-error: false'), ...flow], '', undefined, undefined],
  ['user-security', [user(''), ...flow], '', undefined, true],
  ['user-security that goes on', [user(', au-stop-on-error: false'), ...flow], '', undefined, undefined],
  ['user-security without a check', [user(', user-auth-method: disabled'), ...flow], '', undefined, undefined],
  ['validate-usernametoken', ['validate-usernametoken: {}', ...flow], '', undefined, true],
  ['rate-limit', ['rate-limit: {}', ...flow], '', undefined, undefined],
];

for (const [name, actions, more, [from, to] = ['', ''], expected] of required) {
  test(`requireCaller after ${name}`, () => {
    const policy = policyIn(apiOf(actions, { more }).replace(from, to));
    assert.equal(shown(policy.entry['requireCaller']), expected);
    assert.equal(found(policy).includes('value import.caller'), expected === open);
  });
}

test('a part of an assembly requires a caller by its own actions', () => {
  const part = (...actions: readonly string[]): string =>
    `execute:\n${actions.map((action) => `  - ${action}\n`).join('')}`;
  const requires = (...actions: readonly string[]): unknown => shown(policyIn(part(...actions)).entry['requireCaller']);
  assert.equal(requires(validate, ...flow), true);
  assert.equal(requires(whenGold(validate), ...flow), open);
  assert.equal(requires(...flow), undefined);
});

test('what is open names the operations without a check', () => {
  const policy = policyIn(apiOf(flow, { more: secured }).replace(...ofRead('[]')));
  const instead =
    'Write true if every request of the routes needs a known caller. Else write false, and `requireCaller: true` in the routes whose requests need one.';
  assert.deepEqual(policy.entry['requireCaller'], new Open(instead, ['no check for GET /orders/{id}']));
});

const schemes: readonly [name: string, definition: string, said: RegExp][] = [
  ['an API key', 'type: apiKey', /: s \(apiKey\)\. .*it is `ext_authz`/],
  ['a JWT', 'type: openIdConnect', /: s \(openIdConnect\)\. .*that is `jwt_authn`: `mintproc gen envoy` .*--jwks\.$/],
  ['any token', 'type: oauth2', /: s \(oauth2\)\. .*`jwt_authn`.*`ext_authz`/],
  ['a bearer token', 'type: http, scheme: bearer', /: s \(bearer\)\. .*`jwt_authn`.*`ext_authz`/],
  ['an unknown type', 'type: other', /: s\. .*`jwt_authn`.*`ext_authz`/],
];

for (const [name, definition, said] of schemes) {
  test(`the note says what Envoy has to do for ${name}`, () => {
    const more = `security: [{ s: [] }]\nsecurityDefinitions: { s: { ${definition} } }`;
    const [note] = policyIn(apiOf(flow, { more })).reasons.map(({ problem }) => problem);
    assert.match(`${note?.message} ${note?.suggestion}`, said);
  });
}

test('the note says first what to do for JWTs', () => {
  const more = 'security: [{ k: [], j: [] }]\nsecurityDefinitions: { k: { type: apiKey }, j: { type: openIdConnect } }';
  const [note] = policyIn(apiOf(flow, { more })).reasons.map(({ problem }) => problem);
  assert.match(note?.suggestion ?? '', /^For JWTs, .* For API keys, /);
});

test('what a jwt-validate compares is the issuer and the audience, if it is plain', () => {
  const check = "jwt-validate: { iss-claim: '^https://issuer\\.example$', aud-claim: 'a b' }";
  const [api] = readDatapowerExport([fileOf('orders.yaml', apiOf([check, ...flow]))]);
  assert.deepEqual(api?.policies[0]?.issuers, [
    { issuer: 'https://issuer.example', audience: undefined, jwks: undefined },
  ]);
});

test('a client certificate that the gateway wanted is named', () => {
  const extension = 'application-authentication: { certificate: true }';
  const [note] = policyIn(apiOf(flow, { extension })).reasons.map(({ problem }) => problem);
  assert.match(note?.message ?? '', /`application-authentication` by a certificate/);
});
