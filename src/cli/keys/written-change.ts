/**
 * @module
 * A change of files that is not written yet, as a reader would see it; and the deletions at its end.
 */
import { rmSync } from 'node:fs';
import { basename, dirname, normalize } from 'node:path';
import type { FileReader } from '../../configuration/files.ts';
import type { Terminal } from '../terminal.ts';
import type { Change } from './key-store.ts';

/** The files with the change. */
export function overlaid(files: FileReader, { writes, deletions }: Change): FileReader {
  const written = new Map(writes.map(({ path, ...file }) => [normalize(path), file]));
  const deleted = new Set(deletions.map(normalize));
  return {
    read(path) {
      const file = written.get(normalize(path));
      if (file !== undefined) return { kind: 'bytes', bytes: Buffer.from(file.text), mode: file.rights.mode };
      return deleted.has(normalize(path)) ? { kind: 'failed', reason: 'does not exist' } : files.read(path);
    },
    list(path) {
      const listing = files.list(path);
      if (listing.kind === 'failed') return listing;
      const folder = normalize(path);
      const inFolder = (one: string): boolean => normalize(dirname(one)) === folder;
      const gone = new Set(deletions.filter(inFolder).map((one) => basename(one)));
      const added = writes.filter((one) => inFolder(one.path)).map((one) => basename(one.path));
      return { kind: 'names', names: [...new Set([...listing.names.filter((name) => !gone.has(name)), ...added])] };
    },
  };
}

/** A file that cannot be deleted is no reason to fail: nothing names it any more. */
export function deleteFiles(paths: readonly string[], { error }: Pick<Terminal, 'error'>): void {
  for (const path of paths) {
    try {
      rmSync(path, { force: true });
    } catch (cause) {
      if (!(cause instanceof Error && 'code' in cause)) throw cause;
      error(`warning: ${path} cannot be deleted (${String(cause.code)}). Its key has ended: delete it yourself.`);
    }
  }
}
