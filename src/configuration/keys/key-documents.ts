/**
 * @module
 * What verifiers are told: the JWK sets of the snapshot in force, and the discovery document (OpenID Connect Discovery 1.0
 * section 3, as far as it speaks of keys). Made when first asked for and kept until the snapshot or the time changes them.
 */
import { type KeySets, keySetsAt } from '../../keys/key-set.ts';
import { milliseconds } from '../duration.ts';
import type { Snapshot } from '../snapshot.ts';

interface Made {
  readonly snapshot: Snapshot;
  readonly announced: Snapshot | undefined;
  readonly since: number;
  readonly sets: KeySets;
}

export class KeyDocuments {
  readonly #snapshot: () => Snapshot;
  readonly #now: () => number;
  readonly #announced: () => Snapshot | undefined;
  #made: Made | undefined;

  /**
   * @param snapshot the one in force
   * @param now milliseconds since the epoch
   * @param announced one that may follow in a moment: its keys are published already, beside those that still sign
   */
  constructor(snapshot: () => Snapshot, now: () => number, announced: () => Snapshot | undefined = () => undefined) {
    this.#snapshot = snapshot;
    this.#now = now;
    this.#announced = announced;
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
    const [snapshot, announced] = [this.#snapshot(), this.#announced()];
    const now = this.#now();
    const made = this.#made;
    const isOfThese = made?.snapshot === snapshot && made.announced === announced;
    if (isOfThese && now >= made.since && now < made.sets.until) return made.sets;
    const rings = [...snapshot.keys.rings.values(), ...(announced?.keys.rings.values() ?? [])];
    const sets = keySetsAt(rings, now);
    this.#made = { snapshot, announced, since: now, sets };
    return sets;
  }
}

function json(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
