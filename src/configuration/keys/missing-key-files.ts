/**
 * @module
 * The key files of a policy that could not be read. Nobody asks for its keys, but a file that is missing too is said at
 * once, not after the policy is mended.
 */
import { missingFileHint } from '../../diagnostics/missing-file.ts';
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
    const declared =
      typeof form === 'string' ? named.declared(form) : { form: { ...form, revoked: [] }, resolve, report: inEntry };
    if (declared !== undefined) reportFiles(declared, files);
  }
}

function reportFiles(declared: DeclaredKey, files: FileReader): void {
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
  const found = resolve(file);
  const contents = files.read(found);
  if (contents.kind !== 'failed') return;
  const suggestion = missingFileHint(found, (folder) => files.list(folder));
  report([...path, place], 'config.unreadable-file', { message: `The key file ${contents.reason}.`, suggestion });
}
