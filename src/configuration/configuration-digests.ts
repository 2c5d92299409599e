/**
 * @module
 * Digests of the policies, keys, routes, variables and settings of a configuration, by name, so that two configurations
 * can be compared without keeping either. A digest may be that of a secret: it stays in memory and is never shown.
 */
import { hash } from 'node:crypto';
import type { Steps } from '../diagnostics/steps.ts';
import { materialDigest } from '../keys/held-key.ts';
import { shownName } from '../keys/ring-state.ts';
import type { FoundKey } from '../keys/rotation.ts';
import type { RouteMatch } from '../routing/router.ts';
import type { Configuration } from './configuration.ts';
import type { ConfigurationPlace, Placed } from './configuration-part.ts';
import type { PolicyEntry } from './configuration-schema.ts';
import { type FileReader, resolveFrom } from './files.ts';
import { declarationOf } from './keys/policy-keys.ts';
import { type NamedKeyForm, placeOf } from './keys-schema.ts';
import type { CompiledPolicy } from './policy/policy-loader.ts';
import { exactForms } from './policy/policy-variables.ts';

/** The parts of a configuration that are compared, in the order in which they are reported. */
export const parts = ['policies', 'keys', 'routes', 'variables', 'settings'] as const;

export type Part = (typeof parts)[number];

/** Digests by name; undefined for what exists and could not be read. */
export type Digests = ReadonlyMap<string, string | undefined>;

export interface RouteDigest {
  readonly match: RouteMatch;
  /** Of everything except the match. */
  readonly digest: string;
}

export interface ConfigurationDigests {
  readonly policies: Digests;
  /** By JSON of `[KIND, NAME]` or `[KIND, NAME, KID]`: the keys of `keys`, and those of single policies. */
  readonly keys: Digests;
  readonly variables: Digests;
  /** The other keys at the top level of the file. */
  readonly settings: Digests;
  readonly routes: readonly RouteDigest[];
  /** The parts that may have more than could be read. */
  readonly incomplete: ReadonlySet<Part>;
}

/** What the digests cover besides the document itself. */
export interface DigestSources {
  readonly files: FileReader;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The policies that could be loaded. */
  readonly policies: ReadonlyMap<string, CompiledPolicy>;
  /** The keys that could be read, by their declaration. */
  readonly found: ReadonlyMap<string, readonly FoundKey[]>;
}

export function* digestsOf(configuration: Configuration, sources: DigestSources): Steps<ConfigurationDigests> {
  const { keys: named = {}, variables = {}, ...settings } = configuration.settings ?? {};
  const digestOfFile = fileDigests(sources);
  const policies = new Map<string, string | undefined>();
  for (const name of configuration.policyNames) if (name !== '') policies.set(name, undefined);
  const textsOf = ({ entry, origin, path }: Placed<Pick<PolicyEntry, 'variables'>>) =>
    variableTexts(entry.variables, { origin, path: [...path, 'variables'] }, digestOfFile, sources);
  for (const placed of configuration.policies) {
    const { entry, origin } = placed;
    const outside = [digestOfFile(resolveFrom(origin.folder, entry.file)), ...textsOf(placed)];
    policies.set(entry.name, digestIfRead(JSON.stringify(entry), outside));
    yield;
  }
  const routes: RouteDigest[] = [];
  for (const placed of configuration.routes) {
    const { match, ...rest } = placed.entry;
    routes.push({ match, digest: digest(JSON.stringify(rest), ...textsOf(placed).map((text) => text ?? '')) });
    yield;
  }
  const values = new Map<string, string | undefined>();
  const placeOf = (name: string): ConfigurationPlace => ({
    origin: configuration.originOf('variables', name),
    path: ['variables'],
  });
  for (const [name, form] of Object.entries(exactForms(variables, placeOf))) {
    const { folder } = placeOf(name).origin;
    const digestInFolder = (file: string): string | undefined => digestOfFile(resolveFrom(folder, file));
    values.set(name, digestIfRead(JSON.stringify(form), [outsideText(form, digestInFolder, sources)]));
    yield;
  }
  const rest = Object.entries(settings).map(([name, value]) => [name, digest(JSON.stringify(value))] as const);
  const keys = yield* keyDigests(named, configuration, sources);
  return {
    policies,
    keys,
    variables: values,
    settings: new Map(rest),
    routes,
    incomplete: incompleteParts(configuration, sources),
  };
}

function incompleteParts(configuration: Configuration, { policies: compiled }: DigestSources): ReadonlySet<Part> {
  const { settings, areDeclared, incomplete } = configuration;
  const missing = new Set<Part>(incomplete);
  if (settings === undefined) missing.add('settings');
  if (!areDeclared) for (const part of ['keys', 'variables'] as const) missing.add(part);
  // A policy that could not be loaded may have a key of its own.
  if (!areAllRead(configuration, compiled)) missing.add('keys');
  return missing;
}

function digest(...parts: readonly string[]): string {
  return hash('sha256', JSON.stringify(parts), 'base64url');
}

function areAllRead({ policies, incomplete }: Configuration, compiled: ReadonlyMap<string, CompiledPolicy>): boolean {
  return !incomplete.has('policies') && compiled.size === policies.length;
}

/** @param contents what stands outside of the document; undefined if it could not be read */
function digestIfRead(text: string, contents: readonly (string | undefined)[]): string | undefined {
  const read = contents.filter((one) => one !== undefined);
  return read.length < contents.length ? undefined : digest(text, ...read);
}

/** A file that several entries name is read once. */
function fileDigests({ files }: DigestSources): (path: string) => string | undefined {
  const known = new Map<string, string | undefined>();
  return (path) => {
    if (known.has(path)) return known.get(path);
    const contents = files.read(path);
    const made = contents.kind === 'bytes' ? hash('sha256', contents.bytes, 'base64url') : undefined;
    known.set(path, made);
    return made;
  };
}

/** The variables of an entry or a route as they are written, and what they come from. */
function variableTexts(
  forms: PolicyEntry['variables'],
  place: ConfigurationPlace,
  digestOfFile: (path: string) => string | undefined,
  sources: Pick<DigestSources, 'environment'>,
): readonly (string | undefined)[] {
  if (forms === undefined) return [];
  const digestInFolder = (file: string): string | undefined => digestOfFile(resolveFrom(place.origin.folder, file));
  const outside = Object.values(forms).map((form) => outsideText(form, digestInFolder, sources));
  return [JSON.stringify(exactForms(forms, () => place)), ...outside];
}

/** The text, or its digest, of the file or environment variable that a variable comes from. */
function outsideText(
  form: unknown,
  digestOfFile: (file: string) => string | undefined,
  { environment }: Pick<DigestSources, 'environment'>,
): string | undefined {
  if (typeof form !== 'object' || form === null) return '';
  if ('file' in form && typeof form.file === 'string') return digestOfFile(form.file);
  return 'env' in form && typeof form.env === 'string' ? environment[form.env] : '';
}

/** Keys are compared by their declarations, as the sources have them: a key that was removed may sign for a while. */
function* keyDigests(
  named: Readonly<Record<string, NamedKeyForm>>,
  configuration: Configuration,
  { policies, found }: DigestSources,
): Steps<Digests> {
  const digests = new Map<string, string | undefined>();
  // A key that no policy uses is not read.
  const unused = areAllRead(configuration, policies) ? [] : undefined;
  for (const [name, form] of Object.entries(named)) {
    const declaration = declarationOf('keys', name);
    const keys = found.get(declaration) ?? unused;
    digests.set(declaration, keys && digestOfKeys(keys, JSON.stringify(form)));
    const several = hasSeveral(form) ? byName(keys ?? []) : [];
    for (const [kid, one] of several) digests.set(JSON.stringify(['keys', name, kid]), one);
    yield;
  }
  for (const [declaration, keys] of found) {
    if (!digests.has(declaration)) digests.set(declaration, digestOfKeys(keys, ''));
    yield;
  }
  return digests;
}

/** Whether the declaration may lead to several keys, whose names are reported too. */
function hasSeveral(form: NamedKeyForm): boolean {
  return form.versions !== undefined || ['directory', 'jwks'].includes(placeOf(form));
}

/** Digests of the keys of one declaration by the names that verifiers know. A secret may have no name. */
function byName(keys: readonly FoundKey[]): ReadonlyMap<string, string> {
  const groups = Map.groupBy(keys, ({ held }) => shownName(held));
  return new Map(
    [...groups].flatMap(([kid, group]) => (kid === undefined ? [] : [[kid, digestOfKeys(group, '')] as const])),
  );
}

/** In the order of the keys, because it decides which one signs. Policies that share a key may read it each. */
function digestOfKeys(keys: readonly FoundKey[], form: string): string {
  return digest(form, ...new Set(keys.map(digestOfKey)));
}

function digestOfKey({ held, activeFrom, retireAfter }: FoundKey): string {
  const { kid = '', algorithm = '', generated, certificates } = held;
  // A generated key differs at each start, which is not a change of the configuration.
  const material = generated ? 'generated' : materialDigest(held);
  const name = generated ? '' : kid;
  return digest(material, name, algorithm, `${activeFrom}`, `${retireAfter}`, ...certificates.map(base64));
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
