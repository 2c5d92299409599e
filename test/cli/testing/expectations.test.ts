/**
 * Each expectation that a request does not meet, with the words that say so, and some that are just met.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonText } from '../../../src/cli/json-text.ts';
import { runCommand, writeFiles } from '../captured-terminal.ts';

const policy = (name: string): string => `- policyRef: { name: jwt-generation-flex }
  config: { signingMethod: HS256, privateKey: a-secret-of-at-least-32-bytes-for-tests, exp: 60, customClaims: [{ name: sub, value: ${name} }] }
`;

const world = {
  'a.yaml': policy('"#[authentication.principal]"'),
  'b.yaml': policy('"#[\'u-\' ++ authentication.principal]"'),
  'mintproc.yaml': `policies:
  - { name: a, file: a.yaml, output: { header: x-a } }
  - { name: b, file: b.yaml, output: { header: x-b } }
  - { name: lenient, file: b.yaml, onError: pass, output: { header: x-lenient } }
routes:
  - { name: one, match: { pathPrefix: /one }, policies: [a] }
  - { match: { pathPrefix: /both }, policies: [a, b] }
  - { match: { pathPrefix: /lenient }, policies: [lenient, a] }
allowRoutePolicy: true
unmatched: deny
authentication: { sources: [{ from: jwt_authn, as: jwt-validation }] }
`,
};

const caller = { claims: { client_id: 'alice' } };

type Row = readonly [name: string, request: object, expect: object, says: RegExp | undefined];

const rows: readonly Row[] = [
  [
    'another policy refuses',
    { request: { path: '/both' } },
    { policy: 'a', refused: { code: 'dataweave.type-mismatch' } },
    /policy: Another policy refuses the request\. .*\n {4}expected "a"\n {4}actual {3}"b"\n/,
  ],
  ['the policy that refuses', { request: { path: '/both' } }, { policy: 'b', refused: true }, undefined],
  [
    'one policy refuses, and a token is wanted of the other',
    { request: { path: '/both' } },
    { policy: 'a', jwt: { claims: {} } },
    /jwt: There is no token\./,
  ],
  [
    'several tokens',
    { request: { path: '/both' }, caller },
    { header: { name: 'x-a' } },
    /header: The request gets several tokens: name one with `policy`\. The policies are: a, b\./,
  ],
  [
    'one of several tokens',
    { request: { path: '/both' }, caller },
    { policy: 'b', header: { name: 'X-B' } },
    undefined,
  ],
  ['a policy alone', { request: { path: '/lenient' } }, { policy: 'lenient' }, /policy: There is no token\. lenient: /],
  [
    'a policy that does not exist',
    { request: { path: '/one' } },
    { policy: 'lenien' },
    /policy: The configuration has no policy of this name\. Did you mean `lenient`\?/,
  ],
  [
    'a policy whose token goes on beside the one that is meant',
    { request: { path: '/lenient' } },
    { policy: 'lenient', withoutToken: { because: 'error', code: 'dataweave.type-mismatch' } },
    undefined,
  ],
  [
    'another policy has a token',
    { request: { path: '/lenient' } },
    { withoutToken: true },
    /withoutToken: The request goes on with a token of a\./,
  ],
  [
    'without a token for another error',
    { request: { path: '/lenient' } },
    { policy: 'lenient', withoutToken: { code: 'dataweave.arithmetic' } },
    /withoutToken\.code: The error is another one\. .*\n {4}expected "dataweave\.arithmetic"\n {4}actual {3}"dataweave\.type-mismatch"/,
  ],
  [
    'another status',
    { request: { path: '/elsewhere' } },
    { refused: { status: 403 } },
    /refused\.status: The status is another one\. .*\n {4}expected 403\n {4}actual {3}404\n/,
  ],
  ['the last route by its number', { request: { path: '/lenient' } }, { route: 3 }, undefined],
  [
    'one route too many',
    { request: { path: '/lenient' } },
    { route: 4 },
    /route: The configuration has 3 routes\.\S* /,
  ],
  [
    'a route with no name by the number of another',
    { request: { path: '/both' } },
    { route: 3 },
    /route: Another route matches\. .*\n {4}expected 3\n {4}actual {3}2\n/,
  ],
  [
    'a misspelt route',
    { request: { path: '/one' } },
    { route: 'on' },
    /route: No route of the configuration has the name `on`\. Did you mean `one`\?/,
  ],
  ["Envoy's route names the policy", { request: { path: '/both', routePolicy: 'a' } }, { route: 'none' }, undefined],
  [
    "Envoy's route names the policy, and a route is expected",
    { request: { path: '/one', routePolicy: 'a' } },
    { route: 'one' },
    /route: Envoy's route names the policy, so no route is asked\. .*\n {4}expected "one"\n {4}actual {3}"none"/,
  ],
  [
    'a path that servers read in different ways',
    { request: { path: '/one/%2e%2e/both' } },
    { route: 'one' },
    /route: It is not certain which route matches: .* \[route\.\S+\]/,
  ],
  [
    'an enclosed header of a token that encloses none',
    { request: { path: '/one' }, caller },
    { jwt: { enclosedHeader: { alg: 'HS256' } } },
    /jwt\.enclosedHeader: The token encloses no signed token, or no key opens it/,
  ],
];

async function outputOf([name, request, expect]: Row): Promise<string> {
  const text = jsonText({ config: 'mintproc.yaml', at: 0, cases: [{ name, ...request, expect }] });
  const { out, errors } = await runCommand(['test', writeFiles({ ...world, 'a.test.json': text })['a.test.json']]);
  return out + errors;
}

for (const row of rows) {
  const [name, , , says] = row;
  test(`${says === undefined ? 'met' : 'not met'}: ${name}`, async () => {
    assert.match(await outputOf(row), says ?? /\n1 passed, 0 failed\n$/);
  });
}
