/**
 * @module
 * Reads the keys that a declaration in `mintproc.yaml` leads to.
 */
import { missingFileHint, noSuchFile } from '../../diagnostics/missing-file.ts';
import type { ProblemDetails } from '../../diagnostics/problem.ts';
import type { Place } from '../../diagnostics/source-text.ts';
import type { Steps } from '../../diagnostics/steps.ts';
import type { YamlPath } from '../../documents/yaml-places.ts';
import { type KeyFinding, keyAbsence, keyError } from '../../jose/key-finding.ts';
import { type SignatureAlgorithm, signatureAlgorithms } from '../../jose/signature-algorithms.ts';
import { findCertificates } from '../../keys/certificates.ts';
import type { HeldKey } from '../../keys/held-key.ts';
import { checkFit, hasError } from '../../keys/key-use.ts';
import { readKeys } from '../../keys/read-keys.ts';
import type { FoundKey } from '../../keys/rotation.ts';
import type { KeyAccess, KeyRequest, KeySpec, SourceKey } from '../../keys/sources/source.ts';
import { readTextFile } from '../files.ts';
import { type NamedKeyForm, type PlaceName, placeOf, type VersionForm } from '../keys-schema.ts';
import { limitsOf, pkcs11Place, vaultPlace } from './outside-places.ts';
import type { AbsentKey } from './stand-in-keys.ts';

/** A key as the configuration declares it. */
export interface DeclaredKey {
  readonly form: NamedKeyForm;
  /** Resolves a path that the configuration contains. */
  resolve(file: string): string;
  /** Reports a problem; `path` leads to a key inside the declaration. */
  report(path: YamlPath, code: KeyFinding['code'], details: ProblemDetails): void;
  /** The place of a key inside the declaration. */
  placeAt(path: YamlPath): Place;
}

/** What the policy that uses a declared key adds to it. */
export interface PolicyRules {
  /** Applies the rules of the policy's vendor to a finding. */
  judge(finding: KeyFinding): KeyFinding;
  /** Makes a key in place of one that is not at hand; undefined if none may be made. */
  readonly standIn: ((absent: AbsentPlace) => HeldKey) | undefined;
  /** Whether a key is made although one may be at hand: nothing of the declaration is read. */
  readonly isReplaced: boolean;
}

/** Where a key should be that is not at hand. */
export type AbsentPlace = Pick<AbsentKey, 'source' | 'place' | 'hasCertificate'>;

/**
 * The keys of a declaration. Undefined if one of them has an error, which is reported.
 *
 * @param request its `form` has the encoding and the password for a declaration without them
 */
export function* readDeclared(
  declared: DeclaredKey,
  request: KeyRequest,
  rules: PolicyRules,
): Steps<readonly FoundKey[] | undefined> {
  const { form } = declared;
  if (form.versions === undefined) return yield* readVersion(form, declared, request, rules);
  const versions: (readonly FoundKey[] | undefined)[] = [];
  for (const [index, version] of form.versions.entries()) {
    const inside = (path: YamlPath): YamlPath => ['versions', index, ...path];
    const report: DeclaredKey['report'] = (path, code, details) => declared.report(inside(path), code, details);
    const placeAt: DeclaredKey['placeAt'] = (path) => declared.placeAt(inside(path));
    versions.push(yield* readVersion(version, { ...declared, report, placeAt }, request, rules));
  }
  return versions.some((version) => version === undefined) ? undefined : versions.flatMap((version) => version ?? []);
}

function* readVersion(
  form: VersionForm,
  declared: DeclaredKey,
  request: KeyRequest,
  { judge, standIn, isReplaced }: PolicyRules,
): Steps<readonly FoundKey[] | undefined> {
  const place = placeOf(form);
  const found: Found[] = [];
  const note: Note = (finding, at = place) => found.push({ finding: judge(finding), at });
  const replace = (make: NonNullable<PolicyRules['standIn']>): readonly FoundKey[] | undefined => {
    const source = JSON.stringify(specAt(place, form, declared));
    const made = make({ source, place: declared.placeAt([place]), hasCertificate: form.certificate !== undefined });
    const held = form.kid === undefined ? made : { ...made, kid: form.kid };
    const fit = checkFit(request.use, held).map((finding) => ({ finding: judge(finding), at: place }));
    return inForce([held], fit, form, declared);
  };
  if (standIn !== undefined && isReplaced) return replace(standIn);
  const { access } = request;
  const password = readPassphrase(form, declared, access, note);
  const isLocked = form.passphrase !== undefined && password === undefined;
  if (isLocked && standIn === undefined) return inForce([], found, form, declared);
  const written = {
    ...request.form,
    encoding: form.encoding ?? request.form.encoding,
    password: password ?? request.form.password,
  };
  const certificates = readCertificates(form, declared, access, note);
  const labels = { kid: form.kid, certificates };
  const { keys, findings } = yield* readKeys(specAt(place, form, declared), { ...request, form: written }, labels);
  if (standIn !== undefined && isAbsent(findings, found)) return replace(standIn);
  // Without its passphrase, the key is not read.
  if (!isLocked) for (const finding of findings) note(finding);
  return inForce(keys, found, form, declared);
}

/** A broken passphrase or certificate is no absence. @param besides what was found of these */
function isAbsent(findings: readonly KeyFinding[], besides: readonly Found[]): boolean {
  if (findings.length === 0) return false;
  return [...findings, ...besides.map(({ finding }) => finding)].every(({ isAbsence }) => isAbsence);
}

/** Reports what was found. Undefined if a finding is an error. */
function inForce(
  keys: readonly SourceKey[],
  found: readonly Found[],
  form: VersionForm,
  { report }: Pick<DeclaredKey, 'report'>,
): readonly FoundKey[] | undefined {
  for (const { finding, at: member } of found) report([member], finding.code, finding);
  if (hasError(found.map(({ finding }) => finding))) return undefined;
  return keys.map(({ activeFrom = at(form.activeFrom), ...held }) => {
    return { held, activeFrom, retireAfter: at(form.retireAfter) };
  });
}

function at(time: string | undefined): number | undefined {
  return time === undefined ? undefined : Date.parse(time);
}

/** For each place of a key, the spec of its source. */
const specs: {
  readonly [P in PlaceName]: (
    value: NonNullable<VersionForm[P]>,
    resolve: DeclaredKey['resolve'],
    form: VersionForm,
  ) => KeySpec;
} = {
  file: (path, resolve) => ({ scheme: 'file', path: resolve(path) }),
  env: (variable) => ({ scheme: 'environment', variable }),
  text: (text) => ({ scheme: 'inline', text }),
  jwk: (jwk) => ({ scheme: 'jwk', text: typeof jwk === 'string' ? jwk : JSON.stringify(jwk) }),
  jwks: (path, resolve, { kid }) => ({ scheme: 'jwks', path: resolve(path), kid }),
  pkcs12: (path, resolve) => ({ scheme: 'pkcs12', path: resolve(path) }),
  directory: (path, resolve) => ({ scheme: 'directory', path: resolve(path) }),
  generate: (name) => ({ scheme: 'generated', algorithm: algorithmOf(name) }),
  vaultTransit: (vault, resolve, form) => ({ scheme: 'outside', place: vaultPlace(vault, resolve, limitsOf(form)) }),
  awsKms: ({ key, region }, _, form) => ({
    scheme: 'outside',
    place: { service: 'awsKms', key, region, ...limitsOf(form) },
  }),
  pkcs11: (token, resolve, form) => ({ scheme: 'outside', place: pkcs11Place(token, resolve, limitsOf(form)) }),
};

function specAt<P extends PlaceName>(place: P, form: VersionForm, { resolve }: DeclaredKey): KeySpec {
  const value = form[place];
  if (value === undefined || value === null) throw new TypeError('a key without a place');
  return specs[place](value, resolve, form);
}

function algorithmOf(name: string): SignatureAlgorithm {
  const algorithm = signatureAlgorithms.get(name);
  if (algorithm === undefined) throw new TypeError('an algorithm that the schema does not allow');
  return algorithm;
}

interface Found {
  readonly finding: KeyFinding;
  /** The member of the declaration that it is about. */
  readonly at: string;
}

/** Notes a finding, by default at the place of the key. */
type Note = (finding: KeyFinding, at?: string) => void;

function readPassphrase(
  { passphrase }: VersionForm,
  { resolve }: DeclaredKey,
  access: KeyAccess,
  note: Note,
): string | undefined {
  if (passphrase === undefined) return undefined;
  if ('env' in passphrase) {
    const text = access.environment[passphrase.env];
    const message = 'There is no environment variable with this name.';
    if (text === undefined) note(keyAbsence('keys.no-variable', message), 'passphrase');
    return text;
  }
  return readTextOf(resolve(passphrase.file), access, 'passphrase', note)?.replace(/\r?\n$/, '');
}

function readCertificates(
  { certificate }: VersionForm,
  { resolve }: DeclaredKey,
  access: KeyAccess,
  note: Note,
): readonly Uint8Array[] {
  if (certificate === undefined) return [];
  const text = readTextOf(resolve(certificate), access, 'certificate', note);
  const found = text === undefined ? [] : findCertificates(text);
  if (text !== undefined && found.length === 0) {
    const message = 'The file contains no certificate in PEM.';
    note(keyError('keys.wrong-certificate', message), 'certificate');
  }
  return found;
}

function readTextOf(path: string, access: KeyAccess, what: string, note: Note): string | undefined {
  const contents = readTextFile(access, path);
  if (contents.kind === 'text') return contents.text;
  const message = `The ${what} file ${contents.reason}.`;
  const suggestion = missingFileHint(path, (folder) => access.list(folder));
  const make = contents.reason === noSuchFile ? keyAbsence : keyError;
  note(make('config.unreadable-file', message, suggestion), what);
  return undefined;
}
