import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { exempt, phraseFindings, searched } from './plain-english.ts';

const root = join(import.meta.dirname, '..', '..');
const tracked = execFileSync('git', ['ls-files', '-z', '--', ...searched], { cwd: root, encoding: 'utf8' }).split('\0');
const isExempt = (path: string): boolean => exempt.some((pattern) => pattern.test(path));

test('no file uses a phrase of the list', () => {
  const files = tracked.filter((path) => path !== '' && !isExempt(path));
  assert.ok(files.includes('README.md') && files.includes('config/mintproc.yaml'));
  const found = files.flatMap((path) => phraseFindings(path, readFileSync(join(root, path), 'utf8')));
  assert.deepEqual(found, []);
});

const texts: [name: string, text: string, findings: readonly string[]][] = [
  ['plain English', 'A token is reused within its second.', []],
  ['a phrase', 'A token that is given out again.', ['f:1: "given out again": write reuse']],
  ['the end of a line', 'a\nA text that is none', ['f:2: "is none": write is not a …, there is no …, without …']],
  ['more text behind it', 'Why is none of these here?', []],
  ['there is none', 'Without a key there is none.', []],
  ['a line break', 'It is given\nout again.', ['f:1: "given out again": write reuse']],
  ['a line break in a comment', '/**\n * It is given\n * out again.\n */', ['f:2: "given out again": write reuse']],
  ['a line break in YAML', '# handed\n# on', ['f:1: "handed on": write forward, pass on']],
  ['any case', 'Blanks', ['f:1: "Blanks": write spaces, white space']],
  ['an identifier', 'const mostBytes = 1;', ['f:1: "mostBytes": write an identifier that begins with "max"']],
  ['a word that begins like one', 'mostly; almostAll', []],
  ['an error code', '`route.untold`', []],
  [
    'two, in their order',
    'untold\n\nbelieved',
    ['f:1: "untold": write not sent, not reported', 'f:3: "believed": write trust'],
  ],
  ['the title of a test', '`test/a.test.ts › untold`', []],
  [
    'a generated part of a page',
    '<!-- codes: written by `npm run docs` -->\nuntold\n<!-- end of codes -->\nuntold',
    ['f:4: "untold": write not sent, not reported'],
  ],
  ['after the title of a test', '`test/a.test.ts › a`, untold', ['f:1: "untold": write not sent, not reported']],
];

for (const [name, text, findings] of texts) {
  test(`phrases: ${name}`, () => assert.deepEqual(phraseFindings('f', text), findings));
}

const files: [path: string, exempted: boolean][] = [
  ['docs/glossary.md', true],
  ['test/docs/plain-english.ts', true],
  ['test/conformance/flex/fields.yaml', true],
  ['test/conformance/apigee/README.md', false],
  ['config/mintproc.schema.json', true],
  ['config/mintproc.yaml', false],
  ['docs/keys.md', false],
];

for (const [path, exempted] of files) {
  test(`${path} ${exempted ? 'may' : 'may not'} use the phrases`, () => assert.equal(isExempt(path), exempted));
}
