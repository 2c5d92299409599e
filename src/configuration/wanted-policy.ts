/**
 * @module
 * A policy to load, as its entry in the configuration describes it.
 */
import type { Code } from '../diagnostics/codes.ts';
import type { ProblemDetails, Problems } from '../diagnostics/problem.ts';
import type { LocatedYaml } from '../documents/located-yaml.ts';
import type { YamlPath } from '../documents/yaml-places.ts';
import type { PolicyEntry, PolicyEntrySettings } from './configuration-schema.ts';
import { resolveFrom } from './files.ts';

export interface WantedPolicy {
  readonly name: string;
  /** The path to open; problems show it too. */
  readonly file: string;
  /** Resolves a path that the entry contains. */
  resolve(file: string): string;
  readonly settings: PolicyEntrySettings;
  /** The entry's place; undefined if the policy has no entry. */
  readonly place: { readonly document: LocatedYaml; readonly path: YamlPath } | undefined;
  /** Reports a problem with the entry; `path` leads to a key inside it. */
  report(path: YamlPath, code: Code, details: ProblemDetails): void;
}

/**
 * @param path the entry's place in `document`
 * @param folder relative paths in the entry start there
 */
export function wantedPolicy(
  { name, file, ...settings }: PolicyEntry,
  path: YamlPath,
  document: LocatedYaml,
  folder: string,
  problems: Problems,
): WantedPolicy {
  return {
    name,
    file: resolveFrom(folder, file),
    resolve: (name) => resolveFrom(folder, name),
    settings,
    place: { document, path },
    report: (inner, code, details) => document.report(problems, [...path, ...inner], code, details),
  };
}
