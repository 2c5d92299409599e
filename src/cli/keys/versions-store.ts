/**
 * @module
 * The keys of `versions:`. A new one is a file and an item of the list, which is edited in the text of its file.
 */
import { basename, dirname, join } from 'node:path';
import { diskFiles, resolveFrom } from '../../configuration/files.ts';
import { placeOf, type VersionForm } from '../../configuration/keys-schema.ts';
import { editList, type ListItem } from '../../documents/edited-list.ts';
import { yamlFlow } from '../../documents/write-yaml.ts';
import { readInput } from '../input-file.ts';
import { CommandError } from '../terminal.ts';
import { type Change, type KeyStore, keyRights, type NewKeyFile, type StoredKey } from './key-store.ts';
import { checkWritable, draftOf, replaceable, rightsOf } from './replace-file.ts';
import { timeText } from './rotation-settings.ts';

interface StoredVersion extends StoredKey {
  readonly index: number;
}

export interface VersionsPlace {
  /** The name of the key. */
  readonly name: string;
  readonly versions: readonly VersionForm[];
  /** The file that declares them: `mintproc.yaml` or one that it includes. */
  readonly file: string;
  /** The files of other keys, which are never deleted. */
  readonly usedElsewhere: ReadonlySet<string>;
}

/** @throws CommandError if the dates do not say in which order the versions sign */
export function versionsStore(place: VersionsPlace): KeyStore {
  const { name, versions, file } = place;
  const folder = dirname(file);
  const keys = versions.map((version, index): StoredVersion => {
    const own = version.file === undefined ? undefined : resolveFrom(folder, version.file);
    const label = own ?? `version ${index + 1}`;
    return { index, activeFrom: begin(version, index), retireAfter: end(version), file: own, label };
  });
  const keyFolder = join(folder, folderOf(versions));
  const prefix = `${fileName(name)}--`;
  const named = new Set([...place.usedElsewhere, ...keys.flatMap((key) => key.file ?? [])]);
  const listing = diskFiles.list(keyFolder);
  const left = (listing.kind === 'failed' ? [] : listing.names).filter(
    (one) => draftOf(one)?.startsWith(prefix) || (one.startsWith(prefix) && /\.(?:pem|secret)$/.test(one)),
  );
  return {
    keys,
    leftovers: left.map((one) => join(keyFolder, one)).filter((path) => !named.has(path)),
    lockFolder: folder,
    checkWritable() {
      replaceable(file, `The file ${file}`);
      checkWritable(keyFolder, `The folder ${keyFolder}`);
    },
    change: (added, signer, ended) =>
      changeOf(place, keys, added, {
        signer: keys.find((one) => one === signer),
        ended: keys.filter((one) => ended.includes(one)),
        path: join(folderOf(versions), `${prefix}${added.kid}.${added.extension}`),
      }),
  };
}

function fileName(name: string): string {
  return name.replace(/[^A-Za-z0-9._-]/g, '-');
}

function begin({ activeFrom }: VersionForm, index: number): number {
  if (activeFrom !== undefined) return Date.parse(activeFrom);
  if (index === 0) return Number.NEGATIVE_INFINITY;
  throw new CommandError(
    `Version ${index + 1} of the key has no \`activeFrom\`, so nobody can say when it signs. Write it, as in 2026-07-01T00:00:00Z.`,
  );
}

function end({ retireAfter }: VersionForm): number {
  return retireAfter === undefined ? Number.POSITIVE_INFINITY : Date.parse(retireAfter);
}

/** New keys are written next to the last one that is a file, as the configuration writes its path. */
function folderOf(versions: readonly VersionForm[]): string {
  const last = versions.findLast((version) => placeOf(version) === 'file')?.file;
  return last === undefined ? 'keys' : dirname(last);
}

interface Roles {
  readonly signer: StoredVersion | undefined;
  readonly ended: readonly StoredVersion[];
  /** The file of the new key, as the configuration writes it. */
  readonly path: string;
}

function changeOf(place: VersionsPlace, keys: readonly StoredVersion[], added: NewKeyFile, roles: Roles): Change {
  const { name, file, usedElsewhere } = place;
  const { signer, ended, path } = roles;
  const item: ListItem = {
    file: path,
    // The encoding of a secret in a policy's variable would apply to this file too.
    ...(added.extension === 'secret' ? { encoding: 'base64url' } : {}),
    activeFrom: timeText(added.activeFrom),
  };
  const isOpenEnded = signer !== undefined && signer.retireAfter === Number.POSITIVE_INFINITY;
  const set = isOpenEnded ? [[signer.index, { retireAfter: timeText(added.retireAfter) }] as const] : [];
  const text = editList(readInput(file), {
    path: ['keys', name, 'versions'],
    set: new Map(set),
    removed: new Set(ended.map(({ index }) => index)),
    added: [item],
  });
  if (text === undefined) throw new CommandError(notEdited(file, item, added));
  const keyFile = resolveFrom(dirname(file), path);
  const kept = new Set(keys.flatMap((key) => (ended.includes(key) ? [] : (key.file ?? []))));
  const before = signer?.file === undefined ? undefined : rightsOf(signer.file);
  return {
    writes: [
      { path: keyFile, text: added.text, rights: keyRights(before) },
      { path: file, text, rights: rightsOf(file) },
    ],
    deletions: ended.flatMap((one) =>
      one.file === undefined || kept.has(one.file) || usedElsewhere.has(one.file) ? [] : [one.file],
    ),
  };
}

function notEdited(file: string, item: ListItem, { retireAfter }: NewKeyFile): string {
  return [
    `The versions in ${basename(file)} are written in a way that this command does not edit, such as with an alias.`,
    `Write them as a list of \`- { file: …, activeFrom: … }\`, or add this one yourself, with a new key in its file:`,
    `- ${yamlFlow(item)}`,
    `and \`retireAfter: ${timeText(retireAfter)}\` at the one before.`,
  ].join('\n');
}
