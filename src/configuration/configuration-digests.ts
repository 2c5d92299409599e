/**
 * @module
 * Digests of the policies, keys, routes, variables and settings of a configuration, by name, so that two configurations
 * can be compared without keeping either. A digest may be that of a secret: it stays in memory and is never shown.
 */
import { hash } from 'node:crypto';
import type { Steps } from '../diagnostics/steps.ts';
import type { HeldKey } from '../keys/held-key.ts';
import { shownName } from '../keys/ring-state.ts';
import type { RouteMatch } from '../routing/router.ts';
import type { Configuration } from './configuration.ts';
import type { FileReader } from './files.ts';
import type { SigningKeys } from './keys/key-rings.ts';
import type { CompiledPolicy } from './policy/policy-loader.ts';

/** Digests by name. */
export type Digests = ReadonlyMap<string, string>;

export interface RouteDigest {
  readonly match: RouteMatch;
  /** Of everything except the match. */
  readonly digest: string;
}

export interface ConfigurationDigests {
  readonly policies: Digests;
  /** Signing keys by the names that verifiers know; recipient keys by their policies. */
  readonly keys: Digests;
  readonly variables: Digests;
  /** The other keys at the top level of the file. */
  readonly settings: Digests;
  readonly routes: readonly RouteDigest[];
}

/** What the digests cover besides the document itself. */
export interface DigestSources {
  readonly files: FileReader;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Resolves a path that the configuration contains. */
  resolve(file: string): string;
  /** The policies that could be loaded. */
  readonly policies: ReadonlyMap<string, CompiledPolicy>;
  readonly keys: SigningKeys;
}

export function* digestsOf(configuration: Configuration, sources: DigestSources): Steps<ConfigurationDigests> {
  const { keys: _keys, variables = {}, ...settings } = configuration.settings ?? {};
  const digestOfFile = fileDigests(sources);
  const policies = new Map<string, string>();
  for (const { entry } of configuration.policies) {
    policies.set(entry.name, digest(JSON.stringify(entry), digestOfFile(entry.file)));
    yield;
  }
  const routes: RouteDigest[] = [];
  for (const { entry } of configuration.routes) {
    const { match, ...rest } = entry;
    routes.push({ match, digest: digest(JSON.stringify(rest)) });
    yield;
  }
  const values = new Map<string, string>();
  for (const [name, form] of Object.entries(variables)) {
    values.set(name, digest(JSON.stringify(form), outsideText(form, digestOfFile, sources)));
    yield;
  }
  const rest = Object.entries(settings).map(([name, value]) => [name, digest(JSON.stringify(value))] as const);
  return { policies, keys: yield* keyDigests(sources), variables: values, settings: new Map(rest), routes };
}

function digest(...parts: readonly string[]): string {
  return hash('sha256', JSON.stringify(parts), 'base64url');
}

/** A file that several entries name is read once. */
function fileDigests({ files, resolve }: DigestSources): (file: string) => string {
  const known = new Map<string, string>();
  return (file) => {
    const path = resolve(file);
    const found = known.get(path);
    if (found !== undefined) return found;
    const contents = files.read(path);
    const made = contents.kind === 'bytes' ? hash('sha256', contents.bytes, 'base64url') : '';
    known.set(path, made);
    return made;
  };
}

/** The text, or its digest, of the file or environment variable that a variable comes from. */
function outsideText(
  form: unknown,
  digestOfFile: (file: string) => string,
  { environment }: Pick<DigestSources, 'environment'>,
): string {
  if (typeof form !== 'object' || form === null) return '';
  if ('file' in form && typeof form.file === 'string') return digestOfFile(form.file);
  return 'env' in form && typeof form.env === 'string' ? (environment[form.env] ?? '') : '';
}

function* keyDigests({ policies, keys }: DigestSources): Steps<Digests> {
  const digests = new Map<string, string>();
  for (const [policy, ring] of keys.rings) {
    for (const { held, activeFrom, retireAfter, stopsAt } of ring) {
      // A key without a source was removed, though it may sign and be published for a while.
      if (stopsAt !== Number.POSITIVE_INFINITY) continue;
      digests.set(nameOf(held, policy), digest(materialOf(held), String(activeFrom), String(retireAfter)));
    }
    yield;
  }
  for (const { name, recipients } of policies.values()) {
    const parts = recipients.map(({ held, activeFrom, retireAfter }) =>
      digest(materialOf(held), ...held.certificates.map(base64), String(activeFrom), String(retireAfter)),
    );
    if (parts.length > 0) digests.set(`recipient of ${name}`, digest(...parts));
    yield;
  }
  return digests;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

/** A generated key differs at each start, which is not a change of the configuration. */
function nameOf(held: HeldKey, policy: string): string {
  if (held.generated) return `generated key of ${policy}`;
  return shownName(held) ?? `secret of ${policy}`;
}

function materialOf({ generated, thumbprint, key }: HeldKey): string {
  if (generated) return 'generated';
  return thumbprint ?? key.export().toString('base64');
}
