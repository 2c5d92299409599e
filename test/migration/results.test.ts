/**
 * @module
 * What `mintproc import` writes of each vendor's export is what somebody has read.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { importExport, importedExports, resultsFolder, textsIn } from './results.ts';

const root = mkdtempSync(join(tmpdir(), 'mintproc-results-'));
after(() => rmSync(root, { recursive: true }));

for (const [vendor, { proxy }] of Object.entries(importedExports)) {
  test(`the import of the export of ${vendor} writes the files that are kept`, async () => {
    await importExport(vendor, proxy, join(root, vendor));
    const help = 'If each difference is right, run `npm run imports`.';
    assert.deepEqual(textsIn(join(root, vendor)), textsIn(join(resultsFolder, vendor)), help);
  });
}

test('docs/import.md shows the test of the import of flex, without its first comment', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/import.md'), 'utf8');
  const written = readFileSync(join(resultsFolder, 'flex/tests/backend-token.test.yaml'), 'utf8');
  const body = written.slice(written.indexOf('config:'));
  assert.ok(body.endsWith('sameAs: recorded/backend-token.jwt\n'), body);
  assert.ok(page.includes(`\`\`\`yaml\n${body}\`\`\``));
});
