/**
 * @module
 * Texts of others in Markdown: nothing in them becomes more than text or code.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { markdownCode, markdownSentence, markdownTable, markdownText } from '../../src/documents/write-markdown.ts';

const sentences: readonly (readonly [name: string, text: string, expected: string])[] = [
  ['our own code', 'Write `a | b` here.', 'Write `a | b` here.'],
  ['a fence of two backticks', '``<img src=x>`', '\\`\\`\\<img src=x\\>\\`'],
  ['an image after three backticks', '``` ![a](b)`', '\\`\\`\\` !\\[a\\](b)\\`'],
  ['a fence after code', '`a`` <b>`', '\\`a\\`\\` \\<b\\>\\`'],
  ['a link', 'see https://evil.example/<b>. Then', 'see `https://evil.example/<b>.` Then'],
  ['a link without a scheme', 'www.evil.example', '`www.evil.example`'],
  ['an address with code after it', '`a b`x@y', '`a b` `x@y`'],
  ['a list', '- a', '\\- a'],
  ['a line across the page', '---', '\\---'],
  ['a numbered list', '1. a', '1\\. a'],
  ['indented code', '      a', 'a'],
  ['line breaks', 'a\n\n# b\r\u2028\u0085c', 'a \\# b c'],
  ['mathematics', '$x$', '\\$x\\$'],
];

for (const [name, text, expected] of sentences) {
  test(`in a sentence, ${name}`, () => assert.equal(markdownSentence(text), expected));
}

test('in a text, backticks are text', () => {
  assert.equal(markdownText('`a` <b>'), '\\`a\\` \\<b\\>');
});

const codes: readonly (readonly [text: string, expected: string])[] = [
  ['a`b', '``a`b``'],
  ['`', '`` ` ``'],
  ['a|b', '`a|b`'],
  ['', '(empty)'],
];

for (const [text, expected] of codes) {
  test(`as code, ${JSON.stringify(text)}`, () => assert.equal(markdownCode(text), expected));
}

test('a bar stays in its cell, also in code and after a backslash', () => {
  const cells = [markdownText('a|b\\|c'), markdownCode('a|b\\|c')];
  const [, , row] = markdownTable(['x', 'y'], [cells]);
  assert.equal(row, '| a\\|b\\\\\\|c | `a\\|b\\\\\\|c` |');
});

const part = fc.constantFrom(...'`|\\<>*_[]()!#&~-+=.@:/$1 x\n\t', '``', '```', '://', 'www.', '<b>', '1.', '---');
const texts = fc.array(part, { maxLength: 12 }).map((parts) => parts.join(''));

/** A line with `x` in place of code: its fences have the same length, and nothing between them ends them. */
function outsideCode(line: string): string {
  const token = /\\[^A-Za-z0-9\s]|(`+)/g;
  let outside = '';
  let at = 0;
  for (let found = token.exec(line); found !== null; found = token.exec(line)) {
    const [, ticks] = found;
    if (ticks === undefined) continue;
    outside += `${line.slice(at, found.index)}x`;
    const close = new RegExp(`(?<!\`)${ticks}(?!\`)`, 'g');
    close.lastIndex = token.lastIndex;
    assert.ok(close.test(line), `${line} has a fence that nothing closes`);
    at = close.lastIndex;
    token.lastIndex = at;
  }
  return outside + line.slice(at);
}

test('outside of code, nothing has a meaning', () => {
  const parameters = { numRuns: 20_000 };
  fc.assert(
    fc.property(texts, fc.constantFrom(markdownText, markdownSentence, markdownCode), (text, write) => {
      const written = write(text);
      const plain = outsideCode(written).replace(/\\[^A-Za-z0-9\s]/g, 'x');
      assert.doesNotMatch(plain, /[\\`*_[\]<>#&~$@\n]|:\/\/|www\.|^[-+]|^\d+[.)]/, written);
      assert.doesNotMatch(written, /^\s/);
      const [, , row = ''] = markdownTable(['a', 'b'], [[written, 'x']]);
      assert.equal(row.match(/(?<!\\)(?:\\\\)*\|/g)?.length, 3, row);
    }),
    parameters,
  );
});
