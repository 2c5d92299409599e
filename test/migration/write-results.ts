/**
 * @module
 * `npm run imports`: writes `test/migration/results/`. A test fails while it differs from what the import writes.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { importExport, importedExports, resultsFolder } from './results.ts';

rmSync(resultsFolder, { recursive: true, force: true });
for (const [vendor, { proxy }] of Object.entries(importedExports)) {
  await importExport(vendor, proxy, join(resultsFolder, vendor));
}
