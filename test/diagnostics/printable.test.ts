import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printable } from '../../src/diagnostics/printable.ts';

const texts: readonly (readonly [text: string, shown: string])[] = [
  ['policies/a b.yaml:3:1: é 語 😀', 'policies/a b.yaml:3:1: é 語 😀'],
  ['a\nb\r\tc\0d', 'a␊b␍␉c␀d'],
  ['\u001b[31mred\u007f', '␛[31mred␡'],
  ['a\u009bb\u0085c\u2028d\u202ee', 'a\uFFFDb\uFFFDc\uFFFDd\uFFFDe'],
  ['\ud800\uffff', '\uFFFD\uFFFD'],
  ['::error::a::b', '\uFFFD:error::a::b'],
  ['  ::add-mask::a', '  \uFFFD:add-mask::a'],
  ['dw::Runtime', 'dw::Runtime'],
  ['a ##[error]b ##vso[x] # [c] ##d [e]', 'a ##\uFFFDerror]b ##vso\uFFFDx] # [c] ##d [e]'],
];

for (const [text, shown] of texts) {
  test(`printable: ${JSON.stringify(text)}`, () => {
    assert.equal(printable(text), shown);
    assert.equal(shown.length, text.length);
  });
}
