/**
 * @module
 * What to write in place of a path that leads to no file: the name in the same folder that is nearest. Only names of
 * files that exist are shown, and only plain ones.
 */
import { isPlainName } from './harmless.ts';
import { nearest } from './suggest.ts';

/** Why a path without a file (ENOENT) cannot be read. Ends a sentence that begins with the file's name. */
export const noSuchFile = 'does not exist';

/** The names in a folder, in any order. */
export type ListFolder = (
  folder: string,
) => { readonly kind: 'names'; readonly names: readonly string[] } | { readonly kind: 'failed' };

/** Names that are compared: a folder may have any number. */
const maxCompared = 1000;

/** Where the paths of a configuration begin. */
const relativeToConfiguration = 'A relative path begins at the folder of mintproc.yaml.';

/**
 * Undefined if the file exists, and cannot be read for another reason.
 *
 * @param path can be opened as it is
 * @param relative says where relative paths begin
 */
export function missingFileHint(
  path: string,
  list: ListFolder,
  relative: string = relativeToConfiguration,
): string | undefined {
  const { folder, name } = parted(path);
  if (/(?:^|\/)~\//.test(path)) return '`~` is not the home folder here. Write the whole path.';
  if (/\$\{?\w/.test(path)) return 'Variables are not replaced in a path. Write the whole path.';
  const listing = list(folder);
  if (listing.kind === 'failed') return missingFolderHint(folder, list, relative).trim();
  if (listing.names.includes(name)) return undefined;
  const near = nearestName(name, listing.names);
  const hint = near === undefined ? relative : `The folder has a file \`${near}\`. ${relative}`.trim();
  return hint === '' ? undefined : hint;
}

function missingFolderHint(folder: string, list: ListFolder, relative: string): string {
  const { folder: parent, name } = parted(folder);
  const listing = list(parent);
  const near = listing.kind === 'names' && !listing.names.includes(name) ? nearestName(name, listing.names) : undefined;
  return near === undefined
    ? `Its folder does not exist. ${relative}`
    : `Its folder does not exist, but \`${near}\` does. ${relative}`;
}

function nearestName(name: string, names: readonly string[]): string | undefined {
  const plain = names.filter((one) => isPlainName(one) && !one.startsWith('.')).slice(0, maxCompared);
  return nearest(name, plain) ?? plain.find((one) => stemOf(one) === stemOf(name));
}

/** The name without its extensions. */
function stemOf(name: string): string {
  return name.split('.', 1)[0] ?? name;
}

function parted(path: string): { readonly folder: string; readonly name: string } {
  const slash = path.lastIndexOf('/');
  if (slash === -1) return { folder: '.', name: path };
  return { folder: slash === 0 ? '/' : path.slice(0, slash), name: path.slice(slash + 1) };
}
