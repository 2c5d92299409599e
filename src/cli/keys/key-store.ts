/**
 * @module
 * Where the keys of a declaration are, for `mintproc keys rotate`: the versions in a configuration file, or a folder.
 * `versions-store.ts` and `folder-store.ts` have one each.
 */
import type { Generation } from '../../keys/generations.ts';
import type { FileRights } from './replace-file.ts';

/** A key as its dates have it. */
export interface StoredKey extends Generation {
  /** Its file; undefined if it is somewhere else. */
  readonly file: string | undefined;
  /** How it is named where its `kid` is not known. */
  readonly label: string;
}

export interface NewKeyFile {
  readonly kid: string;
  /** PEM, or a secret as text. */
  readonly text: string;
  readonly extension: 'pem' | 'secret';
  readonly activeFrom: number;
  /** Until when the key that signs now may sign, if the declaration can say it. */
  readonly retireAfter: number;
}

export interface FileWrite {
  readonly path: string;
  readonly text: string;
  readonly rights: FileRights;
}

/** What is to be done, in this order. */
export interface Change {
  readonly writes: readonly FileWrite[];
  readonly deletions: readonly string[];
}

export interface KeyStore {
  /** In the order of the declaration. */
  readonly keys: readonly StoredKey[];
  /** Files with keys that nothing names: a run left them that was interrupted. */
  readonly leftovers: readonly string[];
  /** One run at a time works on this folder. */
  readonly lockFolder: string;
  /** @throws CommandError if a part of it cannot be written */
  checkWritable(): void;
  /**
   * What adds a key and removes those that have ended.
   *
   * @param signer the key that signs now
   * @throws CommandError if it cannot be done here
   */
  change(added: NewKeyFile, signer: StoredKey | undefined, ended: readonly StoredKey[]): Change;
}

/** The permissions of a new key: its owner's alone. It belongs to whom the key before belongs. */
export function keyRights(before: FileRights | undefined): FileRights {
  return { mode: 0o600, owner: before?.owner };
}
