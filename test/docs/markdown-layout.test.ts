import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { layoutFindings } from './markdown-layout.ts';
import { tableWithNotes } from './table.ts';
import { wrapped } from './wrap.ts';

const root = join(import.meta.dirname, '..', '..');
/** What `mintproc import` writes has a sentence of the report on a line, however long. */
const imported = ':(exclude)test/migration/results';
const pages = execFileSync('git', ['ls-files', '-z', '--', '*.md', imported], { cwd: root, encoding: 'utf8' }).split(
  '\0',
);

test('every page wraps at 120 columns and has no table cell over 160 characters', () => {
  const tracked = pages.filter((page) => page !== '');
  assert.ok(tracked.includes('README.md') && tracked.includes('CHANGELOG.md'));
  const found = tracked.flatMap((page) => layoutFindings(page, readFileSync(join(root, page), 'utf8')));
  assert.deepEqual(found, []);
});

const words = (count: number, last: number): string => `${'abc '.repeat(count)}${'x'.repeat(last)}`;

const layouts: [name: string, page: string, findings: readonly string[]][] = [
  ['a line of 120 columns', words(29, 4), []],
  ['a line of 121 columns', words(29, 5), ['p:1: The line has 121 columns; the maximum is 120.']],
  ['a list item of 121 columns', `\n- ${words(29, 3)}`, ['p:2: The line has 121 columns; the maximum is 120.']],
  ['a heading of 121 columns', `# ${words(29, 3)}`, ['p:1: The line has 121 columns; the maximum is 120.']],
  ['120 characters outside the BMP', '😀 '.repeat(60), []],
  ['a long code span alone on its line', `  \`${words(40, 1)}\``, []],
  ['a long code span after a word', `See \`${words(40, 1)}\``, ['p:1: The line has 167 columns; the maximum is 120.']],
  ['a long address as a list item', `- https://example.com/${'x'.repeat(120)}`, []],
  ['a long link target', `[x](${'x'.repeat(120)})`, []],
  ['a block of code', `\`\`\`\n${words(40, 1)}\n\`\`\`\nafter`, []],
  [
    'after a block of code',
    `\`\`\`\ncode\n\`\`\`\n${words(40, 1)}`,
    ['p:4: The line has 161 columns; the maximum is 120.'],
  ],
  ['a long table row of short cells', `| ${'x'.repeat(100)} | ${'x'.repeat(100)} |`, []],
  ['a cell of 160 characters', `| a | ${'x'.repeat(160)} |`, []],
  [
    'a cell of 161 characters',
    `| a | ${'x'.repeat(161)} |`,
    ['p:1: A table cell has 161 characters; the maximum is 160.'],
  ],
  ['an escaped bar does not end a cell', `| ${'x'.repeat(100)}\\|${'x'.repeat(58)} |`, []],
];

for (const [name, page, findings] of layouts) {
  test(`layout: ${name}`, () => assert.deepEqual(layoutFindings('p', page), findings));
}

const wraps: [name: string, text: string, first: string, lines: readonly string[]][] = [
  ['short', 'a\n  b', '', ['a b']],
  ['a paragraph', words(30, 3), '', ['abc '.repeat(30).trim(), 'xxx']],
  ['a list item', words(30, 3), '- ', [`- ${'abc '.repeat(29).trim()}`, '  abc xxx']],
  ['a code span stays whole', `${words(28, 3)} \`a b c\``, '', [words(28, 3), '`a b c`']],
  ['no line begins with a list marker', `${words(29, 3)} - b`, '', [`${words(29, 3)} -`, 'b']],
];

for (const [name, text, first, lines] of wraps) {
  test(`wrapping: ${name}`, () => assert.deepEqual(wrapped(text, first).split('\n'), lines));
}

const sentence = `X${'x'.repeat(97)}.`;
const clause = `a${'x'.repeat(97)}`;

const tables: [name: string, cell: string, below: string][] = [
  ['a cell that fits', sentence, `| a | ${sentence} |\n`],
  ['two sentences', `${sentence} ${sentence}`, `| a | ${sentence} |\n\n- a: ${sentence}\n`],
  ['two clauses', `${clause}; ${clause}.`, `| a | ${clause}. |\n\n- a: A${clause.slice(1)}.\n`],
  ['one long sentence', `a${clause}${clause}.`, `| a | See below. |\n\n- a:\n  a${clause}${clause}.\n`],
  ['alternatives', `${clause}<br>${clause}`, `| a | See below. |\n\n- a: ${clause},\n  ${clause}\n`],
];

for (const [name, cell, below] of tables) {
  test(`table with notes: ${name}`, () => {
    assert.equal(tableWithNotes(['A', 'B'], [['a', cell]]), `| A | B |\n| --- | --- |\n${below}`);
  });
}
