/**
 * @module
 * The interface of a key source, which turns its part of the configuration into keys. A source reads files and the
 * environment through `KeyAccess`, so tests need neither.
 */

import { missingFileHint, noSuchFile } from '../../diagnostics/missing-file.ts';
import { type KeyFinding, keyAbsence, keyError } from '../../jose/key-finding.ts';
import type { SignatureAlgorithm } from '../../jose/signature-algorithms.ts';
import type { HeldKey } from '../held-key.ts';
import type { KeyForm } from '../key-material.ts';
import type { KeyUse } from '../key-use.ts';
import type { OutsidePlace } from '../outside/outside-key.ts';
import type { OutsideKeys } from '../outside/outside-signers.ts';

export interface ReadBytes {
  readonly kind: 'bytes';
  readonly bytes: Uint8Array;
  /** The file's permission bits, if they are known. */
  readonly mode?: number;
}

/** `reason` is the predicate of a sentence whose subject is the file or folder. */
export interface NotRead {
  readonly kind: 'failed';
  readonly reason: string;
}

export interface KeyAccess {
  read(path: string): ReadBytes | NotRead;
  /** The names in a folder, in any order. */
  list(path: string): { readonly kind: 'names'; readonly names: readonly string[] } | NotRead;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Where a key is, according to the configuration. Paths can be opened as they are. */
export type KeySpec =
  | { readonly scheme: 'inline'; readonly text: string }
  | { readonly scheme: 'file'; readonly path: string }
  | { readonly scheme: 'environment'; readonly variable: string }
  | { readonly scheme: 'jwk'; readonly text: string }
  | { readonly scheme: 'jwks'; readonly path: string; readonly kid: string | undefined }
  | { readonly scheme: 'pkcs12'; readonly path: string }
  | { readonly scheme: 'directory'; readonly path: string }
  | { readonly scheme: 'generated'; readonly algorithm: SignatureAlgorithm }
  | { readonly scheme: 'outside'; readonly place: OutsidePlace };

export type SpecOf<Scheme extends KeySpec['scheme']> = Extract<KeySpec, { readonly scheme: Scheme }>;

/** The use of a key, and what is needed to read it. */
export interface KeyRequest {
  readonly use: KeyUse;
  readonly form: KeyForm;
  readonly access: KeyAccess;
  /** Whether a key file that every user may read is an error. */
  readonly strictFiles: boolean;
  /** Asks services for their keys; `unasked`: they are not asked; undefined: their keys are not at hand. */
  readonly outside?: OutsideKeys | 'unasked' | undefined;
  /** The key that `generate` created earlier for this declaration. */
  readonly made: HeldKey | undefined;
}

/** A key as its source has it. */
export interface SourceKey extends HeldKey {
  /** When it begins to sign, in milliseconds since the epoch; undefined if its source does not say it. */
  readonly activeFrom?: number;
}

export interface SourceReading {
  /** In the order in which they are used; empty if a finding is an error. */
  readonly keys: readonly SourceKey[];
  readonly findings: readonly KeyFinding[];
}

export function refused(
  code: KeyFinding['code'],
  message: string,
  suggestion?: string,
): { readonly keys: readonly []; readonly findings: readonly KeyFinding[] } {
  return { keys: [], findings: [keyError(code, message, suggestion)] };
}

/** There is nothing where the key should be. */
export function nothing(
  code: KeyFinding['code'],
  message: string,
  suggestion?: string,
): { readonly keys: readonly []; readonly findings: readonly KeyFinding[] } {
  return { keys: [], findings: [keyAbsence(code, message, suggestion)] };
}

/** A file or folder that cannot be read. @param subject of the sentence, with its article */
export function unread(
  subject: string,
  path: string,
  { reason }: NotRead,
  { list }: Pick<KeyAccess, 'list'>,
): { readonly keys: readonly []; readonly findings: readonly KeyFinding[] } {
  const hint = missingFileHint(path, (folder) => list(folder));
  const refuse = reason === noSuchFile ? nothing : refused;
  return refuse('config.unreadable-file', `${subject} ${reason}.`, hint);
}
