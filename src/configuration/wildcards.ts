/**
 * @module
 * The paths that a pattern with `*` and `?` matches: any characters, and one character, within one name of the path.
 * As in a shell, a wildcard at the beginning of a name does not match a dot, which also passes over the folders that
 * kubelet keeps beside mounted files (`..data`).
 */
import { isAbsolute, join } from 'node:path';
import type { FileReader } from './files.ts';

/** What a pattern matches. */
export type Matches =
  | {
      readonly kind: 'paths';
      readonly paths: readonly string[];
      /** Whether a path may not exist: its end has no wildcard, so it was not looked for. */
      readonly areUncertain: boolean;
    }
  | { readonly kind: 'too-many' }
  /** `reason` ends a sentence that begins with the folder's name. */
  | { readonly kind: 'failed'; readonly folder: string; readonly reason: string };

/** Something in a pattern that other tools give a meaning to: `**`, `[a-z]`, `{a,b}`, `!`. */
const foreign = /\*\*|[[\]{}!]/;

/** Whether the text can be a pattern. */
export function isPattern(text: string): boolean {
  return !foreign.test(text);
}

function isWild(name: string): boolean {
  return /[*?]/.test(name);
}

/**
 * The paths, sorted by name, for each folder in turn.
 *
 * @param folder relative patterns start there
 * @param most more paths are `too-many`
 */
export function matchesOf(pattern: string, folder: string, files: Pick<FileReader, 'list'>, most: number): Matches {
  const names = pattern.split('/').filter((name) => name !== '');
  let paths: readonly string[] = [isAbsolute(pattern) ? '/' : folder];
  for (const name of names) {
    const next = isWild(name) ? insideAll(paths, name, files, most) : paths.map((path) => join(path, name));
    if ('kind' in next) return next;
    paths = next;
  }
  return { kind: 'paths', paths, areUncertain: isWild(pattern) && !isWild(names.at(-1) ?? '') };
}

type NoMatches = Exclude<Matches, { kind: 'paths' }>;

function insideAll(
  folders: readonly string[],
  wild: string,
  files: Pick<FileReader, 'list'>,
  most: number,
): readonly string[] | NoMatches {
  const found: string[] = [];
  for (const folder of folders) {
    const names = namesIn(folder, wild, files);
    if ('kind' in names) return names;
    found.push(...names.slice(0, most + 1).map((name) => join(folder, name)));
    if (found.length > most) return { kind: 'too-many' };
  }
  return found;
}

/** The names in a folder that match, sorted by UTF-16 code units. There are none in what is not a folder. */
function namesIn(
  folder: string,
  wild: string,
  files: Pick<FileReader, 'list'>,
): string[] | Extract<Matches, { kind: 'failed' }> {
  const contents = files.list(folder);
  if (contents.kind === 'names') return contents.names.filter((name) => isMatch(name, wild)).sort();
  return isMissing(contents.reason) ? [] : { kind: 'failed', folder, reason: contents.reason };
}

/** Whether nothing is there. @param reason of `FileContents` or `FolderContents` */
export function isMissing(reason: string): boolean {
  return reason.startsWith('does not exist');
}

/** At a mismatch, only the last `*` takes one more character: its time is the product of the lengths at most. */
function isMatch(name: string, wild: string): boolean {
  if (name.startsWith('.') && !wild.startsWith('.')) return false;
  let [at, inWild] = [0, 0];
  // After the last `*`: the place in the pattern, and that in the name up to which it has taken characters.
  let [afterStar, taken] = [0, 0];
  while (at < name.length) {
    if (wild[inWild] === '*') [afterStar, taken, inWild] = [inWild + 1, at, inWild + 1];
    else if (wild[inWild] === '?' || wild[inWild] === name[at]) [at, inWild] = [at + 1, inWild + 1];
    else if (afterStar > 0) [inWild, taken, at] = [afterStar, taken + 1, taken + 1];
    else return false;
  }
  return wild.slice(inWild).replaceAll('*', '') === '';
}
