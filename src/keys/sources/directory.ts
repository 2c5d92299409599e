/**
 * @module
 * A mounted folder with one key a file, as a Secret of Kubernetes is: a key that appears there is a new one, and one that
 * disappears is withdrawn. The names' order is the order in which the keys sign, so `2026-07.pem` follows `2026-01.pem`.
 */
import type { Steps } from '../../diagnostics/steps.ts';
import type { KeyFinding } from '../../jose/signing-key.ts';
import type { HeldKey } from '../held-key.ts';
import { readFile } from './file.ts';
import { type KeyRequest, refused, type SourceReading, type SpecOf } from './source.ts';

export function* readDirectory({ path }: SpecOf<'directory'>, request: KeyRequest): Steps<SourceReading> {
  const listing = request.world.list(path);
  if (listing.kind === 'failed') return refused('config.unreadable-file', `The folder ${listing.reason}.`);
  const keys: HeldKey[] = [];
  const findings: KeyFinding[] = [];
  for (const name of keyNames(listing.names)) {
    const reading = readFile({ scheme: 'file', path: `${path}/${name}` }, request);
    keys.push(...reading.keys);
    findings.push(...reading.findings.map((finding) => ({ ...finding, message: `${name}: ${finding.message}` })));
    yield;
  }
  if (findings.some(({ severity }) => severity === 'error')) return { keys: [], findings };
  return keys.length > 0 ? { keys, findings } : refused('keys.missing', 'The folder holds no key.');
}

/** Hidden names are kubelet's own (`..data`) and editors'; numbers in names count as numbers, whatever the locale. */
function keyNames(names: readonly string[]): string[] {
  const { compare } = new Intl.Collator('en', { numeric: true });
  return names.filter((name) => !name.startsWith('.') && !name.endsWith('~')).toSorted(compare);
}
