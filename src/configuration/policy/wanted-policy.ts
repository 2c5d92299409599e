/**
 * @module
 * A policy that is to be loaded, as its entry in the configuration asks for it.
 */
import type { Code } from '../../diagnostics/codes.ts';
import type { ProblemDetails } from '../../diagnostics/problem.ts';
import type { YamlPath } from '../../documents/yaml-places.ts';
import type { PolicyEntrySettings } from '../configuration-schema.ts';

export interface WantedPolicy {
  readonly name: string;
  /** As it can be opened, and as problems name it. */
  readonly file: string;
  /** A path of the entry as it can be opened. */
  resolve(file: string): string;
  readonly settings: PolicyEntrySettings;
  /** Reports a problem with the entry; `path` leads to a key inside it. */
  report(path: YamlPath, code: Code, details: ProblemDetails): void;
}
