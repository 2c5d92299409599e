/**
 * @module
 * The key files of a policy that could not be read. Nobody asks for its keys, but a file that is missing too is said at
 * once, not after the policy is mended.
 */
import { readKeyFile } from '../../keys/sources/key-file.ts';
import type { FileReader } from '../files.ts';
import type { VersionForm } from '../keys-schema.ts';
import type { WantedPolicy } from '../wanted-policy.ts';
import type { DeclaredKey } from './declared-keys.ts';
import type { NamedKeys } from './named-keys.ts';

/** The places of a key that are one file. */
const filePlaces = ['file', 'jwks', 'pkcs12'] as const;

/** Reports the files of the entry's keys that cannot be read. */
export function reportMissingKeyFiles(
  { settings, resolve, report }: WantedPolicy,
  named: NamedKeys,
  files: FileReader,
): void {
  for (const role of ['key', 'recipient'] as const) {
    const form = settings[role];
    if (form === undefined) continue;
    const inEntry: DeclaredKey['report'] = (path, code, details) => report([role, ...path], code, details);
    const own = { resolve, report: inEntry };
    const declared = typeof form === 'string' ? named.declared(form) : { form: { ...form, revoked: [] }, ...own };
    if (declared !== undefined) reportFiles(declared, files);
  }
}

function reportFiles(declared: Pick<DeclaredKey, 'form' | 'resolve' | 'report'>, files: FileReader): void {
  const { versions } = declared.form;
  if (versions === undefined) reportFile(declared.form, [], declared, files);
  for (const [index, version] of versions?.entries() ?? []) {
    reportFile(version, ['versions', index], declared, files);
  }
}

function reportFile(
  form: VersionForm,
  path: readonly (string | number)[],
  { resolve, report }: Pick<DeclaredKey, 'resolve' | 'report'>,
  files: FileReader,
): void {
  const place = filePlaces.find((name) => form[name] !== undefined);
  const file = place && form[place];
  if (place === undefined || file === undefined) return;
  // Whether everybody may read the file is checked with the key, so this is read as if it were public.
  const request = {
    use: { kind: 'public' },
    access: { read: files.read, list: files.list, environment: {} },
    strictFiles: false,
  } as const;
  const read = readKeyFile(resolve(file), request);
  const findings = read.kind === 'refused' ? read.reading.findings : [];
  for (const finding of findings) report([...path, place], finding.code, finding);
}
