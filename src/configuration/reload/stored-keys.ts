/**
 * @module
 * Signing keys as plain data, which a process can hand to another of its own: they carry what a ring knows of the past,
 * and no file tells that. Nothing else writes them anywhere.
 */
import { createPrivateKey, createSecretKey, type KeyObject } from 'node:crypto';
import type { HeldKey } from '../../keys/held-key.ts';
import type { RingKey } from '../../keys/rotation.ts';
import type { SigningKeys } from '../keys/signing-rings.ts';

interface StoredKey {
  readonly type: 'secret' | 'private';
  /** The secret itself, or PKCS#8 in DER. */
  readonly bytes: Uint8Array;
}

/** A key in the form of plain data. */
export type StoredHeld = Omit<HeldKey, 'key'> & { readonly key: StoredKey };

type StoredRing = readonly (Omit<RingKey, 'held'> & { readonly held: StoredHeld })[];

/** Plain data: maps, sets, numbers, texts and bytes. */
export interface StoredKeys {
  readonly rings: ReadonlyMap<string, StoredRing>;
  readonly made: ReadonlyMap<string, StoredHeld>;
}

export function storeKeys({ rings, made }: SigningKeys): StoredKeys {
  return {
    rings: mapped(rings, (ring) => ring.map((key) => ({ ...key, held: { ...key.held, key: store(key.held.key) } }))),
    made: mapped(made, (held) => ({ ...held, key: store(held.key) })),
  };
}

export function restoreKeys({ rings, made }: StoredKeys): SigningKeys {
  return {
    rings: mapped(rings, (ring) => ring.map((key) => ({ ...key, held: { ...key.held, key: restore(key.held.key) } }))),
    made: mapped(made, restoreHeld),
  };
}

export function restoreHeld(held: StoredHeld): HeldKey {
  return { ...held, key: restore(held.key) };
}

function mapped<A, B>(map: ReadonlyMap<string, A>, change: (value: A) => B): Map<string, B> {
  return new Map(Array.from(map, ([name, value]) => [name, change(value)]));
}

function store(key: KeyObject): StoredKey {
  return key.type === 'secret'
    ? { type: 'secret', bytes: key.export() }
    : { type: 'private', bytes: key.export({ format: 'der', type: 'pkcs8' }) };
}

function restore({ type, bytes }: StoredKey): KeyObject {
  const given = Buffer.from(bytes);
  return type === 'secret' ? createSecretKey(given) : createPrivateKey({ key: given, format: 'der', type: 'pkcs8' });
}
