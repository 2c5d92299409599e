/**
 * @module
 * What every key source is: a row that turns its part of the configuration into keys. Files and the environment are read
 * through `KeyWorld`, so that a source can be tested without either.
 */
import type { SignatureAlgorithm } from '../../jose/algorithms.ts';
import type { KeyFinding } from '../../jose/signing-key.ts';
import type { HeldKey } from '../held-key.ts';
import type { KeyForm } from '../key-material.ts';
import type { KeyUse } from '../key-use.ts';

export interface ReadBytes {
  readonly kind: 'bytes';
  readonly bytes: Uint8Array;
  /** The file's permission bits; undefined where they are not known. */
  readonly mode?: number;
}

/** `reason` ends a sentence that begins with what was to be read. */
export interface NotRead {
  readonly kind: 'failed';
  readonly reason: string;
}

export interface KeyWorld {
  read(path: string): ReadBytes | NotRead;
  /** The names in a folder, in any order. */
  list(path: string): { readonly kind: 'names'; readonly names: readonly string[] } | NotRead;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Where a key is, as the configuration says it; paths can be opened as they stand. */
export type KeySpec =
  | { readonly scheme: 'inline'; readonly text: string }
  | { readonly scheme: 'file'; readonly path: string }
  | { readonly scheme: 'environment'; readonly variable: string }
  | { readonly scheme: 'jwk'; readonly text: string }
  | { readonly scheme: 'jwks'; readonly path: string; readonly kid: string | undefined }
  | { readonly scheme: 'pkcs12'; readonly path: string }
  | { readonly scheme: 'directory'; readonly path: string }
  | { readonly scheme: 'generated'; readonly algorithm: SignatureAlgorithm };

export type SpecOf<Scheme extends KeySpec['scheme']> = Extract<KeySpec, { readonly scheme: Scheme }>;

/** What a key is wanted for, and what helps to read it. */
export interface KeyRequest {
  readonly use: KeyUse;
  readonly form: KeyForm;
  readonly world: KeyWorld;
  /** Whether a key file that everyone may read is an error. */
  readonly strictFiles: boolean;
  /** A key that this source made before, for one that makes its own. */
  readonly made: HeldKey | undefined;
}

export interface SourceReading {
  /** In the order in which they are to be used; empty where an error among the findings forbids them. */
  readonly keys: readonly HeldKey[];
  readonly findings: readonly KeyFinding[];
}

export function refused(
  code: KeyFinding['code'],
  message: string,
  suggestion?: string,
): { readonly keys: readonly []; readonly findings: readonly KeyFinding[] } {
  return {
    keys: [],
    findings: [{ code, severity: 'error', message, ...(suggestion === undefined ? {} : { suggestion }) }],
  };
}
