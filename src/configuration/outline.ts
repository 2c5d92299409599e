/**
 * @module
 * What a configuration consists of: its policies, keys, routes, variables and settings by their names, each with a digest
 * of what it says, so that two configurations can be compared without either being kept. A digest may be one of a
 * secret: it stays in memory, and nothing shows it.
 */
import { hash } from 'node:crypto';
import type { Steps } from '../diagnostics/steps.ts';
import type { HeldKey } from '../keys/held-key.ts';
import { shownName } from '../keys/ring-state.ts';
import type { RouteMatch } from '../routing/router.ts';
import type { Configuration } from './configuration.ts';
import type { FileReader } from './files.ts';
import type { SigningKeys } from './keys/signing-rings.ts';
import type { CompiledPolicy } from './policy/policy.ts';

/** Digests by name. */
export type Digests = ReadonlyMap<string, string>;

export interface RouteOutline {
  readonly match: RouteMatch;
  /** Of everything beside the match. */
  readonly digest: string;
}

export interface Outline {
  readonly policies: Digests;
  /** Signing keys by the names that verifiers know, keys to encrypt to by their policies. */
  readonly keys: Digests;
  readonly variables: Digests;
  /** The other keys at the top of the file. */
  readonly settings: Digests;
  readonly routes: readonly RouteOutline[];
}

/** What belongs to a configuration beside its document. */
export interface OutlineSources {
  readonly files: FileReader;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** A path of the configuration as it can be opened. */
  resolve(file: string): string;
  /** Those that could be loaded. */
  readonly policies: ReadonlyMap<string, CompiledPolicy>;
  readonly keys: SigningKeys;
}

export function* outlineOf(configuration: Configuration, sources: OutlineSources): Steps<Outline> {
  const { keys: _keys, variables = {}, ...settings } = configuration.settings ?? {};
  const digestOfFile = fileDigests(sources);
  const policies = new Map<string, string>();
  for (const { entry } of configuration.policies) {
    policies.set(entry.name, digest(JSON.stringify(entry), digestOfFile(entry.file)));
    yield;
  }
  const routes: RouteOutline[] = [];
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
  const said = Object.entries(settings).map(([name, value]) => [name, digest(JSON.stringify(value))] as const);
  return { policies, keys: yield* keyDigests(sources), variables: values, settings: new Map(said), routes };
}

function digest(...parts: readonly string[]): string {
  return hash('sha256', JSON.stringify(parts), 'base64url');
}

/** Files that several entries name are looked at once. */
function fileDigests({ files, resolve }: OutlineSources): (file: string) => string {
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

/** Of the file or the environment variable in which a value stands. */
function outsideText(
  form: unknown,
  digestOfFile: (file: string) => string,
  { environment }: Pick<OutlineSources, 'environment'>,
): string {
  if (typeof form !== 'object' || form === null) return '';
  if ('file' in form && typeof form.file === 'string') return digestOfFile(form.file);
  return 'env' in form && typeof form.env === 'string' ? (environment[form.env] ?? '') : '';
}

function* keyDigests({ policies, keys }: OutlineSources): Steps<Digests> {
  const digests = new Map<string, string>();
  for (const [policy, ring] of keys.rings) {
    for (const { held, activeFrom, retireAfter, stopsAt } of ring) {
      // One that no source has any more is gone, though it may sign and be published for a while.
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

/** A generated key is another one at each start, which is no change of the configuration. */
function nameOf(held: HeldKey, policy: string): string {
  if (held.generated) return `generated key of ${policy}`;
  return shownName(held) ?? `secret of ${policy}`;
}

function materialOf({ generated, thumbprint, key }: HeldKey): string {
  if (generated) return 'generated';
  return thumbprint ?? key.export().toString('base64');
}
