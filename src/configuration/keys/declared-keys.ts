/**
 * @module
 * Reads the keys that a declaration in `mintproc.yaml` leads to.
 */
import { missingFileHint } from '../../diagnostics/missing-file.ts';
import type { ProblemDetails } from '../../diagnostics/problem.ts';
import type { Steps } from '../../diagnostics/steps.ts';
import type { YamlPath } from '../../documents/yaml-places.ts';
import { type KeyFinding, keyError } from '../../jose/key-finding.ts';
import { type SignatureAlgorithm, signatureAlgorithms } from '../../jose/signature-algorithms.ts';
import { findCertificates } from '../../keys/certificates.ts';
import { readKeys } from '../../keys/read-keys.ts';
import type { FoundKey } from '../../keys/rotation.ts';
import type { KeyAccess, KeyRequest, KeySpec } from '../../keys/sources/source.ts';
import { readTextFile } from '../files.ts';
import { type NamedKeyForm, type PlaceName, placeOf, type VersionForm } from '../keys-schema.ts';

/** A key as the configuration declares it. */
export interface DeclaredKey {
  readonly form: NamedKeyForm;
  /** Resolves a path that the configuration contains. */
  resolve(file: string): string;
  /** Reports a problem; `path` leads to a key inside the declaration. */
  report(path: YamlPath, code: KeyFinding['code'], details: ProblemDetails): void;
  /** Applies the rules of the policy's vendor to a finding. */
  judge?(finding: KeyFinding): KeyFinding;
}

/**
 * The keys of a declaration. Undefined if one of them has an error, which is reported.
 *
 * @param request its `form` has the encoding and the password for a declaration without them
 */
export function* readDeclared(declared: DeclaredKey, request: KeyRequest): Steps<readonly FoundKey[] | undefined> {
  const { form } = declared;
  if (form.versions === undefined) return yield* readVersion(form, declared, request);
  const versions: (readonly FoundKey[] | undefined)[] = [];
  for (const [index, version] of form.versions.entries()) {
    const report: DeclaredKey['report'] = (path, code, details) =>
      declared.report(['versions', index, ...path], code, details);
    versions.push(yield* readVersion(version, { ...declared, report }, request));
  }
  return versions.some((version) => version === undefined) ? undefined : versions.flatMap((version) => version ?? []);
}

function* readVersion(
  form: VersionForm,
  declared: DeclaredKey,
  request: KeyRequest,
): Steps<readonly FoundKey[] | undefined> {
  const place = placeOf(form);
  let isUsable = true;
  const report: Report = (found, at = place) => {
    const finding = declared.judge?.(found) ?? found;
    if (finding.severity === 'error') isUsable = false;
    declared.report([at], finding.code, finding);
  };
  const { access } = request;
  const password = readPassphrase(form, declared, access, report);
  if (form.passphrase !== undefined && password === undefined) return undefined;
  const written = {
    ...request.form,
    encoding: form.encoding ?? request.form.encoding,
    password: password ?? request.form.password,
  };
  const labels = { kid: form.kid, certificates: readCertificates(form, declared, access, report) };
  const { keys, findings } = yield* readKeys(specAt(place, form, declared), { ...request, form: written }, labels);
  for (const finding of findings) report(finding);
  if (!isUsable) return undefined;
  return keys.map((held) => ({ held, activeFrom: at(form.activeFrom), retireAfter: at(form.retireAfter) }));
}

function at(time: string | undefined): number | undefined {
  return time === undefined ? undefined : Date.parse(time);
}

/** For each place of a key, the spec of its source. */
const specs: {
  readonly [P in PlaceName]: (
    value: NonNullable<VersionForm[P]>,
    resolve: DeclaredKey['resolve'],
    kid: string | undefined,
  ) => KeySpec;
} = {
  file: (path, resolve) => ({ scheme: 'file', path: resolve(path) }),
  env: (variable) => ({ scheme: 'environment', variable }),
  text: (text) => ({ scheme: 'inline', text }),
  jwk: (jwk) => ({ scheme: 'jwk', text: typeof jwk === 'string' ? jwk : JSON.stringify(jwk) }),
  jwks: (path, resolve, kid) => ({ scheme: 'jwks', path: resolve(path), kid }),
  pkcs12: (path, resolve) => ({ scheme: 'pkcs12', path: resolve(path) }),
  directory: (path, resolve) => ({ scheme: 'directory', path: resolve(path) }),
  generate: (name) => ({ scheme: 'generated', algorithm: algorithmOf(name) }),
};

function specAt<P extends PlaceName>(place: P, form: VersionForm, { resolve }: DeclaredKey): KeySpec {
  const value = form[place];
  if (value === undefined || value === null) throw new TypeError('a key without a place');
  return specs[place](value, resolve, form.kid);
}

function algorithmOf(name: string): SignatureAlgorithm {
  const algorithm = signatureAlgorithms.get(name);
  if (algorithm === undefined) throw new TypeError('an algorithm that the schema does not allow');
  return algorithm;
}

type Report = (finding: KeyFinding, at?: string) => void;

function readPassphrase(
  { passphrase }: VersionForm,
  { resolve }: DeclaredKey,
  access: KeyAccess,
  report: Report,
): string | undefined {
  if (passphrase === undefined) return undefined;
  if ('env' in passphrase) {
    const text = access.environment[passphrase.env];
    const message = 'There is no environment variable with this name.';
    if (text === undefined) report({ code: 'keys.no-variable', severity: 'error', message }, 'passphrase');
    return text;
  }
  return readTextOf(resolve(passphrase.file), access, 'passphrase', report)?.replace(/\r?\n$/, '');
}

function readCertificates(
  { certificate }: VersionForm,
  { resolve }: DeclaredKey,
  access: KeyAccess,
  report: Report,
): readonly Uint8Array[] {
  if (certificate === undefined) return [];
  const text = readTextOf(resolve(certificate), access, 'certificate', report);
  const found = text === undefined ? [] : findCertificates(text);
  if (text !== undefined && found.length === 0) {
    const message = 'The file contains no certificate in PEM.';
    report({ code: 'keys.wrong-certificate', severity: 'error', message }, 'certificate');
  }
  return found;
}

function readTextOf(path: string, access: KeyAccess, what: string, report: Report): string | undefined {
  const contents = readTextFile(access, path);
  if (contents.kind === 'text') return contents.text;
  const message = `The ${what} file ${contents.reason}.`;
  const suggestion = missingFileHint(path, (folder) => access.list(folder));
  report(keyError('config.unreadable-file', message, suggestion), what);
  return undefined;
}
