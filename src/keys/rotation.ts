/**
 * @module
 * Which key of several signs when, and which of them are published: publish first, sign later, and withdraw last.
 *
 * A ring is made anew whenever the configuration is read, from what the sources hold now and from the ring before. A new
 * key signs only once it has been published for a while; a key that its source lost goes on signing until its successor
 * does, and stays published until its last token has expired. Everything here is arithmetic over times that are handed in.
 */
import type { KeyFinding } from '../jose/signing-key.ts';
import type { HeldKey } from './held-key.ts';

/** A key as the configuration has it now. Times are in milliseconds since the epoch. */
export interface FoundKey {
  readonly held: HeldKey;
  /** Signs from then on; undefined: as soon as it has been published long enough. */
  readonly activeFrom: number | undefined;
  /** Signs no more from then on. */
  readonly retireAfter: number | undefined;
}

export interface RingKey {
  readonly held: HeldKey;
  /** -Infinity for a key that has signed since before we knew it. */
  readonly activeFrom: number;
  readonly retireAfter: number;
  /** How long after its last signature its tokens may live. */
  readonly lifetime: number;
  /** By which its tokens are signed. */
  readonly algorithms: ReadonlySet<string>;
  /** When it signs no more because no source has it; Infinity while one does. */
  readonly stopsAt: number;
}

/** In the order in which the keys take over from each other where their times are equal. */
export type KeyRing = readonly RingKey[];

export interface RingContext {
  readonly now: number;
  /** How long a new key is published before it signs. */
  readonly publishAhead: number;
  /** How long a token of this ring may live. */
  readonly lifetime: number;
  /** By which tokens are signed from now on. */
  readonly algorithm: string;
  /** Names (`kid` or thumbprint) of keys that must neither sign nor be published any more. */
  readonly revoked: ReadonlySet<string>;
  /** Whether a key of before can still sign, now that policies may ask for another algorithm. */
  fits(held: HeldKey): boolean;
}

const always = Number.NEGATIVE_INFINITY;
const never = Number.POSITIVE_INFINITY;

/** The ring that follows `before` (empty at the first load). */
export function nextRing(found: readonly FoundKey[], before: KeyRing, context: RingContext): KeyRing {
  const kept = before.filter(({ held }) => !isRevoked(held, context.revoked));
  const incumbent = signerAt(kept, context.now);
  const isSucceeded = incumbent !== undefined && context.fits(incumbent.held);
  const present = found
    .filter(({ held }) => !isRevoked(held, context.revoked))
    .map((key, index) => inForceKey(key, kept, { ...context, mayWait: isSucceeded || index > 0 }));
  return [...departed(kept, present, context), ...present];
}

function isRevoked({ kid, thumbprint }: HeldKey, revoked: ReadonlySet<string>): boolean {
  return (kid !== undefined && revoked.has(kid)) || (thumbprint !== undefined && revoked.has(thumbprint));
}

/** @param context `mayWait` tells whether another key can sign until this one has been published long enough */
function inForceKey(key: FoundKey, before: KeyRing, context: RingContext & { readonly mayWait: boolean }): RingKey {
  const { held } = key;
  const known = before.find((other) => other.held.key.equals(held.key));
  return {
    held,
    activeFrom: activation(key, known, before, context),
    retireAfter: key.retireAfter ?? never,
    lifetime: Math.max(context.lifetime, known?.lifetime ?? 0),
    algorithms: new Set([...(known?.algorithms ?? []), context.algorithm]),
    stopsAt: never,
  };
}

function activation(
  key: FoundKey,
  known: RingKey | undefined,
  before: KeyRing,
  { now, publishAhead, mayWait }: RingContext & { readonly mayWait: boolean },
): number {
  const soonest = now + publishAhead;
  if (known !== undefined && known.stopsAt === never) return key.activeFrom ?? known.activeFrom;
  // A key that comes back while it is still published needs no further announcement.
  if (known !== undefined) return signerAt(before, now) === known ? known.activeFrom : now;
  // After a restart nobody knows how long a key has been published, and the date that was written counts.
  if (key.activeFrom !== undefined) {
    return before.length === 0 || !mayWait ? key.activeFrom : Math.max(key.activeFrom, soonest);
  }
  return mayWait ? soonest : always;
}

/** Keys that the sources lost: they sign on until a present key does, and are kept while their tokens live. */
function departed(before: KeyRing, present: KeyRing, context: RingContext): RingKey[] {
  const { now } = context;
  const successor = Math.min(...present.map(({ activeFrom, retireAfter }) => (retireAfter > now ? activeFrom : never)));
  const isPresent = (key: RingKey): boolean => present.some(({ held }) => held.key.equals(key.held.key));
  return before
    .filter((key) => !isPresent(key) && key.activeFrom <= now)
    .map((key) => {
      const end = context.fits(key.held) && present.length > 0 ? Math.max(successor, now) : now;
      // One that stopped earlier does not begin again.
      return { ...key, stopsAt: key.stopsAt > now ? end : key.stopsAt };
    })
    .filter((key, _, all) => publishedUntil([...all, ...present], key) > now);
}

/** Of the keys that are active, the one that became so last. */
export function signerAt(ring: KeyRing, now: number): RingKey | undefined {
  let signer: RingKey | undefined;
  for (const key of ring) {
    if (key.activeFrom > now || endOf(key) <= now) continue;
    if (signer === undefined || key.activeFrom >= signer.activeFrom) signer = key;
  }
  return signer;
}

function endOf({ retireAfter, stopsAt }: RingKey): number {
  return Math.min(retireAfter, stopsAt);
}

/** From `from` on, `signer` signs; undefined where no key does. */
export interface Term {
  readonly from: number;
  readonly signer: RingKey | undefined;
}

/** All terms of a ring, past ones included; the first begins at -Infinity. */
export function termsOf(ring: KeyRing): readonly Term[] {
  const times = new Set([always, ...ring.flatMap((key) => [key.activeFrom, endOf(key)])]);
  times.delete(never);
  const terms = Array.from(times)
    .sort((a, b) => a - b)
    .map((from) => ({ from, signer: signerAt(ring, from) }));
  return terms.filter(({ signer }, index) => index === 0 || signer !== terms[index - 1]?.signer);
}

/** Until when a key must be published: its last signature's token may live that long. */
export function publishedUntil(ring: KeyRing, key: RingKey): number {
  if (key.stopsAt === never) return key.retireAfter + key.lifetime;
  const terms = termsOf(ring);
  const last = terms.findLastIndex(({ signer }) => signer === key);
  // One that has no term may have had one under a ring of before.
  const end = last === -1 ? endOf(key) : (terms[last + 1]?.from ?? never);
  return end + key.lifetime;
}

/** The keys that verifiers must know at `now`: those that sign, will sign, or have signed tokens that live. */
export function publishedAt(ring: KeyRing, now: number): readonly RingKey[] {
  return ring.filter((key) => publishedUntil(ring, key) > now);
}

/** The name of a key in a token and in the JWKS: the one it was given, else its thumbprint; a secret may have none. */
export function keyId({ kid, thumbprint }: HeldKey): string | undefined {
  return kid ?? thumbprint;
}

/** Two different keys of one name; undefined where there are none. */
export function clash(keys: readonly HeldKey[]): KeyFinding | undefined {
  const byName = new Map<string, HeldKey>();
  for (const held of keys) {
    const name = keyId(held);
    const other = name === undefined ? undefined : byName.get(name);
    if (other !== undefined && !other.key.equals(held.key)) return sameKid;
    if (name !== undefined) byName.set(name, held);
  }
  return undefined;
}

const sameKid: KeyFinding = {
  code: 'keys.same-kid',
  severity: 'error',
  message:
    'Two different keys have the same `kid`; a verifier that knows one of them would refuse the tokens of the other.',
  suggestion: 'Give the new key a `kid` of its own, or leave `kid` out: then it is the thumbprint.',
};
