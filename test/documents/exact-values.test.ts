/**
 * @module
 * The numbers of a document keep the digits that their author wrote.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonValue } from '../../src/diagnostics/json.ts';
import { Problems } from '../../src/diagnostics/problem.ts';
import { SourceText } from '../../src/diagnostics/source-text.ts';
import { DocumentFile } from '../../src/documents/document-file.ts';
import { exactValue } from '../../src/documents/exact-values.ts';
import { readYaml } from '../../src/documents/located-yaml.ts';

/** A number in YAML, and how JSON writes its exact value. */
const numbers: readonly (readonly [written: string, json: string])[] = [
  ['9007199254740993', '9007199254740993'],
  ['-100000000000000000001e+1', '-100000000000000000001e+1'],
  ['100000000000000000001E1', '100000000000000000001E1'],
  ['12345678901234567890.5e-3', '12345678901234567890.5e-3'],
  ['1e+2', '100'],
  ['1.50', '1.5'],
  // JSON has no such form.
  ['0x1f', '31'],
];

for (const [written, json] of numbers) {
  test(`the exact value of ${written}`, () => {
    const file = new DocumentFile(SourceText.ofFile('f', `v: { a: [${written}] }`));
    const [document] = readYaml(file, new Problems(), 'policy.syntax');
    assert.ok(document);
    const value = exactValue(document, [], document.value as JsonValue);
    assert.equal(JSON.stringify(value), `{"v":{"a":[${json}]}}`);
  });
}
