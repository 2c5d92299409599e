/**
 * The reading of deploy/Dockerfile refuses what it does not know, and fails as a build would.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { findTool } from '../find-tool.ts';
import { project } from '../samples/sample-folder.ts';
import { admittedBy, build, type Image, instructionsOf } from './dockerfile.ts';

const folder = mkdtempSync(join(tmpdir(), 'mintproc-dockerfile-'));
after(() => rmSync(folder, { recursive: true }));
const context = join(folder, 'context');
mkdirSync(context);
writeFileSync(join(context, 'a'), 'a');

function built(dockerfile: string, args: Readonly<Record<string, string>> = {}): Image {
  const into = mkdtempSync(join(folder, 'stages-'));
  return build(instructionsOf(dockerfile), { context, into, args, env: process.env });
}

const refused: [name: string, dockerfile: string, error: RegExp][] = [
  ['no instruction', 'FROM a\ncopy a b', /no instruction: copy a b/],
  ['an unknown instruction', 'FROM a\nADD a b', /ADD is an instruction that this test does not know/],
  ['a file that the context has not', 'FROM a\nCOPY b b', /no such file or directory/],
  ['a stage that is not there', 'FROM a\nCOPY --from=b a a', /no stage has this name/],
  ['a command that fails', 'FROM a\nRUN exit 3', /Command failed/],
  ['the form of a shell', 'FROM a\nENTRYPOINT node main.js', /JSON/],
];

for (const [name, dockerfile, error] of refused) {
  test(`refused: ${name}`, () => assert.throws(() => built(dockerfile), error));
}

test('an argument from before the first stage has its value in a stage that names it', () => {
  const label = ['a', 'b', 'c']
    .map((name) => `${name}="\${${name.toUpperCase()}}"`)
    .join(' ')
    .replace(/^/, 'LABEL ');
  const dockerfile = `ARG A=1\nFROM a\nARG A\nARG B=2\n${label}`;
  assert.deepEqual(built(dockerfile).labels, { a: '1', b: '2', c: '' });
  assert.deepEqual(built(dockerfile, { A: '3', C: '4' }).labels, { a: '3', b: '2', c: '' });
  assert.deepEqual(built(`ARG A=1\nFROM a\n${label}`).labels, { a: '', b: '', c: '' });
});

test('a command sees the files and the arguments of its stage', () => {
  const { root } = built(
    'FROM a AS one\nARG X=7\nWORKDIR /w\nCOPY a ./\nRUN echo "$X" >> a\nFROM b\nWORKDIR /v\nCOPY --from=one /w w',
  );
  assert.equal(readFileSync(join(root, 'v/w/a'), 'utf8'), 'a7\n');
});

test('refused: an ignore file that does not exclude everything first', () => {
  assert.deepEqual(admittedBy('# why\n*\n!src\n'), ['src']);
  assert.throws(() => admittedBy('node_modules\n'), /no list of admitted paths/);
  assert.throws(() => admittedBy('*\n!src/**/*.ts\n'), /no list of admitted paths/);
});

const hadolint = findTool('hadolint');

test('hadolint accepts the Dockerfile, and refuses one with a mistake', { skip: hadolint.skip }, () => {
  const lint = (text: string) => spawnSync(hadolint.file, ['-'], { encoding: 'utf8', input: text });
  const text = readFileSync(join(project, 'deploy', 'Dockerfile'), 'utf8');
  const { status, stdout } = lint(text);
  assert.deepEqual([status, stdout], [0, '']);
  assert.match(lint(text.replace('USER 1000:1000', 'USER root')).stdout, /DL3002/);
});
