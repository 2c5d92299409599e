/**
 * Texts that the page replaces, and places of the process in them.
 */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { EditorState, Text } from '@codemirror/state';
import type { Position } from '../../../src/playground/interface.ts';
import { changesTo, lineBreakOf } from '../../../src/playground/page/editor/text-change.ts';
import { offsetsOf } from '../../../src/playground/page/editor/text-range.ts';

const changes: [
  name: string,
  before: string,
  after: string,
  change: [from: number, to: number, insert: string] | undefined,
][] = [
  ['the same text', 'ab', 'ab', undefined],
  ['more at the start', 'ab', 'xab', [0, 0, 'x']],
  ['more at the end', 'ab', 'abx', [2, 2, 'x']],
  ['more of the same letter', 'aa', 'aaa', [2, 2, 'a']],
  ['less of the same letter', 'aaa', 'aa', [2, 3, '']],
  ['a line in the middle', 'a\nb\nc', 'a\nx\nc', [2, 3, 'x']],
  ['everything', 'ab', 'cd', [0, 2, 'cd']],
];

suite('the change from one text to another', () => {
  for (const [name, before, after, expected] of changes) {
    test(name, () => {
      const found = changesTo(Text.of(before.split('\n')), Text.of(after.split('\n')));
      const shown = found && [found.from, found.to, found.insert.toString()];
      assert.deepEqual(shown, expected);
    });
  }
});

const breaks: [name: string, text: string, expected: '\r\n' | undefined][] = [
  ['line feeds', 'a\nb\n', undefined],
  ['nothing but CRLF', 'a\r\nb\r\n', '\r\n'],
  ['both', 'a\r\nb\n', undefined],
  ['both, the line feed first', '\na\r\n', undefined],
  ['a lone CR', 'a\r\nb\rc', undefined],
  ['one line', 'a', undefined],
];

suite('the line break of a text with', () => {
  for (const [name, text, expected] of breaks) {
    test(name, () => assert.equal(lineBreakOf(text), expected));
  }
});

const ranges: [name: string, from: Position, to: Position, expected: [from: number, to: number]][] = [
  ['a word', { line: 2, column: 1 }, { line: 2, column: 4 }, [3, 6]],
  ['the end of a line', { line: 1, column: 3 }, { line: 1, column: 3 }, [2, 2]],
  ['after the end of a line', { line: 1, column: 4 }, { line: 1, column: 9 }, [2, 2]],
  ['after the last line', { line: 3, column: 1 }, { line: 9, column: 1 }, [6, 6]],
  ['before the first line', { line: 0, column: 0 }, { line: 1, column: 1 }, [0, 0]],
  ['an end before the start', { line: 2, column: 2 }, { line: 1, column: 1 }, [4, 4]],
];

suite('a range of the process as offsets', () => {
  const state = EditorState.create({ doc: 'ab\ncde' });
  for (const [name, from, to, expected] of ranges) {
    test(name, () => {
      const found = offsetsOf(state, { file: 'a', from, to });
      assert.deepEqual([found.from, found.to], expected);
    });
  }
});
