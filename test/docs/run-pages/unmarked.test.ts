/**
 * @module
 * Every command of ours and every configuration in docs/ is run by a test, or says why it is not.
 */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
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

/** Pages whose blocks have no marks yet. A page that gets its marks leaves the list; no page is added. */
const notConverted: readonly string[] = [
  'docs/commands.md',
  'docs/dialects/apigee.md',
  'docs/dialects/datapower.md',
  'docs/dialects/flex.md',
  'docs/ext-authz.md',
  'docs/guides/envoy-gateway.md',
  'docs/guides/envoy.md',
  'docs/guides/istio.md',
  'docs/guides/kgateway.md',
  'docs/guides/kubernetes.md',
  'docs/keys.md',
  'docs/library.md',
  'docs/operations.md',
  'docs/tracing.md',
];

function leftOf(path: string): readonly Block[] {
  const languages = wholePages[path]?.languages ?? [];
  return unmarkedBlocks(read(path)).filter(({ language }) => !languages.includes(language));
}

for (const path of pages) {
  const isListed = notConverted.includes(path);
  test(`${path}: ${isListed ? 'has blocks without a mark, as the list says' : 'every block is run or says why not'}`, () => {
    const left = leftOf(path).map(({ line, text }) => `${path}:${line}: ${text.split('\n')[0]}`);
    if (isListed) assert.notDeepEqual(left, [], 'Remove it from the list.');
    else assert.deepEqual(left, [], 'test/docs/run-pages/page-blocks.ts lists the marks.');
  });
}

test('the pages of the lists exist', () => {
  const named = [...notConverted, ...Object.keys(wholePages)];
  assert.deepEqual(
    named.filter((path) => !pages.includes(path)),
    [],
  );
});

test('a test that a page or the list names exists, and names the page', () => {
  const byMark = pages.flatMap((path) =>
    blocksOf(read(path)).flatMap(({ mark }) => (mark?.kind === 'run by' ? [[path, mark.test] as const] : [])),
  );
  const wrong = byMark.filter(
    ([path, name]) => !existsSync(join(project, name)) || !read(name).includes(basename(path)),
  );
  assert.deepEqual(wrong, []);
  assert.deepEqual(
    Object.values(wholePages).filter((row) => !existsSync(join(project, row.test))),
    [],
  );
});

const samples: readonly [name: string, page: string, lines: readonly number[]][] = [
  ['a command', '```sh\nmintproc validate a.yaml\n```\n', [1]],
  ['a command in a block of text', 'Text\n\n```text\n$ mintproc mint\n```\n', [3]],
  ['a configuration in a list', '- so:\n\n  ```yaml\n  a: 1\n  ```\n', [3]],
  ['a mark', '<!-- run -->\n```sh\nmintproc validate a.yaml\n```\n', []],
  ['a mark and an empty line', '<!-- file: a.yaml -->\n\n```yaml\na: 1\n```\n', []],
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

for (const mark of ['run fast', 'not run: because', 'file:', 'run by me']) {
  test(`<!-- ${mark} --> is refused`, () => {
    assert.throws(() => blocksOf(`<!-- ${mark} -->\n\`\`\`sh\nls\n\`\`\`\n`), /is no mark/);
  });
}
