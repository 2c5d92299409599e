import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { JsonValue } from '../../src/diagnostics/json.ts';
import { jsonText } from '../../src/mint/json-text.ts';

test('every character alone and amid others is written as JSON.stringify does', () => {
  for (let unit = 0; unit <= 0xffff; unit++) {
    const text = String.fromCharCode(unit);
    assert.equal(jsonText(text), JSON.stringify(text));
    assert.equal(jsonText(`a${text}b`), JSON.stringify(`a${text}b`));
  }
});

const texts = ['', 'x'.repeat(64), 'x'.repeat(65), `${'x'.repeat(64)}"`, '\u{1f600}', '\ud800', '\udc00\ud800'];

for (const text of texts) {
  test(`${text.length} characters`, () => assert.equal(jsonText(text), JSON.stringify(text)));
}

test('any value', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => assert.equal(jsonText(value as JsonValue), JSON.stringify(value))));
});
