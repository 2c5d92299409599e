/**
 * @module
 * The interface of a platform: how the Envoy part of a configuration is written for it. `platforms.ts` has a row for
 * each.
 */
import type { Problem } from '../diagnostics/problem.ts';
import type { EnvoyPart, FilterName } from './envoy-part.ts';

/** An option of the command line that belongs to a platform. */
export interface PlatformOption {
  /** What stands for the value in the help, such as `HOST:PORT`. */
  readonly value: string;
  readonly byDefault: string;
  /** A phrase for the help, without the default. */
  readonly help: string;
  /** What is wrong with a value, as the end of a sentence; undefined if nothing is. */
  check(value: string): string | undefined;
}

/** The values of all options of a platform, by name. */
export type PlatformValues = Readonly<Record<string, string>>;

export interface GeneratedFile {
  readonly name: string;
  readonly text: string;
}

export interface Generated {
  readonly files: readonly GeneratedFile[];
  /** Sentences: what the user has to do that no file says by itself. */
  readonly notes: readonly string[];
}

export interface Platform {
  /** For the help: what is written. */
  readonly writes: string;
  /** The filters that can be written for it. */
  readonly filters: readonly FilterName[];
  readonly options: Readonly<Record<string, PlatformOption>>;
  /** Whether Envoy may keep tokens there (`--reuse-in-envoy`). */
  readonly canKeepTokens: boolean;
  /** What the configuration must not have for this platform, each with its place. Nothing is generated then. */
  problems(part: EnvoyPart): readonly Problem[];
  /** What the platform cannot do, as sentences that say what to write instead. Nothing is generated then. */
  refusals(part: EnvoyPart, values: PlatformValues): readonly string[];
  generate(part: EnvoyPart, values: PlatformValues): Generated;
}

/** The value of an option. */
export function optionValue(values: PlatformValues, name: string): string {
  const value = values[name];
  if (value === undefined) throw new TypeError(`the option ${name} has no value`);
  return value;
}

/** A check against a pattern. @param form what is expected, as the end of `must be …` */
export function pattern(form: string, expected: RegExp): PlatformOption['check'] {
  return (value) => (expected.test(value) ? undefined : `must be ${form}`);
}

/** The name of an object in Kubernetes (RFC 1123). */
export const objectName = pattern(
  'a name of lower-case letters, digits, dots and dashes',
  /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/,
);
