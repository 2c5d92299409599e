import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Snapshot } from '../../src/configuration/snapshot.ts';
import type { Decision } from '../../src/decision/decision.ts';
import type { IncomingRequest } from '../../src/request/incoming-request.ts';
import { decideAtOnce } from '../at-once.ts';
import { loadConfiguration } from '../configuration/loading.ts';
import { flexPolicy, memoryFiles, request } from '../configuration/memory-files.ts';

const files = {
  'good.yaml': flexPolicy({ iss: 'mint', by: '#[authentication.principal]' }),
  // `++` fails on null: without the header no token can be made.
  'needs.yaml': flexPolicy({ from: "#['x' ++ attributes.headers['x-needed']]" }),
  'sized.yaml': flexPolicy({ v: "#[attributes.headers['x-value']]" }),
};

function snapshotOf(configuration: object): Snapshot {
  const text = JSON.stringify(configuration);
  const { snapshot, problems } = loadConfiguration('conf.yaml', {
    files: memoryFiles({ ...files, 'conf.yaml': text }),
  });
  assert.ok(snapshot, problems.map(({ message }) => message).join('\n'));
  return snapshot;
}

function decider(configuration: object) {
  return decideAtOnce(snapshotOf(configuration), { clock: () => 1_700_000_000_500, randomId: () => 'id' });
}

const decide = decider({
  allowRoutePolicy: true,
  policies: [
    { name: 'good', file: 'good.yaml' },
    { name: 'custom', file: 'good.yaml', output: { header: 'X-Backend-Token', prefix: '' } },
    { name: 'odd', file: 'good.yaml', output: { header: 'x_odd_token', prefix: '' } },
    { name: 'strict', file: 'needs.yaml', output: { header: 'x-strict' } },
    { name: 'lenient', file: 'needs.yaml', output: { header: 'x-lenient' }, onError: 'pass' },
  ],
  routes: [
    { match: { pathPrefix: '/good' }, policies: ['good'] },
    { match: { pathPrefix: '/custom' }, policies: ['custom'] },
    { match: { pathPrefix: '/odd' }, policies: ['odd'] },
    { match: { pathPrefix: '/chain' }, policies: ['good', 'lenient', 'strict'] },
    { match: { pathPrefix: '/lenient' }, policies: ['lenient', 'good'] },
    { match: { pathPrefix: '/tenant', headers: { 'X-Tenant': ['acme', 'globex'] } }, policies: ['good'] },
    { match: { pathPrefix: '/tenant', query: { v: '2' } }, policies: ['custom'] },
    { match: { pathPrefix: '/tenant' }, deny: true },
    { match: { routeName: 'named' }, policies: ['good'] },
  ],
});

/** A decision without its tokens: `set` shows names and prefixes. */
function summary(decision: Decision): string {
  const mints = decision.mints.map(({ policy, outcome, code }) => `${policy} ${outcome}${code ? ` ${code}` : ''}`);
  const ran = mints.length === 0 ? '' : `; ${mints.join(', ')}`;
  switch (decision.kind) {
    case 'untouched':
      return `untouched${ran}`;
    case 'forward': {
      const set = decision.set.map(([name, value]) => `${name}: ${value.replace(/\S{60,}/, '…')}`);
      return `set [${set.join(', ')}] remove [${decision.remove.join(', ')}]${ran}`;
    }
    case 'refuse':
      return `${decision.refusal.status} ${decision.code ?? ''}${ran}`;
  }
}

const failed = 'dataweave.type-mismatch';

/** Envoy's attribute for a route without a name. */
const unnamed = { 'xds.route_name': '' };

const decisions: [name: string, asked: IncomingRequest, expected: string][] = [
  ['no route', request({ ':path': '/x', authorization: 'its own' }, { attributes: unnamed }), 'untouched'],
  [
    'no route, but Envoy did not send its name',
    request({ ':path': '/x', authorization: 'its own' }),
    '500 route.untold',
  ],
  ['one policy', request({ ':path': '/good' }), 'set [authorization: Bearer …] remove []; good minted'],
  ['another header', request({ ':path': '/custom' }), 'set [x-backend-token: …] remove []; custom minted'],
  [
    'lookalikes of the header',
    request({ ':path': '/custom', x_backend_token: 'a', 'x.backend-token': 'b', 'x-backend-token': 'c', x_other: 'd' }),
    'set [x-backend-token: …] remove [x_backend_token, x.backend-token]; custom minted',
  ],
  [
    'lookalikes of a header that is itself spelt with underscores',
    request({ ':path': '/odd', 'x-odd-token': 'a', x_odd_token: 'b', 'x.odd-token': 'c' }),
    'set [x_odd_token: …] remove [x-odd-token, x.odd-token]; odd minted',
  ],
  [
    'a header that is removed is removed once',
    request({ ':path': '/lenient', 'x-lenient': 'a', x_lenient: 'b' }),
    `set [authorization: Bearer …] remove [x-lenient, x_lenient]; lenient passed ${failed}, good minted`,
  ],
  [
    'several policies',
    request({ ':path': '/chain', 'x-needed': 'here' }),
    'set [authorization: Bearer …, x-lenient: Bearer …, x-strict: Bearer …] remove []; good minted, lenient minted, strict minted',
  ],
  [
    'the first failure with deny refuses',
    request({ ':path': '/chain' }),
    `500 ; good minted, lenient passed ${failed}, strict refused ${failed}`,
  ],
  [
    'a failure with pass removes the header, and the next policy runs',
    request({ ':path': '/lenient', 'x-lenient': 'spoofed' }),
    `set [authorization: Bearer …] remove [x-lenient]; lenient passed ${failed}, good minted`,
  ],
  [
    'by the name of the route',
    request({ ':path': '/x' }, { attributes: { 'xds.route_name': 'named' } }),
    'set [authorization: Bearer …] remove []; good minted',
  ],
  [
    'a route name that is not a string',
    request({ ':path': '/x' }, { attributes: { 'xds.route_name': 7 } }),
    '500 route.untold',
  ],
  [
    'named by the route in Envoy, whatever the path',
    request({ ':path': '/x/..;/%2F' }, { routePolicy: 'custom' }),
    'set [x-backend-token: …] remove []; custom minted',
  ],
  ['an unknown policy named', request({ ':path': '/good' }, { routePolicy: 'nobody' }), '500 route.unknown-policy'],
  ['the name of a member of every object', request({}, { routePolicy: 'constructor' }), '500 route.unknown-policy'],
  ['an empty name', request({ ':path': '/good' }, { routePolicy: '' }), '500 route.unknown-policy'],
  [
    'a header of a route',
    request({ ':path': '/tenant?v=2', 'x-tenant': 'acme' }),
    'set [authorization: Bearer …] remove []; good minted',
  ],
  [
    'a parameter of a route',
    request({ ':path': '/tenant?v=%32', 'x-tenant': 'initech' }),
    'set [x-backend-token: …] remove []; custom minted',
  ],
  ['neither', request({ ':path': '/tenant?v=3' }), '403 route.denied'],
  [
    'a repeated header that a route needs',
    request([
      [':path', '/tenant'],
      ['x-tenant', 'acme'],
      ['x-tenant', 'globex'],
    ]),
    '400 route.ambiguous-header',
  ],
  ['a repeated parameter that a route needs', request({ ':path': '/tenant?v=2&v=2' }), '400 route.ambiguous-query'],
  ['an ambiguous path', request({ ':path': '/x/..;/good' }, { attributes: unnamed }), '400 route.ambiguous-path'],
  [
    'an ambiguous caller: deny',
    request({ ':path': '/good' }, { metadata: { 'envoy.filters.http.jwt_authn': { a: { s: '1' }, b: { s: '2' } } } }),
    '500 ; good refused identity.ambiguous',
  ],
  [
    'an ambiguous caller: pass, then deny',
    request(
      { ':path': '/lenient' },
      { metadata: { 'envoy.filters.http.jwt_authn': { a: { s: '1' }, b: { s: '2' } } } },
    ),
    '500 ; lenient passed identity.ambiguous, good refused identity.ambiguous',
  ],
];
for (const [name, asked, expected] of decisions) {
  test(`decision: ${name}`, () => assert.equal(summary(decide(asked)), expected));
}

test('a policy that may not be named is refused, though a route would match', () => {
  const strict = decider({
    policies: [{ name: 'good', file: 'good.yaml' }],
    routes: [{ match: {}, policies: ['good'] }],
  });
  assert.equal(summary(strict(request({}, { routePolicy: 'good' }))), '500 route.policy-not-allowed');
});

test('refusals contain a code and nothing of the request', () => {
  const body = '{"error":{"code":"route.unknown-policy"}}';
  const decision = decide(request({ ':path': '/good' }, { routePolicy: 'nobody' }));
  assert.deepEqual(decision, {
    kind: 'refuse',
    refusal: { status: 500, contentType: 'application/json', body },
    mints: [],
    code: 'route.unknown-policy',
  });
});

test('a refusal of a route has its name, for the log', () => {
  const closed = decider({
    policies: [{ name: 'good', file: 'good.yaml' }],
    routes: [{ name: 'closed', match: {}, deny: true }],
  });
  const refused = closed(request({ ':path': '/good' }));
  assert.equal('route' in refused && refused.route, 'closed');
  assert.ok(!('route' in decide(request({ ':path': '/nowhere' }))));
});

test('the claims are those of the caller and the clock', () => {
  const metadata = { 'envoy.filters.http.jwt_authn': { payload: { sub: 'alice' } } };
  const decision = decide(request({ ':path': '/good' }, { metadata }));
  assert.equal(decision.kind, 'forward');
  const [[, value = ''] = []] = decision.kind === 'forward' ? decision.set : [];
  const claims: unknown = JSON.parse(Buffer.from(value.split('.')[1] ?? '', 'base64url').toString());
  assert.deepEqual(claims, { iss: 'mint', by: 'alice', iat: 1_700_000_000 });
});

test('the attributes of Envoy reach the expressions', () => {
  const files_ = {
    'a.yaml': flexPolicy({
      scheme: '#[attributes.scheme]',
      version: '#[attributes.version]',
      remote: '#[attributes.remoteAddress]',
      local: '#[attributes.localAddress]',
    }),
    'conf.yaml': 'policies: [{ name: a, file: a.yaml }]\nroutes: [{ match: {}, policies: [a] }]',
  };
  const { snapshot } = loadConfiguration('conf.yaml', { files: memoryFiles(files_) });
  assert.ok(snapshot);
  const attributes = {
    'request.scheme': 'https',
    'request.protocol': 'HTTP/2',
    'source.address': '10.0.0.1:5',
    'destination.address': '10.0.0.2:6',
  };
  const decision = decideAtOnce(snapshot, { clock: () => 0, randomId: () => '' })(request({}, { attributes }));
  assert.equal(decision.kind, 'forward');
  const [[, value = ''] = []] = decision.kind === 'forward' ? decision.set : [];
  const claims: unknown = JSON.parse(Buffer.from(value.split('.')[1] ?? '', 'base64url').toString());
  assert.deepEqual(claims, { scheme: 'https', version: 'HTTP/2', remote: '10.0.0.1:5', local: '10.0.0.2:6', iat: 0 });
});

test('a header value is at most as long as the limit', () => {
  const configuration = (tokenBytes: number) => ({
    policies: [{ name: 'sized', file: 'sized.yaml' }],
    routes: [{ match: {}, policies: ['sized'] }],
    limits: { tokenBytes },
  });
  const asked = request({ 'x-value': 'v'.repeat(99) });
  const free = decider(configuration(10_000))(asked);
  const length = free.kind === 'forward' ? (free.set[0]?.[1].length ?? 0) : 0;
  assert.ok(length > 0);
  assert.equal(summary(decider(configuration(length))(asked)), 'set [authorization: Bearer …] remove []; sized minted');
  assert.equal(summary(decider(configuration(length - 1))(asked)), '500 ; sized refused mint.token-too-large');
});

const minted: [name: string, mint: () => string, expected: string | RegExp][] = [
  ['a line feed', () => 'a\nb', 'mint.forbidden-character'],
  ['a carriage return', () => 'a\rb', 'mint.forbidden-character'],
  ['a zero byte', () => 'a\0b', 'mint.forbidden-character'],
];
for (const [name, mint, code] of minted) {
  test(`what a minter writes: ${name}`, () => {
    assert.equal(summary(withMinter(mint)(request({}))), `500 ; good refused ${code}`);
  });
}

test('a defect passes, for the exchange to refuse and report', () => {
  const defective = withMinter(() => {
    throw new RangeError('defect');
  });
  assert.throws(() => defective(request({})), RangeError);
});

const defects: [name: string, defective: Partial<Snapshot>][] = [
  ['the caller', { identify: fail }],
  ['the route', { route: fail }],
];
for (const [name, defective] of defects) {
  test(`a defect in finding ${name} passes as well`, () => {
    const snapshot = snapshotOf({
      policies: [{ name: 'good', file: 'good.yaml' }],
      routes: [{ match: {}, policies: ['good'] }],
    });
    const broken = decideAtOnce({ ...snapshot, ...defective }, { clock: () => 0, randomId: () => '' });
    assert.throws(() => broken(request({})), RangeError);
  });
}

function fail(): never {
  throw new RangeError('defect');
}

function withMinter(mint: () => string) {
  const snapshot = snapshotOf({
    policies: [{ name: 'good', file: 'good.yaml' }],
    routes: [{ match: {}, policies: ['good'] }],
  });
  const [policy] = snapshot.policies.values();
  assert.ok(policy);
  const chain = {
    policies: [{ ...policy, minter: { mint } }],
    requiresCaller: false,
    watched: [],
    lookalikes: () => [],
  };
  return decideAtOnce({ ...snapshot, route: () => ({ destination: chain }) }, { clock: () => 0, randomId: () => '' });
}
