/**
 * @module
 * What can be said of a ring at one moment: which key signs, since when and until when, which key comes next, and when
 * no key is left. All times are in milliseconds since the epoch.
 */
import { isPlainName } from '../diagnostics/harmless.ts';
import type { HeldKey } from './held-key.ts';
import { type KeyRing, keyId, publishedAt, publishedUntil, type RingKey, type Term, termsOf } from './rotation.ts';

export interface RingState {
  /** The key that signs now; undefined where none does. */
  readonly signer: RingKey | undefined;
  /** When the present term began; -Infinity where that was before the ring knew the key. */
  readonly since: number;
  /** When the present term ends; Infinity where it does not. */
  readonly until: number;
  /** The next term in which a key signs. */
  readonly next: (Term & { readonly signer: RingKey }) | undefined;
  /** From then on no key signs, if only for a while; in the past where none signs now, and Infinity where one always does. */
  readonly end: number;
  /** How many keys verifiers must know, or will have to. */
  readonly published: number;
  /** When the time alone changes any of this. */
  readonly changes: number;
}

export function ringState(ring: KeyRing, now: number): RingState {
  const terms = termsOf(ring);
  const index = Math.max(
    0,
    terms.findLastIndex(({ from }) => from <= now),
  );
  const coming = terms.slice(index + 1);
  const { signer, from: since = Number.NEGATIVE_INFINITY } = terms[index] ?? {};
  const until = coming[0]?.from ?? Number.POSITIVE_INFINITY;
  const end = signer === undefined ? since : coming.find((term) => term.signer === undefined)?.from;
  const published = publishedAt(ring, now);
  const withdrawals = published.map((key) => publishedUntil(ring, key));
  return {
    signer,
    since,
    until,
    next: coming.find(hasSigner),
    end: end ?? Number.POSITIVE_INFINITY,
    published: published.length,
    changes: withdrawals.reduce((first, time) => Math.min(first, time), until),
  };
}

function hasSigner(term: Term): term is Term & { readonly signer: RingKey } {
  return term.signer !== undefined;
}

/**
 * The name of a key in logs, metrics and reports: its `kid` where that is a plain name, else its thumbprint; what is longer
 * or has other characters may be a key that was written where its name belongs. A secret has no thumbprint, since a digest
 * of it would help to guess it, and so may have no name.
 */
export function shownName(held: HeldKey): string | undefined {
  const name = keyId(held);
  return name === undefined || isPlainName(name) ? name : held.thumbprint;
}

/** Whether two keys are the same, under the same name. */
export function isSameKey(one: HeldKey | undefined, other: HeldKey | undefined): boolean {
  if (one === other) return true;
  if (one === undefined || other === undefined || one.kid !== other.kid) return false;
  return one.thumbprint === other.thumbprint && (one.thumbprint !== undefined || one.key.equals(other.key));
}
