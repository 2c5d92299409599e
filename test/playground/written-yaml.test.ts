import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { parseExactly } from '../../src/diagnostics/exact-json.ts';
import { yamlText } from '../../src/playground/written-yaml.ts';

type Written = [name: string, json: string, yaml: string];

const written: [name: string, json: string, yaml: string][] = [
  ['a word', '"orders"', 'orders'],
  ['words', '"two policies on one route"', 'two policies on one route'],
  ['an address', '"https://a.example/b"', 'https://a.example/b'],
  ['a path', '"/orders"', '/orders'],
  ['a colon at the end', '"a:"', '"a:"'],
  ['a key in a text', '"a: b"', '"a: b"'],
  ['a comment in a text', '"a #b"', '"a #b"'],
  ['nothing', '""', '""'],
  ['digits', '"42"', '"42"'],
  ['white space at the end', '"a "', '"a "'],
  ['a line break', '"a\\nb"', '"a\\nb"'],
  ['characters that cannot be seen', '"\\u0085\\u2028\\u200b"', '"\\u0085\\u2028\\u200b"'],
  // YAML 1.1 has more words for true and false.
  ...['true', 'False', 'yes', 'No', 'on', 'off', 'NULL', 'y', 'N'].map(
    (word): Written => [`the word ${word}`, `"${word}"`, `"${word}"`],
  ),
  ['a number of many digits', '12345678901234567890.10', '12345678901234567890.10'],
  ['empty collections', '{"a":{},"b":[]}', '\na: {}\nb: []'],
  ['collections in each other', '{"a":[{"b":1,"c":[2]},[3]]}', '\na:\n  - b: 1\n    c:\n      - 2\n  - - 3'],
  ['an expectation', '{"a":{"present":true},"b":{"present":false}}', '\na: { present: true }\nb:\n  present: false'],
];

for (const [name, json, yaml] of written) {
  test(`as YAML: ${name}`, () => {
    const text = yamlText(parseExactly(json));
    assert.equal(text, yaml);
    assert.deepEqual(parse(text), JSON.parse(json));
  });
}
