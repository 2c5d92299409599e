/**
 * @module
 * H19: nobody without a caller. `requireCaller` on an entry and on a route, `unmatched`, `deny`, and what is counted of
 * the sources.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Decision } from '../../src/decision/decision.ts';
import type { CallerObserver } from '../../src/identity/caller-sources.ts';
import { decideAtOnce } from '../at-once.ts';
import { loadConfiguration } from '../configuration/loading.ts';
import { flexPolicy, memoryFiles, request } from '../configuration/memory-files.ts';

const faulty = `<GenerateJWT name="g"><Algorithm>HS256</Algorithm><SecretKey><Value ref="private.k"/></SecretKey><Subject ref="jwt.sub"/><OutputVariable>message.header.x-apigee</OutputVariable></GenerateJWT>`;

const policies = [
  { name: 'open', file: 'by.yaml' },
  { name: 'needing', file: 'by.yaml', requireCaller: true, onError: 'pass', output: { header: 'x-needing' } },
  { name: 'vendor', file: 'faulty.xml', requireCaller: true, key: { file: 'secret.txt' } },
];

const routes = [
  { match: { pathPrefix: '/open' }, policies: ['open'] },
  { match: { pathPrefix: '/needing' }, policies: ['needing'] },
  { match: { pathPrefix: '/both' }, policies: ['open', 'needing'] },
  { match: { pathPrefix: '/route' }, policies: ['open'], requireCaller: true },
  { match: { pathPrefix: '/vendor' }, policies: ['vendor'] },
  { match: { pathPrefix: '/closed' }, deny: true },
  { match: { pathPrefix: '/', method: ['POST'] }, deny: true },
];

const files = {
  'by.yaml': flexPolicy({ by: '#[authentication.principal]' }),
  'faulty.xml': faulty,
  'secret.txt': 'a secret of at least thirty-two bytes',
};

function snapshotOf(configuration: object, callers?: CallerObserver) {
  const all = memoryFiles({
    ...files,
    'conf.yaml': JSON.stringify({ allowRoutePolicy: true, policies, routes, edition: 'x', ...configuration }),
  });
  const { snapshot, problems } = loadConfiguration('conf.yaml', { files: all, ...(callers && { callers }) });
  assert.ok(snapshot, problems.map(({ message }) => message).join('\n'));
  return snapshot;
}

const sources = { clock: () => 0, randomId: () => 'id' };
const jwtAuthn = 'envoy.filters.http.jwt_authn';
const alice = { [jwtAuthn]: { p: { sub: 'alice' } } };
const nameless = { [jwtAuthn]: { p: { sub: '', client_id: 7, tier: 'gold' } } };
const two = { [jwtAuthn]: { a: { sub: 'alice' }, b: { sub: 'bob' } } };

function summary(decision: Decision): string {
  if (decision.kind === 'untouched') return 'untouched';
  if (decision.kind === 'forward') return `set ${decision.set.map(([name]) => name)} remove ${decision.remove}`;
  const { status, contentType, body } = decision.refusal;
  assert.deepEqual([contentType, body], ['application/json', `{"error":{"code":"${decision.code}"}}`]);
  assert.deepEqual(decision.mints, []);
  return `${status} ${decision.code}`;
}

const missing = '401 identity.missing';
const decisions: [path: string, metadata: object, expected: string][] = [
  ['/open', {}, 'set authorization remove '],
  ['/needing', {}, missing],
  ['/needing', nameless, missing],
  ['/needing', alice, 'set x-needing remove '],
  ['/both', {}, missing],
  ['/both', alice, 'set authorization,x-needing remove '],
  ['/route', {}, missing],
  ['/route', { [jwtAuthn]: {} }, missing],
  ['/route', { 'envoy.filters.http.ext_authz': { client_id: 'c' } }, 'set authorization remove '],
  ['/route', alice, 'set authorization remove '],
  // Whatever the vendor's own fault says.
  ['/vendor', {}, missing],
  ['/route', two, '401 identity.ambiguous'],
  ['/needing', two, '401 identity.ambiguous'],
  ['/closed', alice, '403 route.denied'],
  ['/closed/x', {}, '403 route.denied'],
  ['/else', alice, 'untouched'],
  // Both interpretations deny.
  ['/closed;v=1', {}, '400 route.ambiguous-path'],
];
const decide = decideAtOnce(snapshotOf({}), sources);
for (const [path, metadata, expected] of decisions) {
  test(`${path} of ${JSON.stringify(metadata)}: ${expected}`, () => {
    const asked = request({ ':path': path, ':method': 'GET' }, { metadata: metadata as never });
    assert.equal(summary(decide(asked)), expected);
  });
}

const named: [policy: string, expected: string][] = [
  ['open', 'set authorization remove '],
  ['needing', missing],
];
for (const [routePolicy, expected] of named) {
  test(`named by Envoy's route, ${routePolicy} counts alone: ${expected}`, () => {
    assert.equal(summary(decide(request({ ':path': '/route', ':method': 'GET' }, { routePolicy }))), expected);
  });
}

const unmatched: [value: 'pass' | 'deny', path: string, expected: string][] = [
  ['pass', '/else', 'untouched'],
  ['deny', '/else', '404 route.none'],
  ['deny', '/open', 'set authorization remove '],
  ['deny', '/openx', '404 route.none'],
];
for (const [value, path, expected] of unmatched) {
  test(`unmatched: ${value}, ${path}: ${expected}`, () => {
    const asked = request({ ':path': path, ':method': 'GET' });
    assert.equal(summary(decideAtOnce(snapshotOf({ unmatched: value }), sources)(asked)), expected);
  });
}

test('without unmatched a request that no route matches is forwarded', () => {
  assert.equal(snapshotOf({}).settings.unmatched, 'pass');
});

/** An observer that records `source outcome`. */
function recording() {
  const seen: string[] = [];
  const watch = { found: false, missed: false };
  const increment = (name: string) => ({ increment: () => void seen.push(name) });
  const countersOf = (source: string) => ({
    found: increment(`${source} found`),
    absent: increment(`${source} absent`),
    refused: increment(`${source} refused`),
  });
  return { seen, watch, observer: { countersOf, watch } };
}

const several = [
  { from: 'jwt_authn' },
  { from: 'metadata', namespace: 'a' },
  { from: 'metadata', namespace: 'b' },
  { from: 'headers', principal: 'x-user' },
];
const counted: [name: string, metadata: object, seen: string[], watch: object][] = [
  [
    'nobody',
    {},
    ['jwt_authn absent', 'metadata absent', 'metadata-2 absent', 'headers absent'],
    { found: false, missed: true },
  ],
  ['the first', alice, ['jwt_authn found'], { found: true, missed: false }],
  [
    'the third',
    { b: { sub: 'x' } },
    ['jwt_authn absent', 'metadata absent', 'metadata-2 found'],
    { found: true, missed: false },
  ],
  ['two payloads', two, ['jwt_authn refused'], { found: false, missed: false }],
];
for (const [name, metadata, seen, watch] of counted) {
  test(`each source that is asked counts once: ${name}`, () => {
    const record = recording();
    const snapshot = snapshotOf({ authentication: { sources: several } }, record.observer);
    decideAtOnce(snapshot, sources)(request({ ':path': '/open', ':method': 'GET' }, { metadata: metadata as never }));
    assert.deepEqual(record.seen, seen);
    assert.deepEqual(record.watch, watch);
  });
}

test('a request for which no policy runs asks no source, and a policy that reads no caller misses none', () => {
  const record = recording();
  const fixed = {
    policies: [{ name: 'open', file: 'fixed.yaml' }],
    routes: [{ match: { pathPrefix: '/open' }, policies: ['open'] }],
  };
  const all = memoryFiles({ 'fixed.yaml': flexPolicy({ by: 'x' }), 'conf.yaml': JSON.stringify(fixed) });
  const { snapshot } = loadConfiguration('conf.yaml', { files: all, callers: record.observer });
  assert.ok(snapshot);
  const ask = decideAtOnce(snapshot, sources);
  ask(request({ ':path': '/else' }));
  assert.deepEqual(record.seen, []);
  ask(request({ ':path': '/open' }));
  assert.deepEqual(record.seen, ['jwt_authn absent', 'ext_authz absent', 'certificate absent']);
  assert.equal(record.watch.missed, false);
});

const headers: [value: string[], expected: string][] = [
  [[], missing],
  [[''], missing],
  [['alice'], 'set authorization remove '],
  [['', 'alice'], '401 identity.repeated-header'],
];
for (const [values, expected] of headers) {
  test(`an empty header is not a name: ${JSON.stringify(values)}`, () => {
    const snapshot = snapshotOf({ authentication: { sources: [{ from: 'headers', principal: 'x-user' }] } });
    const fields = [[':path', '/route'], [':method', 'GET'], ...values.map((value) => ['x-user', value])];
    assert.equal(summary(decideAtOnce(snapshot, sources)(request(fields as never))), expected);
  });
}
