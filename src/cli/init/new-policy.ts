/**
 * @module
 * A policy of the folder that `mintproc init` writes.
 */
import type { JsonObject } from '../../diagnostics/json.ts';
import type { Written } from '../../documents/commented-yaml.ts';

export interface NewPolicy {
  /** The name of its entry. */
  readonly name: string;
  /** Relative to the folder, with slashes. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** The members of its entry after `name` and `file`. */
  readonly settings: Readonly<Record<string, Written>>;
  /** A key that is made for it. */
  readonly key: { readonly path: string; readonly bytes: Uint8Array } | undefined;
  /** What its token has for the request of the test; undefined if only its author knows. */
  readonly expected: { readonly header: JsonObject; readonly claims: JsonObject } | undefined;
}
