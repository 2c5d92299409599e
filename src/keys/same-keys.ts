/**
 * @module
 * Finds a key among many that is the same key, by what names it: its thumbprint, or a digest that is kept no longer than
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

  /** The first that holds the same key. */
  find({ key, thumbprint }: HeldKey): T | undefined {
    if (this.#byName.size === 0) return undefined;
    const alike = this.#byName.get(nameOf({ key, thumbprint }));
    return alike?.find(({ held }) => held.key.equals(key));
  }
}

function nameOf({ key, thumbprint }: Pick<HeldKey, 'key' | 'thumbprint'>): string {
  if (thumbprint !== undefined) return thumbprint;
  const bytes = key.type === 'secret' ? key.export() : key.export({ format: 'der', type: 'pkcs8' });
  return createHash('sha256').update(bytes).digest('base64');
}
