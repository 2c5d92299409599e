/**
 * @module
 * Why a case fails.
 */
import type { JsonValue } from '../../diagnostics/json.ts';
import type { Place } from '../../diagnostics/source-text.ts';
import type { YamlPath } from '../../documents/yaml-places.ts';

export interface Failure {
  /** The expectation, for readers: `route`, `jwt.claims.sub`. */
  readonly what: string;
  /** Where it is written, from the case's own place. */
  readonly path: YamlPath;
  /** A sentence, without any value of the token. */
  readonly message: string;
  /** Absent if `message` says it. */
  readonly expected?: JsonValue;
  /** Undefined if there is no value. */
  readonly actual?: JsonValue | undefined;
  /** The member of the token that it is about. */
  readonly member?: FailedMember;
  /** Where the part of the token's header that it is about is written; undefined for a default. */
  readonly output?: { readonly place: Place | undefined };
}

export interface FailedMember {
  readonly policy: string;
  readonly part: 'header' | 'enclosedHeader' | 'claims';
  readonly name: string;
}
