/**
 * @module
 * The small exports of this folder and the folders that `mintproc import` makes of them, so that a change of what it
 * writes is a difference to read.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { runCommand } from '../cli/captured-terminal.ts';

/** Where the folders are, one for each vendor. */
export const resultsFolder = join(import.meta.dirname, 'results');

/** By vendor; together they have the Envoy parts of all platforms. */
export const importedExports: Readonly<Record<string, { readonly proxy: string }>> = {
  apigee: { proxy: 'envoy' },
  flex: { proxy: 'istio' },
  datapower: { proxy: 'envoy-gateway' },
};

/** Imports the export of a vendor into a new folder. @throws Error if nothing was written */
export async function importExport(vendor: string, proxy: string, out: string): Promise<void> {
  // The report names the files as the command line does, which must not depend on where the clone is.
  const path = relative(process.cwd(), join(import.meta.dirname, 'exports', vendor));
  const { code, errors } = await runCommand(['import', path, '--out', out, '--proxy', proxy]);
  if (code === 2) throw new Error(errors);
}

/** The texts of the files in a folder by their names. */
export function textsIn(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
  return Object.fromEntries(paths.map((path) => [relative(folder, path), readFileSync(path, 'utf8')]));
}
