import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PageFolder } from './page-folder.ts';
import { compareOutputs, runBlocks } from './run-blocks.ts';

async function follow(page: string): Promise<void> {
  using folder = new PageFolder();
  for await (const ran of runBlocks('page.md', page, folder, { withEnvoy: false, compareFiles: true })) {
    compareOutputs('page.md', ran);
  }
}

const console = (mark: string, text: string): string => `<!-- ${mark} -->\n\`\`\`console\n${text}\`\`\`\n`;

const good: readonly [name: string, page: string][] = [
  ['what is printed', console('run', '$ echo a\na\n')],
  ['a command that fails, as the page says', console('run, exit 1', '$ echo a\na\n$ false\n')],
  ['one of ours', console('run', '$ mintproc help route.none | head -1\nroute.none\n')],
  ['a file and a part of it', '<!-- file: a/b -->\n```text\nx\ny\n```\n\n<!-- shows: a/b -->\n```text\ny\n```\n'],
  ['a folder and a variable', console('run', '$ mkdir a\n$ cd a\n$ NAME=$(basename "$PWD")\n$ echo "$NAME"\na\n')],
  ['nothing of what needs Envoy', console('run with Envoy', '$ false\n')],
];

for (const [name, page] of good) test(`a page is right: ${name}`, () => follow(page));

const wrong: readonly [name: string, page: string, message: RegExp][] = [
  ['another output', console('run', '$ echo a\nb\n'), /^page\.md:2: `echo a` prints something else/],
  ['a command that fails', `\n\n${console('run', '$ false\n')}`, /^page\.md:4: `false` exits with 1, not 0/],
  ['a command that does not fail', console('run, exit 1', '$ true\n'), /exits with 0, not 1/],
  ['one of ours that fails', console('run', '$ mintproc validate none.yaml\n'), /exits with 1, not 0/],
  [
    'another file',
    '<!-- file: a -->\n```text\nx\n```\n\n<!-- shows: a -->\n```text\ny\n```\n',
    /^page\.md:7 is no part of a/,
  ],
  ['out of the clone', console('run', '$ cd ../..\n'), /leaves the clone/],
];

for (const [name, page, message] of wrong) {
  test(`a page is wrong: ${name}`, () => assert.rejects(follow(page), { message }));
}
