/**
 * @module
 * A folder with one key per file, such as a mounted Kubernetes Secret. A key that appears is a new key; a key that
 * disappears is withdrawn. The keys sign in the order of the file names, so `2026-07.pem` follows `2026-01.pem`.
 */
import type { Steps } from '../../diagnostics/steps.ts';
import type { KeyFinding } from '../../jose/key-finding.ts';
import type { HeldKey } from '../held-key.ts';
import { readFile } from './file.ts';
import { type KeyRequest, nothing, type SourceReading, type SpecOf, unread } from './source.ts';

export function* readDirectory({ path }: SpecOf<'directory'>, request: KeyRequest): Steps<SourceReading> {
  const listing = request.access.list(path);
  if (listing.kind === 'failed') return unread('The folder', path, listing, request.access);
  const keys: HeldKey[] = [];
  const findings: KeyFinding[] = [];
  for (const name of keyNames(listing.names)) {
    const reading = readFile({ scheme: 'file', path: `${path}/${name}` }, request);
    keys.push(...reading.keys);
    findings.push(...reading.findings.map((finding) => ({ ...finding, message: `${name}: ${finding.message}` })));
    yield;
  }
  if (findings.some(({ severity }) => severity === 'error')) return { keys: [], findings };
  return keys.length > 0 ? { keys, findings } : nothing('keys.missing', 'The folder contains no key.');
}

/**
 * Hidden files belong to kubelet (`..data`) or to editors. Numbers in names are compared as numbers, in every locale.
 */
function keyNames(names: readonly string[]): string[] {
  const { compare } = new Intl.Collator('en', { numeric: true });
  return names.filter((name) => !name.startsWith('.') && !name.endsWith('~')).toSorted(compare);
}
