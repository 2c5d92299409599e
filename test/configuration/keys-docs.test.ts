/**
 * @module
 * The examples in the table of docs/keys.md have the shape that the configuration takes. Its blocks have marks.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { policyKeySchema } from '../../src/configuration/keys-schema.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'keys.md'), 'utf8');
const rows = Array.from(page.matchAll(/^\| .*? \| `(\{.*?\})`/gm), ([, text = '']) => text);

test('the table has examples', () => assert.ok(rows.length >= 9));

for (const text of rows) {
  test(`docs/keys.md: ${text}`, () => {
    const written = text.replace('kty: …, …', 'kty: EC');
    assert.deepEqual(policyKeySchema.safeParse(parse(written)).error?.issues, undefined);
  });
}
