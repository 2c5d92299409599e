/**
 * @module
 * A folder with one key per file, such as a mounted Kubernetes Secret. A key that appears is a new key; a key that
 * disappears is withdrawn. The keys sign in the order of the file names, so `2026-07.pem` follows `2026-01.pem`.
 *
 * A name with a date, `20260701T000000Z--KID.pem`, says when its key begins to sign, and its `kid`. Next to such names,
 * a key without a date is older than all of them: it must not begin to sign again after a restart.
 */
import type { Steps } from '../../diagnostics/steps.ts';
import { type KeyFinding, keyWarning } from '../../jose/key-finding.ts';
import { type DatedName, readDatedName } from '../dated-name.ts';
import { readFile } from './file.ts';
import { type KeyRequest, nothing, type SourceKey, type SourceReading, type SpecOf, unread } from './source.ts';

export function* readDirectory({ path }: SpecOf<'directory'>, request: KeyRequest): Steps<SourceReading> {
  const listing = request.access.list(path);
  if (listing.kind === 'failed') return unread('The folder', path, listing, request.access);
  const names = keyNames(listing.names);
  const areDated = names.some((name) => typeof readDatedName(name) === 'object');
  const keys: SourceKey[] = [];
  const findings: KeyFinding[] = [];
  for (const name of names) {
    const reading = readFile({ scheme: 'file', path: `${path}/${name}` }, request);
    const date = readDatedName(name);
    const own = [...reading.findings, ...findingsOf(date, reading)];
    keys.push(...reading.keys.map((held) => (areDated ? { ...held, ...labelsOf(date) } : held)));
    findings.push(...own.map((finding) => ({ ...finding, message: `${name}: ${finding.message}` })));
    yield;
  }
  if (findings.some(({ severity }) => severity === 'error')) return { keys: [], findings };
  if (keys.length === 0) return nothing('keys.missing', 'The folder contains no key.');
  return { keys, findings: [...findings, ...undatedAmong(keys)] };
}

/**
 * Hidden files belong to kubelet (`..data`) or to editors. Numbers in names are compared as numbers, in every locale.
 */
export function keyNames(names: readonly string[]): string[] {
  const { compare } = new Intl.Collator('en', { numeric: true });
  return names.filter((name) => !name.startsWith('.') && !name.endsWith('~')).toSorted(compare);
}

const always = Number.NEGATIVE_INFINITY;

/** What the name of a file says of its key, if another name of the folder has a date. */
function labelsOf(
  date: DatedName | 'unclear' | undefined,
): Pick<SourceKey, 'activeFrom' | 'kid'> | { activeFrom: number } {
  return typeof date === 'object' ? date : { activeFrom: always };
}

const form = '`20260701T000000Z--KID.pem`';

function findingsOf(date: DatedName | 'unclear' | undefined, { keys }: SourceReading): readonly KeyFinding[] {
  if (date === undefined) return [];
  if (date === 'unclear') {
    const message = 'The name looks like one with a date, but has another form, so the key has no date.';
    return [
      keyWarning('keys.unclear-name', message, `Write the time in UTC, as in ${form}, or a name without \`--\`.`),
    ];
  }
  const others = keys.filter(({ kid }) => kid !== undefined && kid !== date.kid);
  if (others.length === 0) return [];
  const message = "The name says another `kid` than the JWK. The tokens have the name's.";
  return [keyWarning('keys.unclear-name', message, 'Rename the file, or remove `kid` from the JWK.')];
}

/** One key without a date is the key that was there before the first one with a date. */
function undatedAmong(keys: readonly SourceKey[]): readonly KeyFinding[] {
  const undated = keys.filter(({ activeFrom }) => activeFrom === always);
  if (undated.length < 2) return [];
  const message = `${undated.length} key files of the folder have no date in their names, although others have. The last of them in order signs only until the first with a date does; none begins to sign later.`;
  return [keyWarning('keys.undated-file', message, `Give a new key a name such as ${form}.`)];
}
