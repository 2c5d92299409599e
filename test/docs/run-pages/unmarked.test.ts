/**
 * @module
 * Every command of ours and every configuration in docs/ is run by a test, or says why it is not.
 */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { askingFor } from './blocks-run-by.ts';
import { commandsIn } from './console.ts';
import { type Block, blocksOf } from './page-blocks.ts';
import { unmarkedBlocks } from './unmarked.ts';

const project = join(import.meta.dirname, '..', '..', '..');
const pages = globSync('docs/**/*.md', { cwd: project }).sort();
const read = (path: string): string => readFileSync(join(project, path), 'utf8');

/** Pages all of whose blocks in these languages are read by a test of their own. */
const wholePages: Readonly<Record<string, { readonly languages: readonly string[]; readonly test: string }>> = {
  'docs/configuration.md': { languages: ['yaml'], test: 'test/configuration/configuration-docs.test.ts' },
  'docs/rules.md': { languages: ['yaml', 'xml'], test: 'test/docs/rule-examples.test.ts' },
};

function leftOf(path: string): readonly Block[] {
  const languages = wholePages[path]?.languages ?? [];
  return unmarkedBlocks(read(path)).filter(({ language }) => !languages.includes(language));
}

for (const path of pages) {
  test(`${path}: every block is run or says why not`, () => {
    const left = leftOf(path).map(({ line, text }) => `${path}:${line}: ${text.split('\n')[0]}`);
    assert.deepEqual(left, [], 'test/docs/run-pages/page-blocks.ts lists the marks.');
  });
}

test('the pages of the list exist, and their tests', () => {
  const named = Object.entries(wholePages).flatMap(([path, row]) => [path, row.test]);
  assert.deepEqual(
    named.filter((path) => !existsSync(join(project, path))),
    [],
  );
});

const marked = pages.flatMap((path) => blocksOf(read(path)).map((block) => ({ path, ...block })));

test('a test that a mark names gets the blocks of the page by their mark', () => {
  const wrong = marked.filter(({ path, mark }) => {
    if (mark?.kind !== 'run by') return false;
    return !existsSync(join(project, mark.test)) || !read(mark.test).includes(askingFor(path));
  });
  assert.deepEqual(
    wrong.map(({ path, line }) => `${path}:${line}`),
    [],
  );
});

test('a page that a mark names runs the commands of the block', () => {
  const wrong = marked.flatMap(({ path, line, text, mark }) => {
    if (mark?.kind !== 'elsewhere') return [];
    const there = marked.filter((block) => block.path === mark.page && block.mark?.kind === 'run');
    const run = new Set(there.flatMap((block) => commandsIn(block.text)));
    const commands = commandsIn(text);
    assert.notDeepEqual(commands, [], `${path}:${line} has no command of mintproc`);
    return commands.filter((command) => !run.has(command)).map((command) => `${path}:${line}: mintproc ${command}`);
  });
  assert.deepEqual(wrong, []);
});

const samples: readonly [name: string, page: string, lines: readonly number[]][] = [
  ['a command', '```sh\nmintproc validate a.yaml\n```\n', [1]],
  ['a command in a block of text', 'Text\n\n```text\n$ mintproc mint\n```\n', [3]],
  ['a configuration in a list', '- so:\n\n  ```yaml\n  a: 1\n  ```\n', [3]],
  ['a mark', '<!-- run -->\n```sh\nmintproc validate a.yaml\n```\n', []],
  ['a mark and an empty line', '<!-- file: a.yaml -->\n\n```yaml\na: 1\n```\n', []],
  ['a part', '<!-- loads as a part of mintproc.yaml -->\n```yaml\na: 1\n```\n', []],
  ['a reason', '<!-- not run: needs a cluster -->\n```sh\nkubectl get pods\n```\n', []],
  ['another comment', '<!-- codes: written -->\n```yaml\na: 1\n```\n', [2]],
  ['a result', '```json\n{}\n```\n\n```text\nmintproc: ready\n```\n', []],
];

for (const [name, page, lines] of samples) {
  test(`what needs a mark: ${name}`, () => {
    assert.deepEqual(
      unmarkedBlocks(page).map(({ line }) => line),
      lines,
    );
  });
}

for (const mark of ['run fast', 'not run: because it is long', 'file:', 'run by me', 'loads as it is']) {
  test(`<!-- ${mark} --> is refused`, () => {
    assert.throws(() => blocksOf(`<!-- ${mark} -->\n\`\`\`sh\nls\n\`\`\`\n`), /is no mark/);
  });
}
