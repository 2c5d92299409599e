/**
 * @module
 * H14 and H15: keys instead of names, and lines that contain keys. No message repeats one, and the mistakes of authors
 * next to them still show their line.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatProblem } from '../../src/diagnostics/problem.ts';
import { loadConfiguration } from './loading.ts';
import { memoryFiles, secret } from './memory-files.ts';

/** 256 bits in base64url: 43 characters. */
const key = 'q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA';
const jwk = `{"kty":"oct","k":"${key}"}`;

const assembly = (properties: string, before = ''): string =>
  `${before}- jwt-generate:\n    iss-claim: request.headers.x-issuer\n    jws-alg: HS256\n    ${properties}\n`;
const setVariable = (value: string): string =>
  `- set-variable:\n    actions:\n      - set: hs-jwk\n        value: ${value}\n`;
const flex = (claims: string): string =>
  `- policyRef: { name: jwt-generation-flex }\n  config:\n    signingMethod: HS256\n    privateKey: ${key}\n    customClaims: ${claims}\n`;
const apigee = (inner: string): string =>
  `<GenerateJWT name="p">\n<Algorithm>HS256</Algorithm>\n<SecretKey>${inner}</SecretKey>\n</GenerateJWT>\n`;
const configuration = (entry: string, top = ''): string =>
  `policies: [{ name: p, file: policy${entry} }]\nroutes: [{ match: {}, policies: [p] }]\n${top}`;

type Row = readonly [name: string, policy: string, configuration: string, code: string, shown?: string];

const signed = flex('[]');
const rows: readonly Row[] = [
  [
    'H14: jws-jwk with a property that is a JWK',
    assembly('jws-jwk: $(hs-jwk)', setVariable(`'${jwk}'`)),
    configuration(''),
    'keys.missing',
  ],
  ['H14: a JWK as jws-jwk', assembly(`jws-jwk: '${jwk}'`), configuration(''), 'keys.missing'],
  ['H14: a secret as jws-crypto', assembly(`jws-crypto: '${key}'`), configuration(''), 'keys.missing'],
  [
    'H14: a JWK as the name of a key',
    assembly(`jws-crypto: k\n    custom-kid-value-jws: '${jwk}'`),
    configuration('', `keys: { k: { text: '${secret}' } }`),
    'datapower.invalid-kid',
  ],
  [
    'H14: a secret as the name of a key',
    assembly(`jws-crypto: k\n    custom-kid-value-jws: ${key}`),
    configuration('', `keys: { k: { text: '${secret}' } }`),
    'datapower.literal-kid',
  ],
  ['a secret as ref', apigee(`<Value ref="${key}"/>`), configuration(''), 'apigee.invalid-variable-name-for-secret'],
  ['a secret as private ref', apigee(`<Value ref="private.${key}"/>`), configuration(''), 'keys.missing'],
  ['a secret as an element', apigee(`<${key}/>`), configuration(''), 'policy.unknown-key'],
  ['a secret as an attribute', apigee(`<Value ${key}=""/>`), configuration(''), 'policy.unknown-key'],
  [
    'H15: a stray character behind a JWK',
    assembly('jws-jwk: hs-jwk', setVariable(`'${jwk}' x`)),
    configuration(''),
    'policy.syntax',
  ],
  [
    'H15: an unused key on one line',
    signed,
    configuration('', `keys: { spare: { jwk: { kty: EC, crv: P-256, x: ${key}, y: ${key}, d: ${key} } } }`),
    'keys.unused',
  ],
  ['a key as a file', signed, configuration(`, key: { file: ${key} }`), 'config.unreadable-file'],
  ['a key as a folder', signed, configuration(`, key: { directory: ${key} }`), 'config.unreadable-file'],
  ['a key as the key of a map', signed, configuration('', `keys: { ${key}: main }`), 'config.wrong-type'],
  ['a key as a setting', signed, configuration('', `? ${jwk}\n: 1`), 'config.syntax'],
  ['a key in an escape', signed, configuration('', `keys: { a: { text: "\\U${key}" } }`), 'config.syntax'],
  ['a key as a tag', signed, configuration('', `keys: { a: { text: !${key} x } }`), 'config.syntax'],
  ['a key as a signing method', signed.replace('HS256', key), configuration(''), 'policy.invalid-value'],
  [
    'a key as an expiry',
    flex('[]').replace('    customClaims', `    exp: ${key}\n    customClaims`),
    configuration(''),
    'policy.wrong-type',
  ],
  ['a key as an address', signed, configuration('', `admin: http://u:${key}@host`), 'config.invalid-value'],
  ['a key as an edition', signed, configuration('', `edition: ${key}`), 'config.invalid-value'],
  [
    'a key as an algorithm',
    apigee('<Value ref="private.k"/>').replace('HS256', key),
    configuration(''),
    'apigee.invalid-jwt-algorithm',
  ],
  ['a key instead of a second name', signed, configuration(`,\n name: ${key}`), 'config.syntax'],
  ['a key in a comment of the line', signed, configuration('', `listen: nowhere # ${key}`), 'config.invalid-value'],
  [
    'an expression next to an inline key',
    flex(`[{ name: tenant, value: "#[uper('a')]" }]`),
    configuration(''),
    'dataweave.unknown-name',
    `    customClaims: [{ name: tenant, value: "#[uper('a')]" }]`,
  ],
  [
    'an expression in a block',
    flex(`\n      - name: tenant\n        value: |\n          #[attributes.method\n          ++ uper('a')]`),
    configuration(''),
    'dataweave.unknown-name',
    "          ++ uper('a')]",
  ],
  ['a method', signed.replace('HS256', 'HS265'), configuration(''), 'policy.invalid-value', '    signingMethod: HS265'],
  [
    'a template of the configuration',
    signed,
    configuration('', "variables: { tenant: { template: '{uper(a)}' } }"),
    'apigee.invalid-template',
    "variables: { tenant: { template: '{uper(a)}' } }",
  ],
  [
    'an answer to unmatched requests',
    signed,
    configuration('', 'unmatched: dney'),
    'config.invalid-value',
    'unmatched: dney',
  ],
  [
    'the time of a reuse',
    signed,
    configuration(', reuse: { for: soon }'),
    'config.invalid-value',
    'policies: [{ name: p, file: policy, reuse: { for: soon } }]',
  ],
  [
    'a route',
    signed,
    configuration('').replace('[p] }', '[q] }'),
    'config.unknown-policy',
    'routes: [{ match: {}, policies: [q] }]',
  ],
];

for (const [name, policy, text, code, shown] of rows) {
  test(`${name}: ${shown === undefined ? 'nothing of it is shown' : 'its line is shown'}`, () => {
    const files = memoryFiles({ 'm.yaml': text, policy });
    const { problems } = loadConfiguration('m.yaml', { files, environment: {} });
    const found = problems.filter((problem) => problem.code === code);
    assert.ok(found.length > 0, problems.map((problem) => `${problem.code} ${problem.message}`).join('\n'));
    assert.ok(
      !problems.map(formatProblem).join('\n').includes(key.slice(0, 12)),
      problems.map(formatProblem).join('\n'),
    );
    if (shown !== undefined) assert.equal(found[0]?.excerpt, shown);
  });
}
