/**
 * @module
 * A secret in the wrong place is refused, and no message quotes it.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatProblem } from '../../src/diagnostics/problem.ts';
import { loadConfiguration } from './loading.ts';
import { memoryFiles } from './memory-files.ts';

const misplaced = 'Hunter2-Zebra';

function configuration(entry: string, top = ''): string {
  return `policies:\n  - name: p\n    file: p.yaml\n${entry}routes:\n  - match: {}\n    policies: [p]\n${top}`;
}

function policy(key: string): string {
  return [
    '- policyRef: { name: jwt-generation-flex }',
    '  config:',
    '    signingMethod: ES256',
    key,
    '    iat: true',
    '    exp: 300',
    '    nbf: 0',
    '    customClaims: []',
    '    customHeaders: []',
  ].join('\n');
}

const inConfiguration: [name: string, text: string, code: string][] = [
  ['in place of a name', configuration(`    key: ${misplaced}\n`), 'keys.unknown-name'],
  ['as a variable', configuration(`    key: { env: ${misplaced} }\n`), 'keys.no-variable'],
  ['as a passphrase', configuration(`    key: { text: x, passphrase: { env: ${misplaced} } }\n`), 'keys.no-variable'],
  [
    'PEM as a file',
    configuration(`    key:\n      file: |\n        -----BEGIN PRIVATE KEY-----\n        ${misplaced}\n`),
    'config.invalid-value',
  ],
  [
    'PEM on one line as the file of a recipient',
    configuration(`    recipient: { file: "-----BEGIN PUBLIC KEY-----\\\\n${misplaced}" }\n`),
    'config.invalid-value',
  ],
  [
    'as the header of a route',
    `policies: [{ name: p, file: p.yaml }]\nroutes: [{ match: { headers: { x-api-key: "${misplaced} " } }, policies: [p] }]\n`,
    'config.invalid-value',
  ],
  [
    'as the parameter of a route',
    `policies: [{ name: p, file: p.yaml }]\nroutes: [{ match: { query: { key: "${misplaced}%20" } }, policies: [p] }]\n`,
    'config.encoded-condition',
  ],
  ['in braces', configuration(`    key: { ${misplaced} }\n`), 'config.unknown-key'],
  ['below `keys`', configuration('', `keys:\n  k:\n    ${misplaced}\n`), 'config.wrong-type'],
  ['as an alias', configuration('', `keys:\n  k: { text: *${misplaced} }\n`), 'config.syntax'],
  ['not indented', configuration('', `keys:\n  k:\n    text:\n      ${misplaced}\n     bad: x\n`), 'config.syntax'],
  ['as a private variable', configuration('', `variables:\n  private.p:\n    ${misplaced}\n`), 'variables.private'],
  [
    'as the variable of a private variable',
    configuration('', `variables:\n  private.p: { env: ${misplaced} }\n`),
    'variables.unreadable',
  ],
  ['in place of the audit', configuration('', `log: { audit: ${misplaced} }\n`), 'config.wrong-type'],
  [
    'as the password of an issuer, which would be published',
    configuration('', `jwks: { listen: "127.0.0.1:0", issuer: "https://user:${misplaced}@tokens.example.com" }\n`),
    'config.invalid-value',
  ],
];

const inPolicy: [name: string, key: string, code: string][] = [
  ['not PEM', `    privateKey: |\n      ${misplaced}`, 'keys.not-pem'],
  ['a map', `    privateKey:\n      value: ${misplaced}`, 'policy.wrong-type'],
  ['a list', `    privateKey:\n      - ${misplaced}`, 'policy.wrong-type'],
  ['less indented', `    privateKey: |\n        -----\n    ${misplaced}`, 'policy.syntax'],
  ['not indented', `    privateKey: |\n${misplaced}`, 'policy.syntax'],
  ['indented by a tab', `    privateKey: |\n\t${misplaced}`, 'policy.syntax'],
  ['a wrong escape', `    privateKey:\n      "\\q${misplaced}"`, 'policy.syntax'],
  ['an open quote', `    privateKey:\n      "${misplaced}`, 'policy.syntax'],
  ['an alias', `    privateKey:\n      *${misplaced}`, 'policy.syntax'],
];

const valid = policy('    privateKey: none');
type Case = [name: string, files: Record<string, string>, code: string];
const cases: Case[] = [
  ...inConfiguration.map(([name, text, code]): Case => [name, { 'm.yaml': text, 'p.yaml': valid }, code]),
  ...inPolicy.map(
    ([name, key, code]): Case => [`in a policy, ${name}`, { 'm.yaml': configuration(''), 'p.yaml': policy(key) }, code],
  ),
];
for (const [name, contents, code] of cases) {
  test(`a misplaced secret is not quoted: ${name}`, () => {
    const { problems } = loadConfiguration('m.yaml', { files: memoryFiles(contents), environment: {} });
    assert.ok(
      problems.some((problem) => problem.code === code),
      problems.map(({ code }) => code).join(' '),
    );
    assert.doesNotMatch(problems.map(formatProblem).join('\n'), /Hunter2|Zebra/);
  });
}
