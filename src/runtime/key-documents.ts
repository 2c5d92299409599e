/**
 * @module
 * What verifiers are told: the JWK sets of the snapshot in force, and the discovery document (OpenID Connect Discovery 1.0
 * section 3, as far as it speaks of keys). Made when first asked for and kept until the snapshot or the time changes them.
 */
import { type KeySets, keySetsAt } from '../keys/key-set.ts';
import { milliseconds } from './duration.ts';
import type { Snapshot } from './snapshot.ts';

export class KeyDocuments {
  readonly #snapshot: () => Snapshot;
  readonly #now: () => number;
  #made: { readonly snapshot: Snapshot; readonly since: number; readonly sets: KeySets } | undefined;

  /** @param snapshot the one in force; @param now milliseconds since the epoch */
  constructor(snapshot: () => Snapshot, now: () => number) {
    this.#snapshot = snapshot;
    this.#now = now;
  }

  /** Seconds. */
  maxAge(): number {
    return Math.floor(milliseconds(this.#snapshot().settings.jwks?.maxAge ?? '0s') / 1000);
  }

  keySet(): string {
    const { classic, postQuantum } = this.sets();
    const together = this.#snapshot().settings.jwks?.postQuantum === 'together';
    return json({ keys: together ? [...classic, ...postQuantum] : classic });
  }

  postQuantumKeySet(): string {
    return json({ keys: this.sets().postQuantum });
  }

  /** @param keySetPath where the set is, below the issuer */
  discovery(keySetPath: string): string {
    const issuer = this.#snapshot().settings.jwks?.issuer ?? '';
    return json({
      issuer,
      jwks_uri: `${issuer.replace(/\/$/, '')}${keySetPath}`,
      id_token_signing_alg_values_supported: this.sets().algorithms,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
    });
  }

  sets(): KeySets {
    const snapshot = this.#snapshot();
    const now = this.#now();
    const made = this.#made;
    if (made !== undefined && made.snapshot === snapshot && now >= made.since && now < made.sets.until)
      return made.sets;
    const sets = keySetsAt(snapshot.keys.rings.values(), now);
    this.#made = { snapshot, since: now, sets };
    return sets;
  }
}

function json(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
