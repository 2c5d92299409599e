/**
 * @module
 * A policy to load, as its entry in the configuration describes it.
 */
import type { Code } from '../diagnostics/codes.ts';
import type { ProblemDetails, Problems } from '../diagnostics/problem.ts';
import type { Place } from '../diagnostics/source-text.ts';
import type { YamlPath } from '../documents/yaml-places.ts';
import { type ConfigurationPlace, type Placed, reportIn } from './configuration-part.ts';
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
  readonly place: ConfigurationPlace | undefined;
  /** Reports a problem with the entry; `path` leads to a key inside it. */
  report(path: YamlPath, code: Code, details: ProblemDetails): void;
  /** The place of a key inside the entry. */
  placeAt(path: YamlPath): Place;
}

export function wantedPolicy(placed: Placed<PolicyEntry>, problems: Problems): WantedPolicy {
  const { name, file, ...settings } = placed.entry;
  const { folder } = placed.origin;
  return {
    name,
    file: resolveFrom(folder, file),
    resolve: (name) => resolveFrom(folder, name),
    settings,
    place: { origin: placed.origin, path: placed.path },
    report: reportIn(placed, problems),
    placeAt: (path) => placed.origin.document.placeAt([...placed.path, ...path]),
  };
}
