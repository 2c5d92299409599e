/**
 * @module
 * The files of proxy bundles: a folder, or a ZIP archive of one.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type BundleFile, isBundleFile } from '../dialects/apigee/bundle/proxy-files.ts';
import { CommandError } from './terminal.ts';
import { isZip, maxBytes, maxEntries, readZip, ZipError } from './zip.ts';

const utf8 = new TextDecoder('utf-8');

/** Undefined if the path is neither a folder nor an archive. @throws CommandError if it cannot be read */
export function bundleFiles(path: string): readonly BundleFile[] | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isDirectory()) return folderFiles(path);
  if (!path.endsWith('.zip') || stat === undefined || !stat.isFile()) return undefined;
  if (stat.size > maxBytes) throw new CommandError(`${path} has more than ${maxBytes} bytes.`);
  const bytes = readFileSync(path);
  return isZip(bytes) ? archiveFiles(path, bytes) : undefined;
}

function folderFiles(folder: string): readonly BundleFile[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(isBundleFile).sort();
  if (names.length > maxEntries) throw new CommandError(`${folder} has more than ${maxEntries} XML files and scripts.`);
  let left = maxBytes;
  return names.flatMap((name) => {
    const path = join(folder, name);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat?.isFile()) return [];
    left -= stat.size;
    if (left < 0) throw new CommandError(`${folder} has more than ${maxBytes} bytes of XML and scripts.`);
    return [{ path, name: name.replaceAll('\\', '/'), text: utf8.decode(readFileSync(path)) }];
  });
}

function archiveFiles(path: string, bytes: Buffer): readonly BundleFile[] {
  try {
    return readZip(bytes, isBundleFile).map((entry) => ({
      path: join(path, entry.name),
      name: entry.name,
      text: utf8.decode(entry.bytes),
    }));
  } catch (error) {
    if (error instanceof ZipError) throw new CommandError(`${path} ${error.message}.`);
    throw error;
  }
}
