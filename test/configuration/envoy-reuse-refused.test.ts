/**
 * @module
 * Why Envoy may not keep tokens: the code, the place in `mintproc.yaml`, and what to write instead.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maxParts } from '../../src/configuration/envoy-reuse.ts';
import { loadConfiguration } from '../../src/configuration/load.ts';
import type { Code } from '../../src/diagnostics/codes.ts';
import { sentencesOf } from '../../src/diagnostics/problem.ts';
import { flexPolicy, memoryFiles } from './memory-files.ts';
import {
  apigee,
  asks,
  claim,
  findingOf,
  manyHeaders,
  manyNames,
  only,
  pair,
  route,
  script,
  sources,
  withRules,
} from './reused-policies.ts';

const strictSources = {
  headers: { from: 'headers', principal: 'x-user' },
  payload_header: { from: 'payload_header' },
  certificate: { from: 'certificate', trustForwardedClientCert: true },
};

const leaveOut = 'Leave `for` out of its `reuse`.';
const oneSource =
  'Write one source that Envoy itself verifies: `authentication: { sources: [{ from: jwt_authn, payload: NAME }] }`, or `{ from: certificate }`.';
const time = `Write a constant lifetime in whole seconds, and no other time. Else: ${leaveOut}`;
const attribute = `Read a header or the caller, or match by host, path or header. Else: ${leaveOut}`;
const headers = `Write the name of each header. Else: ${leaveOut}`;
const elsewhere =
  'A fact of the caller comes from a header or from other metadata, which Envoy did not verify with the caller. Take it from a claim.';
const noneAsks =
  'No route has only policies whose tokens may be kept. Write `reuse: { for: 30s }`, or another time, in the entry of each policy of a route.';
const disabledPolicy = apigee('').replace('name="P"', 'name="P" enabled="false"');
const reading = script('authentication.principal');
const dashes =
  'has a header whose name has other characters than letters, digits and dashes, so that others look like it. Write it with dashes.';

type Refused = [name: string, files: Readonly<Record<string, string>>, code: Code, at: string, sentences: string];

const refused: Refused[] = [
  [
    'the time',
    only(claim('system.timestamp')),
    'reuse.unkept-read',
    'policies.0.reuse',
    `\`p\`: the claim \`c\` reads the time, which the key of a kept token cannot hold. ${time}`,
  ],
  [
    'what is left of an earlier token',
    only(claim('jwt.Q.seconds_remaining')),
    'reuse.unkept-read',
    'policies.0.reuse',
    `\`p\`: the claim \`c\` reads the time, which the key of a kept token cannot hold. ${time}`,
  ],
  [
    'a lifetime of a variable',
    only(apigee('<ExpiresIn ref="tenant">1h</ExpiresIn>')),
    'reuse.unkept-read',
    'policies.0.reuse',
    `\`p\`: the claim \`exp\` reads the time, which the key of a kept token cannot hold. ${time}`,
  ],
  [
    'the time of DataWeave',
    only(script('now()'), {}, { expressions: 'dataweave' }),
    'reuse.unkept-read',
    'policies.0.reuse',
    `\`p\`: the claim \`c\` reads the time, which the key of a kept token cannot hold. ${time}`,
  ],
  [
    'a function of time as a value',
    only(script('do { var f = now --- f() }'), {}, { expressions: 'dataweave' }),
    'reuse.unkept-read',
    'policies.0.reuse',
    `\`p\`: the claim \`c\` reads the time, which the key of a kept token cannot hold. ${time}`,
  ],
  [
    'a new id at some requests only',
    only(script("if (attributes.headers.a == 'b') uuid() else 'c'")),
    'reuse.unkept-read',
    'policies.0.reuse',
    `\`p\`: the claim \`c\` reads something random, which the key of a kept token cannot hold. ${leaveOut}`,
  ],
  [
    'a random function of templates',
    only(claim('made'), { variables: { made: { template: '{request.verb}{createUuid()}' } } }),
    'reuse.unkept-read',
    'policies.0.reuse',
    `\`p\`: the claim \`c\` reads something random, which the key of a kept token cannot hold. ${leaveOut}`,
  ],
  [
    'all headers',
    only(script('attributes.headers')),
    'reuse.unkept-read',
    'policies.0.reuse',
    `\`p\`: the claim \`c\` reads headers that it does not name, which the key of a kept token cannot hold. ${headers}`,
  ],
  [
    'a header with a computed name',
    only(script('attributes.headers[attributes.method]')),
    'reuse.unkept-read',
    'policies.0.reuse',
    `\`p\`: the claim \`c\` reads headers that it does not name, which the key of a kept token cannot hold. ${headers}`,
  ],
  [
    'the names of all headers',
    only(claim('request.headers.names.string')),
    'reuse.unkept-read',
    'policies.0.reuse',
    `\`p\`: the claim \`c\` reads headers that it does not name, which the key of a kept token cannot hold. ${headers}`,
  ],
  [
    'the address of the client',
    only(claim('client.ip')),
    'reuse.unkept-read',
    'policies.0.reuse',
    `\`p\`: the claim \`c\` reads an attribute of Envoy, which the key of a kept token cannot hold. ${attribute}`,
  ],
  [
    'a declared attribute',
    only(claim('zone')),
    'reuse.unkept-read',
    'policies.0.reuse',
    `\`p\`: the claim \`c\` reads an attribute of Envoy, which the key of a kept token cannot hold. ${attribute}`,
  ],
  [
    'declared metadata',
    only(claim('place')),
    'reuse.unkept-read',
    'policies.0.reuse',
    `\`p\`: the claim \`c\` reads metadata of Envoy, which the key of a kept token cannot hold. Read the claim of the caller, or a header. Else: ${leaveOut}`,
  ],
  [
    'a name that is computed',
    only(flexPolicy({ '#[attributes.remoteAddress]': '1' }, '')),
    'reuse.unkept-read',
    'policies.0.reuse',
    `\`p\`: a claim with a computed name reads an attribute of Envoy, which the key of a kept token cannot hold. ${attribute}`,
  ],
  [
    'several sources',
    only(reading, sources({ from: 'jwt_authn', payload: 'a' }, { from: 'certificate' })),
    'reuse.caller',
    'authentication.sources.1',
    `\`authentication\` has several sources of the caller, and any of them may know the caller of a request. ${oneSource}`,
  ],
  ...(['headers', 'payload_header', 'certificate'] as const).map(
    (from): Refused => [
      `a source that may refuse, and nothing reads: ${from}`,
      only(script("'fixed'"), sources(strictSources[from])),
      'reuse.caller',
      'authentication.sources.0',
      `The source \`${from}\` refuses requests whose trusted headers are repeated or malformed, and Envoy would not. Nothing reads the caller: write \`authentication: { sources: [] }\`.`,
    ],
  ),
  [
    'any payload',
    only(reading, sources({ from: 'jwt_authn' })),
    'reuse.caller',
    'authentication.sources.0',
    "The source `jwt_authn` takes the only payload, whichever that is. Write the provider's `payload_in_metadata` as its `payload`.",
  ],
  ...[
    { from: 'headers', principal: 'x-user' },
    { from: 'payload_header' },
    { from: 'ext_authz' },
    { from: 'metadata', namespace: 'a' },
    { from: 'peer' },
  ].map(
    (source): Refused => [
      `a source that may say something else: ${source.from}`,
      only(reading, sources(source)),
      'reuse.caller',
      'authentication.sources.0',
      `The caller comes from \`${source.from}\`, which may say something else for the same request. ${oneSource}`,
    ],
  ),
  [
    'a forwarded certificate',
    only(reading, sources({ from: 'certificate', trustForwardedClientCert: true })),
    'reuse.caller',
    'authentication.sources.0',
    'The source `certificate` trusts `x-forwarded-client-cert`, which names another connection. Remove `trustForwardedClientCert`.',
  ],
  ...['principal', 'clientId', 'clientName', 'slaId'].map(
    (fact): Refused => [
      `a fact in a header: ${fact}`,
      only(reading, sources({ from: 'jwt_authn', payload: 'a', [fact]: { header: 'x-fact' } })),
      'reuse.caller',
      'authentication.sources.0',
      elsewhere,
    ],
  ),
  [
    'a token in a header beside a certificate',
    only(reading, sources({ from: 'certificate', jwt: { header: 'x-jwt' } })),
    'reuse.caller',
    'authentication.sources.0',
    elsewhere,
  ],
  [
    'a token in metadata',
    only(reading, sources({ from: 'jwt_authn', payload: 'a', jwt: { metadata: 'b', path: 'c' } })),
    'reuse.caller',
    'authentication.sources.0',
    elsewhere,
  ],
  [
    'a policy that a route names',
    only(script("'fixed'"), { allowRoutePolicy: true }),
    'reuse.contradiction',
    'allowRoutePolicy',
    "Envoy's filter cannot see which policy a route names (`allowRoutePolicy`). Write routes with `match` in its place.",
  ],
  [
    'published variables',
    only(script("'fixed'"), { publishVariables: true }),
    'reuse.contradiction',
    'publishVariables',
    'A request that skips mintproc would have none of the variables (`publishVariables`). Remove it, or reuse tokens in mintproc only.',
  ],
  [
    'an audit log',
    only(script("'fixed'"), { log: { audit: true } }),
    'reuse.contradiction',
    'log.audit',
    'A request that skips mintproc would have no line in the audit log (`log.audit`). Reuse tokens in mintproc only: each of its requests has a line.',
  ],
  [
    'a header of the token with lookalikes',
    only(script("'fixed'"), {}, { output: { header: 'x_token' } }),
    'reuse.header-name',
    'policies.0.output.header',
    `\`p\`: the header of its token ${dashes}`,
  ],
  [
    'a header of a route with lookalikes',
    only(script("'fixed'"), route({ headers: { x_a: true } })),
    'reuse.header-name',
    'routes.0.match.headers',
    `A route: \`match.headers\` ${dashes}`,
  ],
  [
    'a header of rules with lookalikes',
    only(withRules([{ headers: { x_a: 'b' } }])),
    'reuse.header-name',
    'policies.0.reuse',
    `\`p\`: one of its rules ${dashes}`,
  ],
  [
    'one part too many',
    only(script(manyHeaders(maxParts + 1))),
    'reuse.too-many-parts',
    'policies.0.reuse',
    `The key of a kept token would have more than ${maxParts} parts. Read fewer headers, or leave \`for\` out of the \`reuse\` of the policies that read most.`,
  ],
  ['nobody asks', only(script("'fixed'"), {}, { reuse: true }), 'reuse.none-kept', 'routes', noneAsks],
  ['the only policy that asks is disabled', only(disabledPolicy), 'reuse.none-kept', 'routes', noneAsks],
  [
    'not in Envoy',
    only(script("'fixed'"), {}, { reuse: { for: '30s', inEnvoy: '0s' } }),
    'reuse.none-kept',
    'routes',
    noneAsks,
  ],
];

/** Why there is no key: the code, the place and the sentences of each problem. */
function refusalsOf(files: Readonly<Record<string, string>>): readonly (readonly [string, string, string])[] {
  const found = findingOf(files);
  assert.ok(found.kind === 'refused');
  return found.problems.map((problem) => [problem.code, problem.path?.join('.') ?? '', sentencesOf(problem)]);
}

for (const [name, files, code, at, sentences] of refused) {
  test(`no key: ${name}`, () => {
    assert.deepEqual(refusalsOf(files), [[code, at, sentences]]);
    const { snapshot } = loadConfiguration('mintproc.yaml', { files: memoryFiles(files) });
    assert.ok(snapshot);
    assert.equal(snapshot.envoyReuse, undefined);
  });
}

test('a policy that is never reused says why', () => {
  assert.deepEqual(refusalsOf(only(script('uuid()'))), [
    [
      'reuse.never',
      'policies.0.reuse',
      `\`p\`: its tokens are not reused at all, since \`c\` is new for each token. ${leaveOut}`,
    ],
    [
      'reuse.unkept-read',
      'policies.0.reuse',
      `\`p\`: the claim \`c\` reads something random, which the key of a kept token cannot hold. ${leaveOut}`,
    ],
  ]);
});

test('the problem of a route is at its own condition', () => {
  const routes = [
    { match: { headers: { 'x-a': true } }, policies: ['p'] },
    { match: { headers: { x_b: true } }, policies: ['p'], requireCaller: true },
  ];
  const [[code, at] = [], ...more] = refusalsOf(only(script("'fixed'"), { routes }));
  assert.deepEqual([code, at, more.length], ['reuse.header-name', 'routes.1.match.headers', 0]);
});

test('of many refusals the first 32 are shown', () => {
  const claims = (count: number): string =>
    flexPolicy(Object.fromEntries(manyNames(count).map((name) => [name, '#[attributes.remoteAddress]'])), '');
  for (const [count, shown] of [
    [32, 32],
    [33, 32],
  ] as const) {
    const found = refusalsOf(only(claims(count)));
    assert.equal(found.length, shown);
    assert.match(found[0]?.[2] ?? '', /`h0`/);
  }
});

test('what any policy of a route reads is looked at', () => {
  assert.deepEqual(refusalsOf(pair(asks, asks, [{ match: {}, policies: ['one', 'two'] }])), [
    [
      'reuse.unkept-read',
      'policies.1.reuse',
      `\`two\`: the claim \`c\` reads an attribute of Envoy, which the key of a kept token cannot hold. ${attribute}`,
    ],
  ]);
});
