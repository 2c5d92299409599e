/**
 * @module
 * A key from its declaration in `mintproc.yaml` to the keys that its sources hold at this moment.
 */
import type { ProblemDetails } from '../../diagnostics/problem.ts';
import type { Steps } from '../../diagnostics/steps.ts';
import type { YamlPath } from '../../documents/yaml-places.ts';
import type { KeyFinding } from '../../jose/key-finding.ts';
import { signatureAlgorithms } from '../../jose/signature-algorithms.ts';
import { findCertificates } from '../../keys/certificates.ts';
import { readKeys } from '../../keys/read-keys.ts';
import type { FoundKey } from '../../keys/rotation.ts';
import type { KeyRequest, KeySpec, KeyWorld } from '../../keys/sources/source.ts';
import { readTextFile } from '../files.ts';
import { type NamedKeyForm, placeOf, type VersionForm } from '../keys-schema.ts';

/** A key as the configuration declares it. */
export interface DeclaredKey {
  readonly form: NamedKeyForm;
  /** A path of the configuration as it can be opened. */
  resolve(file: string): string;
  /** Reports a problem; `path` leads to a key inside the declaration. */
  report(path: YamlPath, code: KeyFinding['code'], details: ProblemDetails): void;
  /** What the policy's vendor makes of a finding. */
  judge?(finding: KeyFinding): KeyFinding;
}

/**
 * What a declaration leads to; undefined where problems, which are reported, forbid one of its keys.
 *
 * @param request its `form` says how a secret is written, and the password, where the declaration does not
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
  let isFit = true;
  const report: Report = (found, at = place) => {
    const finding = declared.judge?.(found) ?? found;
    if (finding.severity === 'error') isFit = false;
    declared.report([at], finding.code, finding);
  };
  const { world } = request;
  const password = readPassphrase(form, declared, world, report);
  if (form.passphrase !== undefined && password === undefined) return undefined;
  const written = {
    ...request.form,
    encoding: form.encoding ?? request.form.encoding,
    password: password ?? request.form.password,
  };
  const labels = { kid: form.kid, certificates: readCertificates(form, declared, world, report) };
  const { keys, findings } = yield* readKeys(specOf(form, declared), { ...request, form: written }, labels);
  for (const finding of findings) report(finding);
  if (!isFit) return undefined;
  return keys.map((held) => ({ held, activeFrom: at(form.activeFrom), retireAfter: at(form.retireAfter) }));
}

function at(time: string | undefined): number | undefined {
  return time === undefined ? undefined : Date.parse(time);
}

function specOf(form: VersionForm, { resolve }: DeclaredKey): KeySpec {
  if (form.env !== undefined) return { scheme: 'environment', variable: form.env };
  if (form.text !== undefined) return { scheme: 'inline', text: form.text };
  if (form.jwk !== undefined) {
    return { scheme: 'jwk', text: typeof form.jwk === 'string' ? form.jwk : JSON.stringify(form.jwk) };
  }
  if (form.jwks !== undefined) return { scheme: 'jwks', path: resolve(form.jwks), kid: form.kid };
  if (form.pkcs12 !== undefined) return { scheme: 'pkcs12', path: resolve(form.pkcs12) };
  if (form.directory !== undefined) return { scheme: 'directory', path: resolve(form.directory) };
  const generated = form.generate === undefined ? undefined : signatureAlgorithms.get(form.generate);
  if (generated !== undefined) return { scheme: 'generated', algorithm: generated };
  return { scheme: 'file', path: resolve(form.file ?? '') };
}

type Report = (finding: KeyFinding, at?: string) => void;

function readPassphrase(
  { passphrase }: VersionForm,
  { resolve }: DeclaredKey,
  world: KeyWorld,
  report: Report,
): string | undefined {
  if (passphrase === undefined) return undefined;
  if ('env' in passphrase) {
    const text = world.environment[passphrase.env];
    const message = 'There is no environment variable of this name.';
    if (text === undefined) report({ code: 'keys.no-variable', severity: 'error', message }, 'passphrase');
    return text;
  }
  return readTextOf(resolve(passphrase.file), world, 'passphrase', report)?.replace(/\r?\n$/, '');
}

function readCertificates(
  { certificate }: VersionForm,
  { resolve }: DeclaredKey,
  world: KeyWorld,
  report: Report,
): readonly Uint8Array[] {
  if (certificate === undefined) return [];
  const text = readTextOf(resolve(certificate), world, 'certificate', report);
  const found = text === undefined ? [] : findCertificates(text);
  if (text !== undefined && found.length === 0) {
    const message = 'The file holds no certificate in PEM.';
    report({ code: 'keys.wrong-certificate', severity: 'error', message }, 'certificate');
  }
  return found;
}

function readTextOf(path: string, world: KeyWorld, what: string, report: Report): string | undefined {
  const contents = readTextFile(world, path);
  if (contents.kind === 'text') return contents.text;
  const message = `The ${what} file ${contents.reason}.`;
  report({ code: 'config.unreadable-file', severity: 'error', message }, what);
  return undefined;
}
