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
import { SameKeys } from './same-keys.ts';

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
  const same = new SameKeys(kept);
  const isSucceeded = incumbent !== undefined && context.fits(incumbent.held);
  const trusted = found.filter(({ held }) => !isRevoked(held, context.revoked));
  const firstToSign = trusted.findIndex((key) => maySign(key, context.now));
  const present = trusted.map((key, index) => {
    const known = same.find(key.held);
    const mayWait = isSucceeded || (firstToSign !== -1 && index > firstToSign);
    return inForceKey(key, { known, incumbent, isFirst: kept.length === 0, mayWait }, context);
  });
  return [...departed(kept, present, context), ...present];
}

/** Whether the dates of a key, where it has some, let it sign. */
function maySign({ activeFrom = always, retireAfter = never }: FoundKey, now: number): boolean {
  return activeFrom <= now && retireAfter > now;
}

function isRevoked({ kid, thumbprint }: HeldKey, revoked: ReadonlySet<string>): boolean {
  return (kid !== undefined && revoked.has(kid)) || (thumbprint !== undefined && revoked.has(thumbprint));
}

/** What the ring before tells of a key. */
interface Past {
  /** The same key there. */
  readonly known: RingKey | undefined;
  /** The key that signs by that ring now. */
  readonly incumbent: RingKey | undefined;
  /** Whether there was no ring before. */
  readonly isFirst: boolean;
  /** Whether another key can sign until this one has been published long enough. */
  readonly mayWait: boolean;
}

function inForceKey(key: FoundKey, past: Past, context: RingContext): RingKey {
  const { known } = past;
  return {
    held: key.held,
    activeFrom: activation(key, past, context),
    retireAfter: key.retireAfter ?? never,
    lifetime: Math.max(context.lifetime, known?.lifetime ?? 0),
    algorithms: new Set([...(known?.algorithms ?? []), context.algorithm]),
    stopsAt: never,
  };
}

function activation(
  key: FoundKey,
  { known, incumbent, isFirst, mayWait }: Past,
  { now, publishAhead }: RingContext,
): number {
  const soonest = now + publishAhead;
  if (known !== undefined && known.stopsAt === never) return key.activeFrom ?? known.activeFrom;
  // A key that comes back while it is still published needs no further announcement.
  if (known !== undefined) return incumbent === known ? known.activeFrom : now;
  // After a restart nobody knows how long a key has been published, and the date that was written counts.
  if (key.activeFrom !== undefined) return isFirst || !mayWait ? key.activeFrom : Math.max(key.activeFrom, soonest);
  return mayWait ? soonest : always;
}

/** Keys that the sources lost: they sign on until a present key does, and are kept while their tokens live. */
function departed(before: KeyRing, present: KeyRing, context: RingContext): RingKey[] {
  const { now } = context;
  const successor = present.reduce(
    (first, key) => Math.min(first, key.retireAfter > now ? key.activeFrom : never),
    never,
  );
  const same = new SameKeys(present);
  const gone = before
    .filter((key) => same.find(key.held) === undefined && key.activeFrom <= now)
    .map((key) => {
      const end = context.fits(key.held) && present.length > 0 ? Math.max(successor, now) : now;
      // One that stopped earlier does not begin again.
      return { ...key, stopsAt: key.stopsAt > now ? end : key.stopsAt };
    });
  const ring = [...gone, ...present];
  return gone.filter((key) => publishedUntil(ring, key) > now);
}

/**
 * The keys that tokens are encrypted to. Nobody has to know of them first, so each is active from its date on, or always.
 */
export function recipientRing(found: readonly FoundKey[], revoked: ReadonlySet<string>): KeyRing {
  const trusted = found.filter(({ held }) => !isRevoked(held, revoked));
  return trusted.map(({ held, activeFrom = always, retireAfter = never }) => {
    return { held, activeFrom, retireAfter, lifetime: 0, algorithms: new Set<string>(), stopsAt: never };
  });
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
  // Equal times keep the ring's order, so that the signer is the last of those that have begun and not ended.
  const coming = ring.toSorted((a, b) => a.activeFrom - b.activeFrom || 0);
  const begun: RingKey[] = [];
  const terms: Term[] = [];
  let next = 0;
  for (const from of Array.from(times).sort((a, b) => a - b)) {
    for (let key = coming[next]; key !== undefined && key.activeFrom <= from; key = coming[next]) {
      begun.push(key);
      next += 1;
    }
    while (begun.length > 0 && isOver(begun.at(-1), from)) begun.pop();
    const signer = begun.at(-1);
    if (terms.length === 0 || terms.at(-1)?.signer !== signer) terms.push({ from, signer });
  }
  return terms;
}

/** From `from` on, `signer` signs and tokens are encrypted to `recipient`; undefined where no key does. */
export interface JointTerm extends Term {
  readonly recipient: RingKey | undefined;
}

/** The terms of both rings of a policy, one laid over the other; a ring that is not there has one term without a key. */
export function jointTerms(signing: KeyRing = [], recipients: KeyRing = []): readonly JointTerm[] {
  const [signers, readers] = [termsOf(signing), termsOf(recipients)];
  const times = new Set([...signers, ...readers].map(({ from }) => from));
  let [nextSigner, nextReader] = [0, 0];
  return Array.from(times)
    .sort((a, b) => a - b || 0)
    .map((from) => {
      while ((signers[nextSigner]?.from ?? never) <= from) nextSigner += 1;
      while ((readers[nextReader]?.from ?? never) <= from) nextReader += 1;
      return { from, signer: signers[nextSigner - 1]?.signer, recipient: readers[nextReader - 1]?.signer };
    });
}

function isOver(key: RingKey | undefined, now: number): boolean {
  return key !== undefined && endOf(key) <= now;
}

/** When the last term of each key ends; a ring never changes, so this is found once for it. */
const lastEnds = new WeakMap<KeyRing, ReadonlyMap<RingKey, number>>();

function lastEndsOf(ring: KeyRing): ReadonlyMap<RingKey, number> {
  const known = lastEnds.get(ring);
  if (known !== undefined) return known;
  const ends = new Map<RingKey, number>();
  const terms = termsOf(ring);
  for (const [index, { signer }] of terms.entries()) {
    if (signer !== undefined) ends.set(signer, terms[index + 1]?.from ?? never);
  }
  lastEnds.set(ring, ends);
  return ends;
}

/** Until when a key must be published: its last signature's token may live that long. */
export function publishedUntil(ring: KeyRing, key: RingKey): number {
  if (key.stopsAt === never) return key.retireAfter + key.lifetime;
  // One that has no term may have had one under a ring of before.
  return (lastEndsOf(ring).get(key) ?? endOf(key)) + key.lifetime;
}

/** The keys that verifiers must know at `now`: those that sign, will sign, or have signed tokens that live. */
export function publishedAt(ring: KeyRing, now: number): readonly RingKey[] {
  return ring.filter((key) => publishedUntil(ring, key) > now);
}

/** The name of a key in a token and in the JWKS: the one it was given, else its thumbprint; a secret may have none. */
export function keyId({ kid, thumbprint }: HeldKey): string | undefined {
  return kid ?? thumbprint;
}

/** Finds two different keys of one name among the keys that it is shown. */
export class NameClashes {
  readonly #byName = new Map<string, HeldKey>();
  #found = false;

  /** What is wrong with the keys so far; undefined where nothing is. */
  add(keys: readonly HeldKey[]): KeyFinding | undefined {
    for (const held of keys) {
      const name = keyId(held);
      if (name === undefined) continue;
      const other = this.#byName.get(name);
      if (other !== undefined && other.key !== held.key && !other.key.equals(held.key)) this.#found = true;
      this.#byName.set(name, held);
    }
    return this.#found ? sameKid : undefined;
  }
}

const sameKid: KeyFinding = {
  code: 'keys.same-kid',
  severity: 'error',
  message:
    'Two different keys have the same `kid`; a verifier that knows one of them would refuse the tokens of the other.',
  suggestion: 'Give the new key a `kid` of its own, or leave `kid` out: then it is the thumbprint.',
};
