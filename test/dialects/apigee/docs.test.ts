import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { loadConfiguration } from '../../../src/configuration/load.ts';
import { deploymentErrors } from '../../../src/dialects/apigee/deployment-errors.ts';
import { templateFunctions } from '../../../src/dialects/apigee/template-functions.ts';
import { decideAtOnce } from '../../at-once.ts';
import { memoryFiles, request } from '../../configuration/memory-files.ts';
import { blocksRunBy } from '../../docs/run-pages/blocks-run-by.ts';
import { blocksOf } from '../../docs/run-pages/page-blocks.ts';
import { identifier, keys } from './conformance-case.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const page = readFileSync(join(root, 'docs/dialects/apigee.md'), 'utf8');

const [{ text: configuration } = { text: '' }] = blocksRunBy('docs/dialects/apigee.md', import.meta.filename);
const policy = blocksOf(page).find(({ language }) => language === 'xml')?.text ?? '';

test('the examples of the page load as one configuration, and the policy mints a token', () => {
  const pem = keys['rsa']?.export({ format: 'pem', type: 'pkcs8' }).toString() ?? '';
  const { policies } = parse(configuration);
  const files = { 'mintproc.yaml': configuration, [policies[0].file]: policy, 'keys/partner.pem': pem };
  const { snapshot, problems } = loadConfiguration('mintproc.yaml', { files: memoryFiles(files) });
  assert.deepEqual(problems, []);
  assert.ok(snapshot);
  const decision = decideAtOnce(snapshot, { clock: () => 0, randomId: () => identifier })(request({}));
  assert.equal(decision.kind, 'forward');
  const payload = decision.set[0]?.[1].split('.')[1] ?? '';
  assert.equal(JSON.parse(Buffer.from(payload, 'base64url').toString()).sub, 'anonymous');
});

test('the page lists every template function', () => {
  const listed = page.slice(page.indexOf('The functions:'), page.indexOf('Not supported:'));
  const missing = [...templateFunctions.keys()].filter(
    (name) => !listed.includes(`\`${name}\``) && !listed.includes(`\`${name.replace('Base64', 'Hex')}\``),
  );
  assert.deepEqual(missing, []);
});

test('the page lists every deployment error', () => {
  const listed = page.slice(page.indexOf('## Deployment errors'));
  assert.deepEqual(
    Object.keys(deploymentErrors).filter((name) => !listed.includes(name)),
    [],
  );
});

test('every link of the page points to a file', () => {
  const links = Array.from(page.matchAll(/\]\(([^)#]+)[^)]*\)/g), ([, link = '']) => link);
  assert.ok(links.length > 30);
  assert.deepEqual(
    links.filter((link) => !existsSync(join(root, 'docs/dialects', link))),
    [],
  );
});

test('every row about elements and editions links to its cases', () => {
  const tables = page.slice(page.indexOf('## Editions'), page.indexOf('**Unresolved variables.**'));
  const rows = tables.split('\n').filter((line) => /^\| (?!Element|\|)/.test(line));
  assert.ok(rows.length > 20);
  assert.deepEqual(
    rows.filter((row) => !/\]\([^)]+\) \|$/.test(row)),
    [],
  );
});
