/**
 * @module
 * Finds a key among many that is the same key under the same name: verifiers look for a key by its `kid`, so one that has
 * another `kid` is another key to them. Candidates are found by the thumbprint, or by a digest that is kept no longer than
 * the search. Comparing each with each takes minutes where a set has thousands.
 */
import { createHash } from 'node:crypto';
import type { HeldKey } from './held-key.ts';

export class SameKeys<T extends { readonly held: HeldKey }> {
  readonly #byName = new Map<string, T[]>();

  constructor(keys: readonly T[]) {
    for (const key of keys) {
      const name = nameOf(key.held);
      const alike = this.#byName.get(name);
      if (alike === undefined) this.#byName.set(name, [key]);
      else alike.push(key);
    }
  }

  /** The first that holds the same key under the same name. */
  find({ key, thumbprint, kid }: HeldKey): T | undefined {
    if (this.#byName.size === 0) return undefined;
    const alike = this.#byName.get(nameOf({ key, thumbprint }));
    return alike?.find(({ held }) => (held.kid ?? held.thumbprint) === (kid ?? thumbprint) && held.key.equals(key));
  }
}

function nameOf({ key, thumbprint }: Pick<HeldKey, 'key' | 'thumbprint'>): string {
  if (thumbprint !== undefined) return thumbprint;
  const bytes = key.type === 'secret' ? key.export() : key.export({ format: 'der', type: 'pkcs8' });
  return createHash('sha256').update(bytes).digest('base64');
}
