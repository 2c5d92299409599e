/**
 * @module
 * What `mintproc import` writes of each vendor's export is what somebody has read.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
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
