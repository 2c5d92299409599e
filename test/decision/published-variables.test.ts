import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfiguration } from '../../src/configuration/load.ts';
import type { Decision } from '../../src/decision/decision.ts';
import { decideAtOnce } from '../at-once.ts';
import { memoryFiles, request, secret } from '../configuration/memory-files.ts';

const policy = (name: string, attributes: string, elements: string): string =>
  `<GenerateJWT name="${name}" ${attributes}><Algorithm>HS256</Algorithm>` +
  `<SecretKey><Value ref="private.key"/></SecretKey>${elements}</GenerateJWT>`;

const files = {
  key: secret,
  'first.xml': policy('First', '', '<Subject>alice</Subject><OutputVariable>first-jwt</OutputVariable>'),
  'prototype.xml': policy('Prototype', '', '<OutputVariable>__proto__</OutputVariable>'),
  'hidden.xml': policy('Hidden', '', '<OutputVariable>private.jwt</OutputVariable>'),
  'failing.xml': policy('Failing', 'continueOnError="true"', '<Subject ref="request.header.x-none"/>'),
  'second.xml': policy(
    'Second',
    '',
    '<IgnoreUnresolvedVariables>true</IgnoreUnresolvedVariables>' +
      '<Subject ref="jwt.First.claim.subject"/><AdditionalClaims><Claim name="inner" ref="first-jwt"/>' +
      '<Claim name="failed" ref="JWT.failed"/><Claim name="hidden" ref="jwt.Hidden.header.algorithm"/></AdditionalClaims>',
  ),
};

/** Runs these policies, in this order, on one route. */
function decide(policies: readonly string[], publishVariables: boolean): Extract<Decision, { kind: 'forward' }> {
  const configuration = {
    edition: 'x',
    publishVariables,
    variables: { 'private.key': { file: 'key' } },
    policies: policies.map((name) => ({ name, file: `${name}.xml`, output: { header: `x-${name}`, prefix: '' } })),
    routes: [{ match: {}, policies }],
  };
  const { snapshot, problems } = loadConfiguration('mintproc.yaml', {
    files: memoryFiles({ ...files, 'mintproc.yaml': JSON.stringify(configuration) }),
  });
  assert.deepEqual(
    problems.filter(({ severity }) => severity === 'error'),
    [],
  );
  assert.ok(snapshot);
  const decision = decideAtOnce(snapshot, { clock: () => 1_700_000_000_000, randomId: () => 'id' })(request({}));
  assert.equal(decision.kind, 'forward');
  return decision;
}

function claimsIn(decision: Extract<Decision, { kind: 'forward' }>, header: string): Record<string, unknown> {
  const value = decision.set.find(([name]) => name === header)?.[1] ?? '';
  return JSON.parse(Buffer.from(value.split('.')[1] ?? '', 'base64url').toString());
}

test('a policy reads what the one before it published, the token included', () => {
  const decision = decide(['first', 'second'], false);
  const { sub, inner } = claimsIn(decision, 'x-second');
  assert.deepEqual([sub, inner], ['alice', decision.set[0]?.[1]]);
});

test('a policy reads nothing of one that comes later', () => {
  assert.deepEqual(claimsIn(decide(['second', 'first'], false), 'x-second'), { iat: 1_700_000_000 });
});

test('a policy that failed and let the request go on says so', () => {
  assert.equal(claimsIn(decide(['failing', 'second'], false), 'x-second')['failed'], 'true');
});

test('nothing is passed to later filters unless the configuration says so', () => {
  assert.equal(decide(['first'], false).metadata, undefined);
});

test('later filters see what all policies published', () => {
  const decision = decide(['first', 'second'], true);
  const names = ['first-jwt', 'jwt.First.claim.subject', 'jwt.Second.claim.subject', 'jwt.Second.generated_jwt'];
  for (const name of names) assert.ok(decision.metadata?.[name], name);
});

test('later filters see a variable that is called __proto__', () => {
  for (const policies of [['prototype'], ['first', 'prototype'], ['prototype', 'first']]) {
    const decision = decide(policies, true);
    const token = decision.set.find(([name]) => name === 'x-prototype')?.[1];
    const own = Object.getOwnPropertyDescriptor(decision.metadata, '__proto__');
    assert.ok(token !== undefined && own?.value === token, policies.join());
  }
});

test('later filters never see a private variable', () => {
  const decision = decide(['hidden'], true);
  const token = decision.set[0]?.[1] ?? '';
  assert.ok(token.length > 0);
  assert.ok(!JSON.stringify(decision.metadata).includes(token));
});
