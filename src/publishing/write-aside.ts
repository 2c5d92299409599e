/**
 * @module
 * Replaces a file as a whole: the new text is written to another name beside it and renamed, so that a reader, a crash
 * and a full disk never leave half a file.
 */
import { randomBytes } from 'node:crypto';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Everybody may read public keys, and only the owner may change them. */
const publicMode = 0o644;

/**
 * @param mode exactly, whatever the process's mask is; default: as everybody may read it
 * @throws the error of the file system; the file that was there stays
 */
export async function writeAside(path: string, text: string, mode?: number): Promise<void> {
  const folder = dirname(path);
  const draft = draftOf(path);
  try {
    await using file = await open(draft, 'wx', mode ?? publicMode);
    if (mode !== undefined) await file.chmod(mode);
    await file.writeFile(text);
    await file.sync();
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncFolder(folder);
}

/** After it, a power cut does not bring the old file back. Some network volumes cannot do it. */
async function syncFolder(folder: string): Promise<void> {
  try {
    await using handle = await open(folder, 'r');
    await handle.sync();
  } catch {
    // The rename has succeeded, and nothing else can be done.
  }
}

/** A new name beside a file, which `removeOldDrafts` knows. */
export function draftOf(path: string): string {
  return join(dirname(path), `${draftPrefix(path)}${randomBytes(6).toString('hex')}`);
}

function draftPrefix(path: string): string {
  return `.${basename(path)}.`;
}

/** Milliseconds. No write takes as long. */
const oldDraft = 3_600_000;

/** Removes what processes that were killed while they wrote have left. @param now milliseconds since the epoch */
export async function removeOldDrafts(path: string, now: number): Promise<void> {
  const [folder, prefix] = [dirname(path), draftPrefix(path)];
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    if (!name.startsWith(prefix) || !/^[0-9a-f]{12}$/.test(name.slice(prefix.length))) continue;
    const draft = join(folder, name);
    const { mtimeMs } = await stat(draft).catch(() => ({ mtimeMs: now }));
    if (now - mtimeMs > oldDraft) await rm(draft, { force: true }).catch(() => undefined);
  }
}
