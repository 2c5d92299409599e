/**
 * @module
 * Signing keys as plain data, for messages between mintproc's own processes: a ring contains its history, which is in
 * no file. They are not written anywhere else.
 */
import { createPrivateKey, createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import type { HeldKey } from '../../keys/held-key.ts';
import type { RingKey } from '../../keys/rotation.ts';
import type { SigningKeys } from '../keys/key-rings.ts';

interface SerializedKey {
  readonly type: KeyObject['type'];
  /** The secret itself, or PKCS#8 or SubjectPublicKeyInfo in DER. */
  readonly bytes: Uint8Array;
}

/** A held key as plain data. */
export type SerializedHeldKey = Omit<HeldKey, 'key'> & { readonly key: SerializedKey };

type SerializedRing = readonly (Omit<RingKey, 'held'> & { readonly held: SerializedHeldKey })[];

/** Plain data: maps, sets, numbers, strings and bytes. */
export interface SerializedKeys {
  readonly rings: ReadonlyMap<string, SerializedRing>;
  readonly generated: ReadonlyMap<string, SerializedHeldKey>;
}

export function serializeKeys({ rings, generated }: SigningKeys): SerializedKeys {
  return {
    rings: mapped(rings, (ring) =>
      ring.map((key) => ({ ...key, held: { ...key.held, key: serialize(key.held.key) } })),
    ),
    generated: mapped(generated, (held) => ({ ...held, key: serialize(held.key) })),
  };
}

export function deserializeKeys({ rings, generated }: SerializedKeys): SigningKeys {
  return {
    rings: mapped(rings, (ring) =>
      ring.map((key) => ({ ...key, held: { ...key.held, key: deserialize(key.held.key) } })),
    ),
    generated: mapped(generated, deserializeHeldKey),
  };
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
    // Of a key that a service holds.
    case 'public':
      return { type: 'public', bytes: key.export({ format: 'der', type: 'spki' }) };
  }
}

function deserialize({ type, bytes }: SerializedKey): KeyObject {
  const given = Buffer.from(bytes);
  switch (type) {
    case 'secret':
      return createSecretKey(given);
    case 'private':
      return createPrivateKey({ key: given, format: 'der', type: 'pkcs8' });
    case 'public':
      return createPublicKey({ key: given, format: 'der', type: 'spki' });
  }
}
