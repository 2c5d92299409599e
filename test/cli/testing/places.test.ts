/**
 * A failure shows where the policy, or its entry, says what the token has: also for constants, times and the header.
 */
import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { test } from 'node:test';
import type { MemberFields } from '../../../src/trial/member-fields.ts';
import { runCommand, writeFiles } from '../captured-terminal.ts';

const flex = `- policyRef: { name: jwt-generation-flex }
  config:
    signingMethod: HS256
    privateKey: a-secret-of-at-least-32-bytes-for-tests
    exp: 60
    iat: true
    customHeaders:
      - { name: kid, value: key-1 }
    customClaims:
      - { name: iss, value: urn:a }
      - { name: sub, value: "#[authentication.principle]" }
      - { name: tenant, value: "#[attributes.headers.tenant]" }
`;

const apigee = `<GenerateJWT name="a">
  <Algorithm>HS256</Algorithm>
  <SecretKey><Id>key-1</Id><Value ref="private.key"/></SecretKey>
  <Issuer>urn:a</Issuer>
  <ExpiresIn>60s</ExpiresIn>
  <OutputVariable>request.header.X-Token</OutputVariable>
</GenerateJWT>
`;

const datapower = `- jwt-generate:
    version: 2.0.0
    jwt: request.headers.x-token
    iss-claim: iss
    exp-claim: 60
    jws-alg: HS256
    jws-jwk: the-key
    custom-kid-value-jws: key-1
`;

const wanted = 'jwt: { header: { alg: RS256, kid: k }, claims: { iss: b, exp: 1, iat: 1 } }';
const request = 'at: 2026-01-01T00:00:00Z\ncases: [{ name: one, request: {}';
const jwk = JSON.stringify({ kty: 'oct', k: Buffer.alloc(32, 7).toString('base64url') });

const rows: readonly [string, Readonly<Record<string, string>>, string, Readonly<Record<string, string>>][] = [
  [
    'Flex',
    {
      'policy.yaml': flex,
      'mintproc.yaml':
        'policies:\n  - { name: a, file: policy.yaml, output: { header: x-token, prefix: "T " } }\nroutes: [{ match: {}, policies: [a] }]\n',
    },
    'header: { name: x-other, prefix: "" }',
    {
      'header.name': 'the same for every token: x-token (mintproc.yaml:2:53)',
      'header.prefix': 'the same for every token: T  (mintproc.yaml:2:70)',
      'jwt.header.alg': 'the same for every request: HS256 (policy.yaml:3:20)',
      'jwt.header.kid': 'the same for every request (policy.yaml:8:29)',
      'jwt.claims.iss': 'the same for every request: urn:a (policy.yaml:10:29)',
      'jwt.claims.exp': 'the time of minting + 60 s: 60 (policy.yaml:5:10)',
      'jwt.claims.iat': 'the time of minting: true (policy.yaml:6:10)',
    },
  ],
  [
    'Apigee',
    {
      'policy.xml': apigee,
      'mintproc.yaml': `policies: [{ name: a, file: policy.xml }]\nroutes: [{ match: {}, policies: [a] }]\nvariables: { private.key: { file: key.txt } }\n`,
      'key.txt': 'a-secret-of-at-least-32-bytes-for-tests',
    },
    'header: { name: x-other, prefix: T }',
    {
      'header.name':
        'the same for every token: <OutputVariable>request.header.X-Token</OutputVariable> (policy.xml:6:19)',
      'header.prefix': "the default, which `output` of the policy's entry replaces",
      'jwt.header.alg': 'the same for every request: <Algorithm>HS256</Algorithm> (policy.xml:2:14)',
      'jwt.header.kid': 'the same for every request (policy.xml:3:18)',
      'jwt.claims.iss': 'the same for every request: <Issuer>urn:a</Issuer> (policy.xml:4:11)',
      'jwt.claims.exp': 'the time of minting + 60 s: <ExpiresIn>60s</ExpiresIn> (policy.xml:5:14)',
      'jwt.claims.iat': 'the time of minting',
    },
  ],
  [
    'DataPower',
    {
      'policy.yaml': datapower,
      'mintproc.yaml':
        'policies: [{ name: a, file: policy.yaml }]\nroutes: [{ match: {}, policies: [a] }]\nvariables: { iss: urn:a, the-key: { file: key.jwk } }\n',
      'key.jwk': jwk,
    },
    'header: { name: x-other, prefix: T }',
    {
      'header.name': 'the same for every token: request.headers.x-token (policy.yaml:3:10)',
      'header.prefix': "the default, which `output` of the policy's entry replaces",
      'jwt.header.alg': 'the same for every request: HS256 (policy.yaml:6:14)',
      'jwt.header.kid': 'the same for every request (policy.yaml:8:27)',
      'jwt.claims.iss': 'from each request: iss (policy.yaml:4:16)',
      'jwt.claims.exp': 'the time of minting + 60 s: 60 (policy.yaml:5:16)',
      'jwt.claims.iat': 'the time of minting',
    },
  ],
];

interface Failure {
  readonly what: string;
  readonly member: MemberFields;
  readonly warnings?: readonly { readonly code: string; readonly line: number; readonly suggestion: string }[];
}

async function failuresOf(files: Readonly<Record<string, string>>): Promise<readonly Failure[]> {
  const { 'a.test.yaml': file } = writeFiles(files);
  const { out, errors } = await runCommand(['test', file ?? assert.fail(), '--format', 'json']);
  return JSON.parse(out).files[0].cases[0]?.failures ?? assert.fail(out + errors);
}

function sourceOf({ comes, expression, file, line, column }: MemberFields): string {
  const source = expression === undefined ? comes : `${comes}: ${expression}`;
  return file === undefined ? source : `${source} (${basename(file)}:${line}:${column})`;
}

for (const [name, world, header, places] of rows) {
  test(`each failure of a ${name} policy has its place`, async () => {
    const cases = `config: mintproc.yaml\n${request}, expect: { ${header}, ${wanted} } }]\n`;
    const failures = await failuresOf({ ...world, 'a.test.yaml': cases });
    assert.deepEqual(Object.fromEntries(failures.map(({ what, member }) => [what, sourceOf(member)])), places);
  });
}

const misspelt = {
  'policy.yaml': flex,
  'mintproc.yaml': 'policies: [{ name: a, file: policy.yaml }]\nroutes: [{ match: {}, policies: [a] }]\n',
  'a.test.yaml': `config: mintproc.yaml\n${request}, caller: { claims: { sub: alice } }, expect: { jwt: { claims: { sub: alice, tenant: t1 } } } }]\n`,
};

test('a claim that is missing for a misspelt member has the warning about it, and no other has', async () => {
  const failures = await failuresOf(misspelt);
  assert.deepEqual(
    failures.map(({ what, warnings = [] }) => [what, warnings.map(({ code, line }) => [code, line])]),
    [
      ['jwt.claims.sub', [['dataweave.unknown-member', 11]]],
      ['jwt.claims.tenant', []],
    ],
  );
  assert.match(failures[0]?.warnings?.[0]?.suggestion ?? '', /Did you mean `authentication\.principal`\?/);
});

test('the warning is a line of the text', async () => {
  const { 'a.test.yaml': file } = writeFiles(misspelt);
  const { out } = await runCommand(['test', file]);
  assert.match(
    out,
    / {4}warning: .*\.principle`: .* Did you mean `authentication\.principal`\? \[dataweave\.unknown-member\]\n/,
  );
});
