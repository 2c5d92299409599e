/**
 * @module
 * A ConfigMap or Secret volume as the kubelet keeps it (kubernetes pkg/volume/util/atomic_writer.go): the files are
 * links into `..data`, which is a link to a folder that is named after the time. A new content is written to a new
 * folder, and `..data` is renamed into place.
 */
import { mkdirSync, readdirSync, readlinkSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

let count = 0;

/** Exchanges the whole content of the volume in one step. */
export function publishVolume(volume: string, files: Readonly<Record<string, string>>): void {
  const next = `..2026_11_22_00_00_00.${String(count++).padStart(9, '0')}`;
  mkdirSync(join(volume, next), { recursive: true });
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(volume, next, name), content, { mode: 0o640 });
  const before = readdirSync(volume).includes('..data') ? readlinkSync(join(volume, '..data')) : undefined;
  symlinkSync(next, join(volume, '..data_tmp'));
  renameSync(join(volume, '..data_tmp'), join(volume, '..data'));
  const links = readdirSync(volume).filter((name) => !name.startsWith('..'));
  for (const name of Object.keys(files)) {
    if (!links.includes(name)) symlinkSync(join('..data', name), join(volume, name));
  }
  for (const name of links) if (files[name] === undefined) rmSync(join(volume, name));
  if (before !== undefined) rmSync(join(volume, before), { recursive: true });
}
