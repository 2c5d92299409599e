import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../src/diagnostics/json.ts';
import { decideAtOnce } from '../at-once.ts';
import { loadConfiguration } from './loading.ts';
import { memoryFiles, request, secret, withoutNotes } from './memory-files.ts';

const policy = (name: string, inner: string): string =>
  `<GenerateJWT name="${name}"><Algorithm>HS256</Algorithm><SecretKey><Value ref="private.key"/></SecretKey><OutputVariable>request.header.${name}</OutputVariable>${inner}</GenerateJWT>`;

const files = {
  key: secret,
  'first.xml': policy('First', '<Subject ref="request.header.x-user"/>'),
  'second.xml': policy(
    'Second',
    '<Subject ref="jwt.First.claim.sub">none</Subject><Issuer ref="jwt.Verify.claim.iss"/>',
  ),
  'alone.xml': policy('Alone', '<Subject ref="jwt.First.claim.sub">none</Subject>'),
  'other.xml': policy('Other', '<Subject ref="jwt.A.claim.sub"/><Issuer ref="jwt.B.claim.iss"/>'),
};

function load(policies: readonly JsonObject[], variables: JsonObject = {}) {
  const names = policies.map(({ name }) => name ?? '');
  const configuration = {
    edition: 'x',
    variables: { 'private.key': { file: 'key' }, ...variables },
    policies,
    routes: [{ match: {}, policies: names }],
  };
  return loadConfiguration('mintproc.yaml', {
    files: memoryFiles({ ...files, 'mintproc.yaml': JSON.stringify(configuration) }),
  });
}

function claimsOf(policies: readonly JsonObject[], headers: Readonly<Record<string, string>>): readonly JsonObject[] {
  const { snapshot, problems } = load(policies);
  assert.deepEqual(withoutNotes(problems), []);
  assert.ok(snapshot);
  const metadata = { 'envoy.filters.http.jwt_authn': { idp: { sub: 'caller', iss: 'idp' } } };
  const decision = decideAtOnce(snapshot, { clock: () => 0, randomId: () => 'id' })(request(headers, { metadata }));
  assert.equal(decision.kind, 'forward');
  return decision.set.map(([, token]) => {
    const { iat, ...claims } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    assert.equal(iat, 0);
    return claims;
  });
}

const first = { name: 'first', file: 'first.xml', onError: 'pass' };

test('the token of an earlier policy is not the one that Envoy verified', () => {
  const second = { name: 'second', file: 'second.xml' };
  assert.deepEqual(claimsOf([first, second], { 'x-user': 'alice' }), [{ sub: 'alice' }, { sub: 'alice', iss: 'idp' }]);
});

test('if the earlier policy fails, its claims are not those of the caller', () => {
  const alone = { name: 'alone', file: 'alone.xml' };
  assert.deepEqual(claimsOf([first, alone], {}), [{ sub: 'none' }]);
});

const others: [name: string, policies: readonly JsonObject[], expected: readonly string[]][] = [
  [
    'a file of two entries is reported once',
    [
      { name: 'one', file: 'other.xml' },
      { name: 'two', file: 'other.xml', output: { header: 'x-two' } },
    ],
    ['policy.other-token other.xml', 'policy.other-token other.xml'],
  ],
  [
    'each entry names its caller',
    [
      { name: 'one', file: 'other.xml', verifiedBy: 'A' },
      { name: 'two', file: 'other.xml', output: { header: 'x-two' }, verifiedBy: 'B' },
    ],
    ['policy.other-token other.xml', 'policy.other-token other.xml'],
  ],
  [
    'verifiedBy for a policy that reads no claims',
    [{ name: 'one', file: 'first.xml', verifiedBy: 'A' }],
    ['config.no-effect mintproc.yaml'],
  ],
];

for (const [name, policies, expected] of others) {
  test(name, () => {
    const problems = withoutNotes(load(policies).problems);
    assert.deepEqual(
      problems.map(({ code, place }) => `${code} ${place.file}`),
      expected,
    );
  });
}
