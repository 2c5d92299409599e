/**
 * @module
 * What else the gateway did to the requests of a policy is named.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiOf, minting, policyIn, toBackend, toHeader } from './written-api.ts';

const flow = [minting, toHeader, toBackend];
const setting = (name: string): string => `set-variable: { actions: [{ set: ${name}, value: a }] }`;
const apart = `switch: { case: [{ condition: "$apiCtx().request.headers.a = '1'", execute: [{ ${minting} }, { ${toHeader} }] }, { otherwise: [{ parse: {} }] }] }`;

const named: readonly [name: string, actions: readonly string[], expected: string | undefined][] = [
  ['nothing', flow, undefined],
  ['an action before', ['parse: {}', ...flow], '`parse` (execute[0])'],
  ['an action after', [minting, toHeader, 'map: {}', toBackend], '`map` (execute[2])'],
  ['an action of the response', [...flow, 'parse: {}'], undefined],
  ['an action in another case', [apart, toBackend], undefined],
  ['a call of another service', ['invoke: { output: a }', ...flow], '`invoke` (execute[0])'],
  ['a policy of the user', ['own: {}', ...flow], '`own` (execute[0])'],
  ['a policy with a name that is not plain', ["'a b': {}", ...flow], '`user-defined policy` (execute[0])'],
  ['a variable', [setting('tier'), ...flow], undefined],
  ['another header', [setting('message.headers.x-other'), ...flow], '`set-variable` (execute[0])'],
  ['the header of the token', [setting('message.headers.Authorization'), ...flow], undefined],
  ['the body', [setting('message.body'), ...flow], '`set-variable` (execute[0])'],
  ['a log', ['log: {}', 'activity-log: {}', ...flow], undefined],
  [
    'a user for the backend',
    [minting, toHeader.replace('authorization', 'x-t'), 'invoke: { username: a }'],
    '`invoke` (execute[2]) with headers of its own',
  ],
  [
    'headers that are withheld',
    [minting, toHeader, 'invoke: { header-control: { type: blocklist, values: [^x-other$] } }'],
    '`invoke` (execute[2]) with headers of its own',
  ],
  ['no header that is withheld', [minting, toHeader, 'invoke: { header-control: { values: [] } }'], undefined],
  ['what is said as a check', ['validate: {}', ...flow], undefined],
];

for (const [name, actions, expected] of named) {
  test(`what else the gateway ran is named: ${name}`, () => {
    const found = policyIn(apiOf(actions)).reasons.filter(({ problem }) => problem.code === 'import.other-policy');
    const messages = found.map(({ kind, problem }) => `${kind} ${problem.message}`);
    const said = `note For these requests, the gateway also ran ${expected}. mintproc does not.`;
    assert.deepEqual(messages, expected === undefined ? [] : [said]);
  });
}

test('a part of an assembly without a call of the backend has none with headers of its own', () => {
  const { reasons } = policyIn(`execute:\n  - ${minting}\n  - ${toHeader}\n`);
  assert.ok(!reasons.some(({ problem }) => problem.code === 'import.other-policy'));
});

const cors: readonly [name: string, extension: string, isNamed: boolean][] = [
  ['on', 'cors: { enabled: true }', true],
  ['off', 'cors: { enabled: false }', false],
];

for (const [name, extension, isNamed] of cors) {
  test(`preflight requests that the gateway answers are named: ${name}`, () => {
    const { reasons } = policyIn(apiOf(flow, { extension }));
    assert.equal(
      reasons.some(({ problem }) => problem.message.includes('`cors` of the API')),
      isNamed,
    );
  });
}
