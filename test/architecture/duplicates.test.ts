import assert from 'node:assert/strict';
import { test } from 'node:test';
import { duplicates, shortestCopy } from './duplicates.ts';

function lines(count: number): string {
  return Array.from({ length: count }, (_, i) => `line(${i});\n`).join('');
}

const copies: [name: string, first: string, second: string, found: string[]][] = [
  ['one line too few', lines(shortestCopy - 1), lines(shortestCopy - 1), []],
  [
    'as many as make a copy',
    lines(shortestCopy),
    `other();\n${lines(shortestCopy)}`,
    ['a:1 and b:2: 8 lines are the same'],
  ],
  ['a longer copy is one copy', lines(20), lines(20), ['a:1 and b:1: 20 lines are the same']],
  ['indentation does not hide it', lines(8), lines(8).replace(/^/gm, '  '), ['a:1 and b:1: 8 lines are the same']],
  ['comments do not hide it', lines(8), lines(8).replace(/^/gm, '// a\n'), ['a:1 and b:2: 8 lines are the same']],
  ['punctuation does not hide it', lines(8), lines(8).replaceAll('\n', '\n}\n'), ['a:1 and b:1: 8 lines are the same']],
  [
    'imports do not count',
    `import {\n${lines(8).replaceAll(';', ',')}} from 'x';`,
    `import {\n${lines(8).replaceAll(';', ',')}} from 'x';`,
    [],
  ],
  ['twice in one file', `${lines(8)}other();\n${lines(8)}`, '', ['a:1 and a:10: 8 lines are the same']],
];

for (const [name, first, second, found] of copies) {
  test(`copies: ${name}`, () => {
    const files = [
      { path: 'a', text: first },
      { path: 'b', text: second },
    ];
    assert.deepEqual(duplicates(files), found);
  });
}
