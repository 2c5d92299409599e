/**
 * @module
 * Signing keys as plain data, for messages between mintproc's own processes: a ring contains its history, which is in
 * no file. They are not written anywhere else.
 */
import { createPrivateKey, createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import type { HeldKey } from '../../keys/held-key.ts';
import type { PublishedKey } from '../../keys/published-keys.ts';
import type { RingKey } from '../../keys/rotation.ts';
import type { SigningKeys } from '../keys/key-rings.ts';

interface SerializedKey {
  readonly type: 'secret' | 'private' | 'public';
  /** The secret itself, PKCS#8 or SubjectPublicKeyInfo in DER. */
  readonly bytes: Uint8Array;
}

/** A held key as plain data. */
export type SerializedHeldKey = Omit<HeldKey, 'key'> & { readonly key: SerializedKey };

type SerializedRing = readonly (Omit<RingKey, 'held'> & { readonly held: SerializedHeldKey })[];

/** Plain data: maps, sets, numbers, strings and bytes. */
export interface SerializedKeys {
  readonly rings: ReadonlyMap<string, SerializedRing>;
  readonly generated: ReadonlyMap<string, SerializedHeldKey>;
  readonly remembered: readonly (Omit<PublishedKey, 'held'> & { readonly held: SerializedHeldKey })[];
}

export function serializeKeys({ rings, generated, remembered }: SigningKeys): SerializedKeys {
  return {
    rings: mapped(rings, (ring) => ring.map((key) => ({ ...key, held: serializeHeldKey(key.held) }))),
    generated: mapped(generated, serializeHeldKey),
    remembered: remembered.map((key) => ({ ...key, held: serializeHeldKey(key.held) })),
  };
}

export function deserializeKeys({ rings, generated, remembered }: SerializedKeys): SigningKeys {
  return {
    rings: mapped(rings, (ring) => ring.map((key) => ({ ...key, held: deserializeHeldKey(key.held) }))),
    generated: mapped(generated, deserializeHeldKey),
    remembered: remembered.map((key) => ({ ...key, held: deserializeHeldKey(key.held) })),
  };
}

function serializeHeldKey(held: HeldKey): SerializedHeldKey {
  return { ...held, key: serialize(held.key) };
}

export function deserializeHeldKey(held: SerializedHeldKey): HeldKey {
  return { ...held, key: deserialize(held.key) };
}

function mapped<A, B>(map: ReadonlyMap<string, A>, change: (value: A) => B): Map<string, B> {
  return new Map(Array.from(map, ([name, value]) => [name, change(value)]));
}

function serialize(key: KeyObject): SerializedKey {
  switch (key.type) {
    case 'secret':
      return { type: 'secret', bytes: key.export() };
    case 'private':
      return { type: 'private', bytes: key.export({ format: 'der', type: 'pkcs8' }) };
    case 'public':
      return { type: 'public', bytes: key.export({ format: 'der', type: 'spki' }) };
  }
}

function deserialize({ type, bytes }: SerializedKey): KeyObject {
  const key = Buffer.from(bytes);
  switch (type) {
    case 'secret':
      return createSecretKey(key);
    case 'private':
      return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
    case 'public':
      return createPublicKey({ key, format: 'der', type: 'spki' });
  }
}
