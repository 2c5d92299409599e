/**
 * @module
 * Keys that are made for one run in place of those that are not at hand, or of all: for tests and trials of a
 * configuration whose keys are elsewhere, or should stay where they are. `serve` and `validate` never load this module;
 * they need the real keys.
 */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { type Place, placeText } from '../../diagnostics/source-text.ts';
import { type HeldKey, heldKey } from '../../keys/held-key.ts';

/** What a key is for. `audit`: the key for the pseudonyms of the audit. */
export type StandInRole = 'key' | 'recipient' | 'audit';

/** A key that is not at hand. */
export interface AbsentKey {
  /** Names its source: what two policies read from one source is one key. */
  readonly source: string;
  readonly role: StandInRole;
  /** Where the configuration or the policy names it. */
  readonly place: Place;
  /** What it is for: a signature algorithm, a key management algorithm with its content encryption, or `HMAC`. */
  readonly algorithm: string;
  /** Whether the configuration names a certificate for it: nobody can make one for another key. */
  readonly hasCertificate: boolean;
  /** A private key or a secret. */
  generate(): KeyObject;
}

/** A key that was made in place of another. */
export interface StandIn extends Pick<AbsentKey, 'role' | 'place' | 'algorithm' | 'hasCertificate'> {
  /** A private key or a secret: of a recipient, what opens its tokens. */
  readonly key: KeyObject;
  /** Whether the other may be at hand, and was not looked for. */
  readonly isUnread: boolean;
}

interface Made {
  readonly standIn: StandIn;
  readonly held: HeldKey;
}

export interface StandInOptions {
  /** Whether every key is made, so that no source of a key is read or asked. Default: only those not at hand. */
  readonly areForAll?: boolean;
  /** Gives the key in place of a new one. Default: `generate` of the absent key. */
  readonly keyFor?: (absent: Pick<AbsentKey, 'role' | 'algorithm' | 'generate'>) => KeyObject;
}

/** The keys that were made for one run, which may load several configurations. */
export class StandInKeys {
  readonly areForAll: boolean;
  readonly #keyFor: NonNullable<StandInOptions['keyFor']>;
  readonly #made = new Map<string, Made>();
  readonly #keys = new Set<KeyObject>();

  constructor({ areForAll = false, keyFor = ({ generate }) => generate() }: StandInOptions = {}) {
    this.areForAll = areForAll;
    this.#keyFor = keyFor;
  }

  /** In the order in which they were made. */
  get made(): readonly StandIn[] {
    return Array.from(this.#made.values(), ({ standIn }) => standIn);
  }

  /** The key in place of one that is not at hand: a private key, a secret, or the public key of a recipient. */
  make({ source, generate, ...absent }: AbsentKey): HeldKey {
    const { role, algorithm } = absent;
    const id = JSON.stringify([source, role, algorithm]);
    const known = this.#made.get(id);
    if (known !== undefined) return known.held;
    const key = this.#keyFor({ role, algorithm, generate });
    const used = role === 'recipient' && key.type === 'private' ? createPublicKey(key) : key;
    const held = heldKey(used, { generated: true });
    this.#made.set(id, { standIn: { ...absent, key, isUnread: this.areForAll }, held });
    this.#keys.add(held.key);
    return held;
  }

  /** Whether this key was made here. */
  has(key: KeyObject): boolean {
    return this.#keys.has(key);
  }
}

const nouns: Readonly<Record<StandInRole, string>> = {
  key: 'A key to sign with',
  recipient: 'A key to encrypt to',
  audit: 'A key for the pseudonyms of the audit',
};

/** A sentence that says which key was made. It has no part of the key, nor its name, which may be the key itself. */
export function standInText({ role, place, algorithm, hasCertificate, isUnread }: StandIn): string {
  const why = isUnread ? 'is not read' : 'is not at hand';
  const without = hasCertificate ? ' It has no certificate, so the JWKS has neither `x5c` nor `x5t#S256`.' : '';
  return `${nouns[role]} (${algorithm}) was made for this run: the one of ${placeText(place)} ${why}.${without}`;
}
