/**
 * @module
 * The keys of a `directory:`. Each new one is a file whose name says when it begins to sign.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { diskFiles } from '../../configuration/files.ts';
import { datedName, readDatedName } from '../../keys/dated-name.ts';
import { keyNames } from '../../keys/sources/directory.ts';
import { CommandError } from '../terminal.ts';
import { type KeyStore, keyRights, type StoredKey } from './key-store.ts';
import { checkWritable, draftOf, rightsOf } from './replace-file.ts';

const never = Number.POSITIVE_INFINITY;

/** @throws CommandError if it cannot be read */
export function folderStore(folder: string): KeyStore {
  const listing = diskFiles.list(folder);
  if (listing.kind === 'failed') throw new CommandError(`The folder ${folder} ${listing.reason}.`);
  const keys = keyNames(listing.names)
    .filter((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.isFile() === true)
    .map((name): StoredKey => {
      const date = readDatedName(name);
      const activeFrom = typeof date === 'object' ? date.activeFrom : Number.NEGATIVE_INFINITY;
      return { activeFrom, retireAfter: never, file: join(folder, name), label: name };
    });
  return {
    keys,
    leftovers: listing.names.filter(isDatedDraft).map((name) => join(folder, name)),
    lockFolder: folder,
    checkWritable: () => checkWritable(folder, `The folder ${folder}`),
    change(added, signer, ended) {
      const name = datedName(added, added.extension);
      if (name === undefined) throw new TypeError('the kid of a new key cannot be in the name of a file');
      const before = signer?.file === undefined ? undefined : rightsOf(signer.file);
      return {
        writes: [{ path: join(folder, name), text: added.text, rights: keyRights(before) }],
        deletions: ended.flatMap(({ file }) => file ?? []),
      };
    },
  };
}

function isDatedDraft(name: string): boolean {
  return typeof readDatedName(draftOf(name) ?? '') === 'object';
}
