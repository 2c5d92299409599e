/**
 * @module
 * Public keys that verifiers must know, each with the time until which its tokens may be valid: what is remembered
 * across restarts, and what is published for others. One name stands for one key, until that key has ended: the first
 * that had it, unless it is the thumbprint of the other. So nobody takes the name of a key that is named as usual.
 */
import { type HeldKey, isSameMaterial, keyId } from './held-key.ts';

/** Times are in milliseconds since the epoch. */
export interface PublishedKey {
  /** Only the public half, with its `kid`. */
  readonly held: HeldKey;
  /** The algorithms that sign with it; empty if it may be any. */
  readonly algorithms: ReadonlySet<string>;
  /** Since when it is published. */
  readonly since: number;
  /** When its last token has ended, and it may be withdrawn. */
  readonly until: number;
  /** When it begins to sign; -Infinity if that was before anybody noted it. */
  readonly activeFrom: number;
}

/** What became of a key that was added: `clash`: another key has its name; `full`: there is no place for it. */
export type Added = 'new' | 'known' | 'clash' | 'full';

/** Far more than verifiers read gladly, and some megabytes at most. */
export const maxPublishedKeys = 1000;

export class PublishedKeys {
  readonly #byName = new Map<string, PublishedKey>();
  #list: readonly PublishedKey[] | undefined;

  /** In the order in which they were added. The same array as long as nothing changes. */
  get all(): readonly PublishedKey[] {
    this.#list ??= [...this.#byName.values()];
    return this.#list;
  }

  find(name: string): PublishedKey | undefined {
    return this.#byName.get(name);
  }

  /** Adds a key, or what is new about a known one. Times are never shortened. A key that has ended makes place. */
  add(key: PublishedKey, now: number): Added {
    const name = keyId(key.held);
    if (name === undefined || key.held.thumbprint === undefined) return 'known';
    const known = this.#byName.get(name);
    const isOver = known !== undefined && known.until <= now;
    const isSame = known !== undefined && isSameMaterial(known.held, key.held);
    if (known !== undefined && !isOver && !isSame && name !== key.held.thumbprint) return 'clash';
    if (known === undefined && this.#byName.size >= maxPublishedKeys) this.drop(({ until }) => until <= now);
    if (known === undefined && this.#byName.size >= maxPublishedKeys) return 'full';
    this.#set(name, isSame ? merged(known, key) : key);
    return isSame ? 'known' : 'new';
  }

  drop(isOver: (key: PublishedKey) => boolean): void {
    for (const [name, key] of this.#byName) {
      if (!isOver(key)) continue;
      this.#byName.delete(name);
      this.#list = undefined;
    }
  }

  #set(name: string, key: PublishedKey): void {
    const before = this.#byName.get(name);
    if (before === key) return;
    this.#byName.set(name, key);
    this.#list = undefined;
  }
}

/** The later one says how it is published now. @returns `known` if nothing differs */
function merged(known: PublishedKey, next: PublishedKey): PublishedKey {
  const algorithms = eitherAlgorithms(known.algorithms, next.algorithms);
  const until = Math.max(known.until, next.until);
  const since = Math.min(known.since, next.since);
  const activeFrom = Math.max(known.activeFrom, next.activeFrom);
  const held = hasSameCertificates(known.held, next.held) ? known.held : next.held;
  const isSame = held === known.held && algorithms.size === known.algorithms.size;
  const isOfSameTime = until === known.until && activeFrom === known.activeFrom && since === known.since;
  return isSame && isOfSameTime ? known : { held, algorithms, since, until, activeFrom };
}

/** The algorithms of a key that two say something of. Empty, any algorithm, includes all. */
export function eitherAlgorithms(one: ReadonlySet<string>, other: ReadonlySet<string>): ReadonlySet<string> {
  return one.size === 0 || other.size === 0 ? new Set() : one.union(other);
}

function hasSameCertificates({ certificates: one }: HeldKey, { certificates: other }: HeldKey): boolean {
  return one.length === other.length && one.every((bytes, index) => Buffer.compare(bytes, other[index] ?? none) === 0);
}

const none = new Uint8Array();
