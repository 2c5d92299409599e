/**
 * @module
 * The blocks of docs/ that are a part of a file: with the rest of it, they load.
 */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadedParts } from './loaded-parts.ts';
import { blocksOf, type LoadedForm } from './page-blocks.ts';

const project = join(import.meta.dirname, '..', '..', '..');

for (const path of globSync('docs/**/*.md', { cwd: project }).sort()) {
  for (const block of blocksOf(readFileSync(join(project, path), 'utf8'))) {
    if (block.mark?.kind !== 'loads') continue;
    const { as } = block.mark;
    test(`${path}:${block.line} loads as ${as}`, () => assert.deepEqual(loadedParts[as](block), []));
  }
}

const wrong: readonly [name: string, as: LoadedForm, language: string, text: string, error: string][] = [
  ['an unknown key', 'a part of mintproc.yaml', 'yaml', 'lisen: a\n', 'config.unknown-key'],
  [
    'an unknown policy',
    'a part of mintproc.yaml',
    'yaml',
    'routes: [{ match: {}, policies: [a] }]\n',
    '1:34: No policy',
  ],
  ['an unknown name of a key', 'a part of mintproc.yaml', 'yaml', policyWith('key: b'), 'keys.unknown-name'],
  ['a policy of no vendor', 'a policy', 'xml', '<GenerateJWT/>\n', 'policy.xml:1:'],
  ['a wrong expression', 'a policy', 'yaml', flexWith('#[attributes.headers[]'), 'policy.yaml:2:'],
  ['an unknown member of a case', 'a part of a test', 'yaml', 'expect: {}\nexpekt: {}\n', 'expekt'],
  ['an unknown member of a test', 'a part of a test', 'yaml', 'cases: []\nconfik: a\n', 'confik'],
];

function policyWith(member: string): string {
  return `policies: [{ name: partner, file: partner.flex.yaml, ${member} }]\n`;
}

function flexWith(claim: string): string {
  return `- policyRef: { name: jwt-generation-flex }
  config: { signingMethod: RS256, exp: 300, customClaims: [{ name: sub, value: "${claim}" }] }
`;
}

for (const [name, as, language, text, error] of wrong) {
  test(`${as} that does not load: ${name}`, () => {
    const errors = loadedParts[as]({ language, text }).join('\n');
    assert.ok(errors.includes(error), errors);
  });
}
