/**
 * @module
 * The state of a ring at one moment: which key signs, since when and until when, which key signs next, and when no key
 * is left. All times are in milliseconds since the epoch.
 */
import { isPlainName } from '../diagnostics/harmless.ts';
import { type HeldKey, isSameMaterial, keyId } from './held-key.ts';
import { type KeyRing, publishedAt, publishedUntil, type RingKey, type Term, termsOf } from './rotation.ts';

export interface RingState {
  /** The key that signs now, if there is one. */
  readonly signer: RingKey | undefined;
  /** If no key signs, the key that signed last, if the ring still has it. */
  readonly lastSigner: RingKey | undefined;
  /** When the current term began; -Infinity if the key signed before the ring knew it. */
  readonly since: number;
  /** When the current term ends; Infinity if it does not end. */
  readonly until: number;
  /** The next term in which a key signs. */
  readonly next: (Term & { readonly signer: RingKey }) | undefined;
  /** When the next time without a key begins; in the past if no key signs now, and Infinity if a key always signs. */
  readonly end: number;
  /** The number of keys that verifiers must know now or will need. */
  readonly published: number;
  /** When any of this next changes without a reload. */
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
    // Terms that follow each other have different signers.
    lastSigner: signer === undefined ? terms[index - 1]?.signer : undefined,
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
 * The name of a key in logs, metrics and reports: its `kid` if that is a plain name, or else its thumbprint. A longer
 * `kid` or one with other characters may be a key that was written in place of its name. A secret has no thumbprint,
 * because a digest of it would help to guess it, so it may have no name.
 */
export function shownName(held: HeldKey): string | undefined {
  const name = keyId(held);
  return name === undefined || isPlainName(name) ? name : held.thumbprint;
}

/** The names of the keys that services hold, as they are shown. */
export function outsideNames(rings: Iterable<KeyRing>): ReadonlySet<string> {
  const held = [...rings].flat().filter((key) => key.held.outside !== undefined);
  return new Set(held.map((key) => shownName(key.held) ?? ''));
}

/** Whether two keys are the same and have the same name. */
export function isSameKey(one: HeldKey | undefined, other: HeldKey | undefined): boolean {
  if (one === other) return true;
  if (one === undefined || other === undefined || one.kid !== other.kid) return false;
  return isSameMaterial(one, other);
}
