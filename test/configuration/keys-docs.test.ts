/**
 * @module
 * The examples of docs/keys.md have the shape that the configuration takes.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { outlineSchema, policySchema } from '../../src/configuration/configuration-schema.ts';
import { policyKeySchema } from '../../src/configuration/keys-schema.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'keys.md'), 'utf8');
const blocks = Array.from(page.matchAll(/^( *)```yaml\n([\s\S]*?)^ *```$/gm), ([, indent = '', text = '']) =>
  text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
);
const rows = Array.from(page.matchAll(/^\| .*? \| `(\{.*?\})`/gm), ([, text = '']) => text);

test('the page has examples', () => assert.deepEqual([blocks.length >= 4, rows.length >= 9], [true, true]));

for (const [index, text] of blocks.entries()) {
  test(`block ${index + 1} of docs/keys.md`, () => {
    const value = { policies: [{}], ...(parse(text) as { readonly policies?: readonly unknown[] }) };
    assert.deepEqual(outlineSchema.safeParse(value).error?.issues, undefined);
    for (const policy of parse(text).policies ?? []) {
      assert.deepEqual(policySchema.safeParse(policy).error?.issues, undefined);
    }
  });
}

for (const text of rows) {
  test(`docs/keys.md: ${text}`, () => {
    const written = text.replace('kty: …, …', 'kty: EC');
    assert.deepEqual(policyKeySchema.safeParse(parse(written)).error?.issues, undefined);
  });
}
