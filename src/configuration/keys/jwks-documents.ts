/**
 * @module
 * The documents for verifiers: the JWK sets of the snapshot in force with remembered keys, and the discovery document.
 * The sets are cached until the snapshot, the remembered keys or the time changes them.
 */

import { KeptKeySets } from '../../keys/kept-key-sets.ts';
import { discoveryDocument, keySetDocument, postQuantumDocument } from '../../keys/key-documents.ts';
import { type KeySets, keySetsAt } from '../../keys/key-set.ts';
import type { PublishedKey } from '../../keys/published-keys.ts';
import { milliseconds } from '../duration.ts';
import type { Snapshot } from '../snapshot.ts';

export class JwksDocuments {
  readonly #snapshot: () => Snapshot;
  readonly #now: () => number;
  readonly #announced: () => Snapshot | undefined;
  readonly #others: () => readonly PublishedKey[];
  readonly #kept = new KeptKeySets();

  /**
   * @param snapshot the snapshot in force
   * @param now milliseconds since the epoch
   * @param announced the snapshot that is about to be in force: its keys are published already
   * @param others remembered keys, and those of other processes; the same array as long as it does not change
   */
  constructor(
    snapshot: () => Snapshot,
    now: () => number,
    announced: () => Snapshot | undefined = () => undefined,
    others: () => readonly PublishedKey[] = () => noKeys,
  ) {
    this.#snapshot = snapshot;
    this.#now = now;
    this.#announced = announced;
    this.#others = others;
  }

  /** Seconds. */
  maxAge(): number {
    return Math.floor(milliseconds(this.#snapshot().settings.jwks?.maxAge ?? '0s') / 1000);
  }

  keySet(): string {
    return keySetDocument(this.sets(), this.#snapshot().settings.jwks?.postQuantum ?? 'apart');
  }

  postQuantumKeySet(): string {
    return postQuantumDocument(this.sets());
  }

  /** @param keySetPath path of the JWK set below the issuer */
  discovery(keySetPath: string): string {
    return discoveryDocument(this.#snapshot().settings.jwks?.issuer ?? '', keySetPath, this.sets());
  }

  sets(): KeySets {
    const [snapshot, announced, others, now] = [this.#snapshot(), this.#announced(), this.#others(), this.#now()];
    return this.#kept.at(now, [snapshot, announced, others], () => {
      const rings = [...snapshot.keys.rings.values(), ...(announced?.keys.rings.values() ?? [])];
      return keySetsAt(rings, now, others);
    });
  }
}

const noKeys: readonly PublishedKey[] = [];
