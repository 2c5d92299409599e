import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SourceText } from '../../src/diagnostics/source-text.ts';
import { writtenAt } from '../../src/documents/written-at.ts';

const yaml = 'a: x\nlist: [one, "t\\x77o"]\n---\nb: |\n  y\n  z\n';
const xml = '<A>\n  <B c="1>2">text</B><C/>\n  <D><E/></D>\n</A>';
const long = (size: number): string => `<A>${'x'.repeat(size - '<A></A>'.length)}</A>`;

/** Where `at` begins in the text, and what is written there; undefined if there is neither a scalar nor an element. */
const places: [name: string, text: string, at: string, found: string | undefined, end?: number][] = [
  ['a scalar', yaml, 'x', 'x', 4],
  ['the last character of a scalar', yaml, 'e, ', 'one', 15],
  ['a scalar in quotes', yaml, '"t', 'two', 25],
  ['a scalar of a later document', yaml, 'y\n', 'y\nz\n', 44],
  ['a key', yaml, 'list', 'list', 9],
  ['no scalar', yaml, '[', undefined],
  ['an element', xml, '<B', '<B c="1>2">text</B>', 25],
  ['the name of an element', xml, 'B c', '<B c="1>2">text</B>', 25],
  ['an empty element', xml, '<C', '<C/>', 29],
  ['an element with others in it', xml, '<D', undefined],
  ['an element whose start tag has no end', '<A b="c"', '<A', undefined],
  ['an element of the largest size', long(20_000), '<A', long(20_000), 20_000],
  ['a larger element', long(20_002), '<A', undefined],
];

for (const [name, text, at, found, end] of places) {
  test(`what is written at ${name}`, () => {
    const source = SourceText.ofFile('f', text);
    const { line, column } = source.placeAt(text.indexOf(at));
    const written = writtenAt(source, { line, column });
    assert.deepEqual([written?.text, written?.end], [found, end]);
  });
}

test('nothing is written before the first element', () => {
  assert.equal(writtenAt(SourceText.ofFile('f', '\n<A>x</A>'), { line: 1, column: 1 }), undefined);
});
