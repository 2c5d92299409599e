/**
 * The claim or header parameter that a refusal names, and the place of its value in the policy. `▲` marks that place
 * and is not part of the policy.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfiguration } from '../../src/configuration/load.ts';
import type { Origin } from '../../src/diagnostics/mint-error.ts';
import { decideAtOnce } from '../at-once.ts';
import { memoryFiles, request } from '../configuration/memory-files.ts';

const flex = (members: string): string => `- policyRef: { name: jwt-generation-flex }
  config:
    signingMethod: HS256
    privateKey: a secret of at least thirty-two bytes
    iat: true
    exp: 60
    nbf: 0
${members}`;

const apigee = (elements: string): string => `<GenerateJWT name="P">
  <Algorithm>HS256</Algorithm>
  <SecretKey><Value ref="private.key"/></SecretKey>
  ${elements}
</GenerateJWT>`;

const datapower = (properties: string): string => `- jwt-generate:
    version: 2.0.0
    jws-alg: HS256
    jws-crypto: secret
    ${properties}
`;

const failing = "#['x' ++ attributes.headers['x-needed']]";

const cases: [name: string, policy: string, member: Origin['member'] | undefined, of: string | undefined][] = [
  ['a claim of Flex', flex(`    customClaims: [{ name: from, value: ▲"${failing}" }]`), 'claim', 'from'],
  [
    'the second of two claims of Flex, over several lines',
    flex(`    customClaims:
      - { name: fine, value: "#[attributes.method]" }
      - name: from
        value: ▲>-
          ${failing}`),
    'claim',
    'from',
  ],
  [
    'a header parameter of Flex',
    flex(`    customHeaders: [{ name: x5u, value: ▲"${failing}" }]`),
    'header parameter',
    'x5u',
  ],
  [
    'a claim whose name is computed',
    flex(`    customClaims: [{ name: "#[attributes.method]", value: ▲"${failing}" }]`),
    'claim',
    undefined,
  ],
  [
    'a claim whose name is not a string',
    flex(
      `    customClaims: [{ name: "#[attributes.headers['x-needed']]", value: ▲"#[attributes.headers['x-present']]" }]`,
    ),
    'claim',
    undefined,
  ],
  ['a registered claim of Apigee', apigee('<Subject ref="▲request.header.x-needed"/>'), 'claim', 'sub'],
  ['the audience of Apigee', apigee('<Audience ref="▲request.header.x-needed"/>'), 'claim', 'aud'],
  ['the expiry of Apigee', apigee('<ExpiresIn ref="▲request.header.x-present"/>'), 'claim', 'exp'],
  ['the beginning of Apigee', apigee('<NotBefore ref="▲request.header.x-present"/>'), 'claim', 'nbf'],
  ['the identifier of Apigee', apigee('<Id ref="▲request.header.x-needed"/>'), 'claim', 'jti'],
  [
    'an additional claim of Apigee',
    apigee('<AdditionalClaims><Claim name="n" type="number" ref="▲request.header.x-present"/></AdditionalClaims>'),
    'claim',
    'n',
  ],
  [
    'a claim of Apigee that is a template',
    apigee('<AdditionalClaims><Claim name="m" type="map">▲{"a": {request.header.x-needed}}</Claim></AdditionalClaims>'),
    'claim',
    'm',
  ],
  [
    'all additional claims of Apigee',
    apigee('<AdditionalClaims ref="▲request.header.x-present"/>'),
    'claim',
    undefined,
  ],
  [
    'an additional header parameter of Apigee',
    apigee('<AdditionalHeaders><Claim name="h" ref="▲request.header.x-needed"/></AdditionalHeaders>'),
    'header parameter',
    'h',
  ],
  [
    'the critical header parameters of Apigee',
    apigee('<CriticalHeaders ref="▲request.header.x-needed"/>'),
    'header parameter',
    'crit',
  ],
  [
    'the identifier of a key of Apigee',
    apigee('').replace('"private.key"/>', '"private.key"/><Id ref="▲request.header.x-needed"/>'),
    'header parameter',
    'kid',
  ],
  ['the issuer of DataPower', datapower('iss-claim: ▲request.headers.x-needed'), 'claim', 'iss'],
  ['the subject of DataPower', datapower('iss-claim: issuer\n    sub-claim: ▲object'), 'claim', 'sub'],
  ['the audience of DataPower', datapower('iss-claim: issuer\n    aud-claim: ▲issuer, object'), 'claim', 'aud'],
  [
    'the expiry of DataPower',
    datapower('iss-claim: issuer\n    exp-claim: ▲$(request.headers.x-present)'),
    'claim',
    'exp',
  ],
  [
    'the private claims of DataPower',
    datapower('iss-claim: issuer\n    private-claims: ▲request.headers.x-present'),
    'claim',
    undefined,
  ],
  [
    'the identifier of a key of DataPower',
    datapower('iss-claim: issuer\n    custom-kid-value-jws: ▲object'),
    'header parameter',
    'kid',
  ],
  [
    'the whole header value is too long: no single member is at fault',
    flex(`    customClaims: [{ name: long, value: "#[attributes.headers['x-long']]" }]`),
    undefined,
    undefined,
  ],
];

function placeOf(policy: string): Origin['place'] | undefined {
  const before = policy.split('▲', 2)[0]?.split('\n') ?? [];
  if (!policy.includes('▲')) return undefined;
  return { file: 'policy', line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

function originOf(policy: string): Origin | undefined {
  const configuration = {
    edition: 'x',
    limits: { tokenBytes: 4096 },
    keys: { secret: { file: 'secret' } },
    variables: { 'private.key': { file: 'secret' }, issuer: 'urn:issuer', object: { value: { a: [1, 2] } } },
    policies: [{ name: 'policy', file: 'policy' }],
    routes: [{ match: {}, policies: ['policy'] }],
  };
  const { snapshot, problems } = loadConfiguration('mintproc.yaml', {
    files: memoryFiles({
      'mintproc.yaml': JSON.stringify(configuration),
      policy: policy.replace('▲', ''),
      secret: 'a secret of at least thirty-two bytes',
    }),
  });
  assert.ok(snapshot, problems.map(({ message }) => message).join('\n'));
  const decide = decideAtOnce(snapshot, { clock: () => 1_700_000_000_000, randomId: () => 'id' });
  const decision = decide(request({ 'x-present': 'a word', 'x-long': 'long '.repeat(2000) }));
  assert.equal(decision.kind, 'refuse');
  return decision.mints[0]?.origin;
}

for (const [name, policy, member, of] of cases) {
  test(`a refusal names ${name}`, () => {
    const place = placeOf(policy);
    assert.deepEqual(originOf(policy), member && place && { member, name: of, place });
  });
}
