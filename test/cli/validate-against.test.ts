/**
 * @module
 * `validate --against`: what a new configuration would change, with its own files and those of the old one.
 */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { flexPolicy } from '../configuration/memory-files.ts';
import { runCommand, writeFiles } from './captured-terminal.ts';

const configuration = (names: readonly string[], more = ''): string =>
  `policies: [${names.map((name) => `{ name: ${name}, file: ${name}.yaml }`).join(', ')}]\nroutes: [{ match: {}, policies: [a] }]\nvariables: { tier: { file: tier.txt }, private.key: { env: SECRET } }\n${more}`;

const paths = writeFiles({
  'mintproc.yaml': configuration(['a', 'b'], 'publishVariables: true\n'),
  'a.yaml': flexPolicy({ iss: 'one' }),
  'b.yaml': flexPolicy({ iss: 'one' }),
  'tier.txt': 'gold',
  'bad.yaml': `${configuration(['a'])}unknown: 1\n`,
  'empty.yaml': '',
});
/** The old one lies in a folder of its own, with files of the same names. */
const folder = join(dirname(paths['mintproc.yaml']), 'old');
mkdirSync(folder);
const old = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
old('a.yaml', flexPolicy({ iss: 'two' }));
old('c.yaml', flexPolicy({ iss: 'one' }));
old('tier.txt', 'silver');
const before = old('mintproc.yaml', configuration(['a', 'c']));
const incomplete = old('incomplete.yaml', configuration(['a', 'd']));

test('what changes is listed by names, and is not an error', async () => {
  const { code, out } = await runCommand(['validate', paths['mintproc.yaml'], '--against', before]);
  assert.equal(code, 0);
  const [, told] = out.split('changed against');
  assert.equal(
    told,
    ` ${before}:\n  policies: added b; removed c; changed a\n  keys: added key of b; removed key of c\n  variables: changed tier\n  settings: changed publishVariables\n`,
  );
  assert.doesNotMatch(out, /gold|silver|thirty-two/);
});

test('the same as data', async () => {
  const ran = await runCommand(['validate', paths['mintproc.yaml'], '--against', before, '--format', 'json']);
  const { comparison } = JSON.parse(ran.out);
  assert.deepEqual([comparison.against, comparison.errors], [before, 0]);
  assert.deepEqual(comparison.changes.policies, { added: ['b'], removed: ['c'], changed: ['a'] });
  assert.equal(comparison.changes.reordered, false);
});

test('a copy of itself differs in nothing', async () => {
  const { out } = await runCommand(['validate', paths['mintproc.yaml'], '--against', paths['mintproc.yaml']]);
  assert.match(out, /the same as in /);
});

test('an old configuration whose files are not all there is compared as far as it can be read', async () => {
  const { code, out } = await runCommand(['validate', paths['mintproc.yaml'], '--against', incomplete]);
  assert.equal(code, 0);
  assert.match(out, /policies: added b; removed d; changed a\n/);
  assert.match(out, /has errors \(1\)/);
});

const refused: readonly [what: string, line: readonly string[], code: number, said: RegExp][] = [
  ['no configuration to compare', [paths['a.yaml'], '--against', before], 2, /exactly one new mintproc\.yaml/],
  ['two configurations', [paths['mintproc.yaml'], before, '--against', before], 2, /exactly one new mintproc\.yaml/],
  [
    'an old one that is not there',
    [paths['mintproc.yaml'], '--against', 'nowhere.yaml'],
    1,
    /nowhere\.yaml does not exist/,
  ],
  [
    'an old one that is empty',
    [paths['mintproc.yaml'], '--against', paths['empty.yaml']],
    1,
    /there is nothing to compare/,
  ],
];

for (const [what, line, code, said] of refused) {
  test(`--against with ${what}`, async () => {
    const ran = await runCommand(['validate', ...line]);
    assert.equal(ran.code, code);
    assert.match(ran.errors, said);
  });
}

test('a new configuration with errors is compared too, and its exit code is 1', async () => {
  const { code, out } = await runCommand(['validate', paths['bad.yaml'], '--against', before]);
  assert.equal(code, 1);
  assert.match(out, /policies: removed c; changed a\n/);
  assert.doesNotMatch(out, /variables: |settings: /);
  assert.match(out, /The new configuration has errors \(1\)/);
});
