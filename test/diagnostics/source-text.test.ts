import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SourceText } from '../../src/diagnostics/source-text.ts';

const file = SourceText.ofFile('a.yaml', 'ab\ncd\r\n\nef');

const places: [offset: number, line: number, column: number][] = [
  [0, 1, 1],
  [1, 1, 2],
  [2, 1, 3],
  [3, 2, 1],
  [6, 2, 4],
  [7, 3, 1],
  [8, 4, 1],
  [10, 4, 3],
];

for (const [offset, line, column] of places) {
  test(`offset ${offset} is at ${line}:${column}`, () => {
    assert.deepEqual(file.placeAt(offset), { file: 'a.yaml', line, column });
  });
}

const lines: [line: number, text: string][] = [
  [1, 'ab'],
  [2, 'cd'],
  [3, ''],
  [4, 'ef'],
  [5, ''],
  [0, ''],
];

for (const [line, text] of lines) {
  test(`line ${line} is ${JSON.stringify(text)}`, () => assert.equal(file.lineText(line), text));
}

const inner = file.embed('bce', [1, 3, 8, 9]);

const embedded: [name: string, text: SourceText, offset: number, line: number, column: number][] = [
  ['the first character', inner, 0, 1, 2],
  ['one of another line', inner, 1, 2, 1],
  ['the end', inner, 3, 4, 2],
  ['behind the end', inner, 99, 4, 2],
  ['before the beginning', inner, -1, 1, 2],
  ['a slice', inner.slice(1), 0, 2, 1],
  ['a slice of the file', file.slice(3, 5), 1, 2, 2],
  ['embedded in a slice', file.slice(3).embed('d', [1, 2]), 0, 2, 2],
  ['embedded in what is embedded', inner.embed('e', [2, 3]), 0, 4, 1],
];

for (const [name, text, offset, line, column] of embedded) {
  test(`the way back into the file: ${name}`, () => {
    assert.deepEqual(text.placeAt(offset), { file: 'a.yaml', line, column });
    assert.equal(text.lineText(4), 'ef');
  });
}

test('a slice holds its part', () => {
  assert.equal(file.slice(3, 5).text, 'cd');
  assert.equal(inner.slice(1).text, 'ce');
});
