/**
 * @module
 * Reads vendors' exports, of any dialect and mixed.
 */
import { readApigeeExport } from './apigee/bundle/exported.ts';
import { isBundleFile } from './apigee/bundle/proxy-files.ts';
import { readDatapowerExport } from './datapower/export/exported.ts';
import type { ExportedApi, ExportFile } from './exported.ts';
import { readFlexExport } from './flex/export/read-export.ts';

const readers: readonly ((files: readonly ExportFile[]) => readonly ExportedApi[])[] = [
  readApigeeExport,
  readFlexExport,
  readDatapowerExport,
];

/** Whether a file can be part of an export, by its name. */
export function isExportFile(name: string): boolean {
  return isBundleFile(name) || /\.(?:ya?ml|json)$/i.test(name);
}

/** What the files of one folder or archive hold; empty if none of it is a policy that mints a token. */
export function readExports(files: readonly ExportFile[]): readonly ExportedApi[] {
  return readers.flatMap((read) => read(files));
}
