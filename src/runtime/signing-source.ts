/**
 * @module
 * A key that signs, from its declaration in `mintproc.yaml` to the keys that its sources hold at this moment.
 */
import type { Steps } from '../diagnostics/steps.ts';
import type { SignatureAlgorithm } from '../jose/algorithms.ts';
import { signatureAlgorithms } from '../jose/algorithms.ts';
import { checkSigningKey, type KeyFinding } from '../jose/signing-key.ts';
import { findCertificates, vouchesFor } from '../keys/certificates.ts';
import type { HeldKey } from '../keys/held-key.ts';
import type { KeyForm } from '../keys/key-material.ts';
import type { FoundKey } from '../keys/rotation.ts';
import { readKeys } from '../keys/sources/index.ts';
import type { KeySpec, KeyWorld } from '../keys/sources/source.ts';
import { readText } from './files.ts';
import { placeOf, type VersionForm } from './keys-schema.ts';
import type { DeclaredKey } from './named-keys.ts';

export interface SigningSourceContext {
  readonly world: KeyWorld;
  readonly strictFiles: boolean;
  /** How a secret is written, and the password, where the declaration does not say. */
  readonly form: KeyForm;
  /** The key that a `generate` of this declaration made before. */
  readonly made: HeldKey | undefined;
}

/** What a declaration leads to; undefined where problems, which are reported, forbid one of its keys. */
export function* readDeclared(
  algorithm: SignatureAlgorithm,
  declared: DeclaredKey,
  context: SigningSourceContext,
): Steps<readonly FoundKey[] | undefined> {
  const { form } = declared;
  if (form.versions === undefined) return yield* readVersion(algorithm, form, declared, context);
  const versions: (readonly FoundKey[] | undefined)[] = [];
  for (const [index, version] of form.versions.entries()) {
    const report: DeclaredKey['report'] = (path, code, details) =>
      declared.report(['versions', index, ...path], code, details);
    versions.push(yield* readVersion(algorithm, version, { ...declared, report }, context));
  }
  return versions.some((version) => version === undefined) ? undefined : versions.flatMap((version) => version ?? []);
}

function* readVersion(
  algorithm: SignatureAlgorithm,
  form: VersionForm,
  declared: DeclaredKey,
  context: SigningSourceContext,
): Steps<readonly FoundKey[] | undefined> {
  const place = placeOf(form);
  let isFit = true;
  const report: Report = (found, at = place) => {
    const finding = declared.judge?.(found) ?? found;
    if (finding.severity === 'error') isFit = false;
    declared.report([at], finding.code, finding);
  };
  const password = readPassphrase(form, declared, context, report);
  if (form.passphrase !== undefined && password === undefined) return undefined;
  const { keys, findings } = yield* readKeys(specOf(form, declared), {
    kind: algorithm.family === 'hmac' ? 'secret' : 'private',
    form: {
      encoding: form.encoding ?? context.form.encoding,
      password: password ?? context.form.password,
      jwk: context.form.jwk,
      unlocked: context.form.unlocked,
    },
    world: context.world,
    strictFiles: context.strictFiles,
    made: context.made,
  });
  for (const finding of findings) report(finding);
  const certificates = readCertificates(form, declared, context, report);
  const named = keys.map((held) => withName(held, form, keys.length, certificates));
  for (const held of named) {
    for (const finding of checkHeld(algorithm, held)) report(finding);
    yield;
  }
  if (!isFit) return undefined;
  return named.map((held) => ({ held, activeFrom: at(form.activeFrom), retireAfter: at(form.retireAfter) }));
}

/** One name cannot be that of several keys. */
function withName(held: HeldKey, { kid }: VersionForm, count: number, certificates: readonly Uint8Array[]): HeldKey {
  return {
    ...held,
    kid: count === 1 ? (kid ?? held.kid) : held.kid,
    certificates: certificates.length === 0 ? held.certificates : certificates,
  };
}

/** Everything that speaks against signing by the algorithm with this key. */
export function checkHeld(algorithm: SignatureAlgorithm, held: HeldKey): readonly KeyFinding[] {
  const findings = [...checkSigningKey(algorithm, held.key)];
  if (held.algorithm !== undefined && held.algorithm !== algorithm.name) {
    const message = `The JWK's \`alg\` is not ${algorithm.name}, which the policy names.`;
    findings.push({ code: 'jose.wrong-key-algorithm', severity: 'error', message });
  }
  const [certificate] = held.certificates;
  if (certificate !== undefined && held.key.type === 'private' && vouchesFor(certificate, held.key) !== true) {
    const message = 'The certificate beside the key is one for another key, or none that can be read.';
    findings.push({ code: 'keys.wrong-certificate', severity: 'error', message });
  }
  return findings;
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
  { world }: SigningSourceContext,
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
  { world }: SigningSourceContext,
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
  const contents = readText(world, path);
  if (contents.kind === 'text') return contents.text;
  const message = `The ${what} file ${contents.reason}.`;
  report({ code: 'config.unreadable-file', severity: 'error', message }, what);
  return undefined;
}
