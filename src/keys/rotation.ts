/**
 * @module
 * Key rotation: which key signs when, and which keys are published. Publish first, sign later, withdraw last.
 *
 * Each load of the configuration makes a new ring from the keys that the sources have now and from the previous ring. A
 * new key signs after it has been published for a while. A key that its source no longer has signs until its successor
 * does, and stays published until its last token has expired. This module only calculates with times that are passed
 * in.
 */
import { type KeyFinding, keyWarning } from '../jose/key-finding.ts';
import { type HeldKey, isNamed, isSameMaterial, keyId, SameKeys } from './held-key.ts';

/** A key as the configuration has it now. Times are in milliseconds since the epoch. */
export interface FoundKey {
  readonly held: HeldKey;
  /** When it begins to sign; undefined: when it has been published long enough. */
  readonly activeFrom: number | undefined;
  /** When it ceases to sign. */
  readonly retireAfter: number | undefined;
}

export interface RingKey {
  readonly held: HeldKey;
  /** -Infinity for a key that signed before the first ring. */
  readonly activeFrom: number;
  readonly retireAfter: number;
  /** How long its tokens are valid. */
  readonly lifetime: number;
  /** The algorithms that sign with it. */
  readonly algorithms: ReadonlySet<string>;
  /** When it ceases to sign because no source has it; Infinity while a source has it. */
  readonly stopsAt: number;
  /** When every verifier knows it; undefined if it was there when the process started. */
  readonly announcedFrom?: number;
}

/** If two keys begin to sign at the same time, the later one in the ring signs. */
export type KeyRing = readonly RingKey[];

export interface RingContext {
  readonly now: number;
  /** How long a new key is published before it signs. */
  readonly publishAhead: number;
  /** How long a token of this ring is valid. */
  readonly lifetime: number;
  /** The algorithm that signs tokens from now on. */
  readonly algorithm: string;
  /** Names (`kid` or thumbprint) of keys that must neither sign nor be published. */
  readonly revoked: ReadonlySet<string>;
  /** Whether a key of the previous ring can still sign: a policy may have another algorithm now. */
  fits(held: HeldKey): boolean;
}

const always = Number.NEGATIVE_INFINITY;
const never = Number.POSITIVE_INFINITY;

/** The ring that follows `before`, which is empty at the first load. */
export function nextRing(found: readonly FoundKey[], before: KeyRing, context: RingContext): KeyRing {
  // A key that has been withdrawn since the last load is new if it returns.
  const kept = publishedAt(before, context.now).filter(({ held }) => !isNamed(held, context.revoked));
  const incumbent = signerAt(kept, context.now);
  const same = new SameKeys(kept);
  const isSucceeded = incumbent !== undefined && context.fits(incumbent.held);
  const trusted = found.filter(({ held }) => !isNamed(held, context.revoked));
  const since = incumbent && new SameKeys(trusted).find(incumbent.held)?.activeFrom;
  const firstToSign = trusted.findIndex((key) => maySign(key, context.now));
  const present = trusted.map((key, index) => {
    const known = same.find(key.held);
    const mayWait = isSucceeded || (firstToSign !== -1 && index > firstToSign);
    const isOlder = since !== undefined && key.activeFrom !== undefined && key.activeFrom < since;
    return inForceKey(key, { known, incumbent, isFirst: kept.length === 0, mayWait, isOlder }, context);
  });
  return [...departed(kept, present, context), ...present];
}

/** Whether the dates of a key, if it has any, let it sign. */
function maySign({ activeFrom = always, retireAfter = never }: FoundKey, now: number): boolean {
  return activeFrom <= now && retireAfter > now;
}

/** What the previous ring says of a key. */
interface Past {
  /** The same key in that ring. */
  readonly known: RingKey | undefined;
  /** The key of that ring that signs now. */
  readonly incumbent: RingKey | undefined;
  /** Whether there was no previous ring. */
  readonly isFirst: boolean;
  /** Whether another key can sign until this one has been published long enough. */
  readonly mayWait: boolean;
  /** Whether the dates say that the incumbent, which its source still has, follows this key. */
  readonly isOlder: boolean;
}

function inForceKey(key: FoundKey, past: Past, context: RingContext): RingKey {
  const { known } = past;
  const isNew = known === undefined && !past.isFirst;
  const announcedFrom = isNew ? context.now + context.publishAhead : known?.announcedFrom;
  return {
    held: key.held,
    activeFrom: activation(key, past, context),
    ...(announcedFrom === undefined ? {} : { announcedFrom }),
    retireAfter: key.retireAfter ?? never,
    lifetime: Math.max(context.lifetime, known?.lifetime ?? 0),
    algorithms: new Set([...(known?.algorithms ?? []), context.algorithm]),
    stopsAt: never,
  };
}

function activation(key: FoundKey, past: Past, context: RingContext): number {
  return past.known === undefined
    ? firstActivation(key, past, context)
    : nextActivation(key, past.known, past, context);
}

function firstActivation(
  { activeFrom }: FoundKey,
  { isFirst, mayWait, isOlder }: Past,
  { now, publishAhead }: RingContext,
): number {
  if (!mayWait || isOlder) return activeFrom ?? always;
  const earliest = now + publishAhead;
  // Without a previous ring mintproc does not know how long a key has been published. The date in the configuration
  // decides.
  return isFirst && activeFrom !== undefined ? activeFrom : Math.max(activeFrom ?? always, earliest);
}

function nextActivation(
  { activeFrom }: FoundKey,
  known: RingKey,
  { incumbent, mayWait, isOlder }: Past,
  { now }: RingContext,
): number {
  // A key that returns while it is still published can sign immediately.
  if (known.stopsAt !== never) return incumbent === known ? known.activeFrom : now;
  // If no other key can sign, this one cannot wait.
  if (activeFrom === undefined) return mayWait ? known.activeFrom : Math.min(known.activeFrom, now);
  return isOlder || !mayWait ? activeFrom : Math.max(activeFrom, known.announcedFrom ?? always);
}

/** Keys that no source has any more. They sign until a present key does, and are kept while their tokens are valid. */
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
      // A key that has ceased to sign does not begin again.
      const stopsAt = key.stopsAt > now ? end : key.stopsAt;
      return { ...(stopsAt > now ? stillSigning(key, context) : key), stopsAt };
    });
  const ring = [...gone, ...present];
  return gone.filter((key) => publishedUntil(ring, key) > now);
}

/** Until its successor signs, a key signs what the policy says now. */
function stillSigning(key: RingKey, { lifetime, algorithm }: RingContext): RingKey {
  const algorithms = new Set([...key.algorithms, algorithm]);
  return { ...key, algorithms, lifetime: Math.max(key.lifetime, lifetime) };
}

/**
 * The keys that tokens are encrypted to. They are not published, so each is active from its date on, or always.
 */
export function recipientRing(found: readonly FoundKey[], revoked: ReadonlySet<string>): KeyRing {
  const trusted = found.filter(({ held }) => !isNamed(held, revoked));
  return trusted.map(({ held, activeFrom = always, retireAfter = never }) => {
    return { held, activeFrom, retireAfter, lifetime: 0, algorithms: new Set<string>(), stopsAt: never };
  });
}

/** The active key that became active last. */
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

/** From `from` on, `signer` signs; undefined if no key does. */
export interface Term {
  readonly from: number;
  readonly signer: RingKey | undefined;
}

/** All terms of a ring, past ones included; the first begins at -Infinity. */
export function termsOf(ring: KeyRing): readonly Term[] {
  const times = new Set([always, ...ring.flatMap((key) => [key.activeFrom, endOf(key)])]);
  times.delete(never);
  // Sorting keeps the ring's order for equal times, so the signer is the last key that has begun and not ended.
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

/** From `from` on, `signer` signs and tokens are encrypted to `recipient`; undefined if there is no such key. */
export interface JointTerm extends Term {
  readonly recipient: RingKey | undefined;
}

/**
 * The terms of both rings of a policy, merged. A ring that the policy does not have counts as one term without a key.
 */
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

/** When the last term of each key ends. A ring never changes, so this is computed once for each ring. */
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

/** When the last token that a key signed has expired; until then the key must be published. */
export function publishedUntil(ring: KeyRing, key: RingKey): number {
  if (key.stopsAt === never) return key.retireAfter + key.lifetime;
  // A key without a term may have had one in an earlier ring.
  return (lastEndsOf(ring).get(key) ?? endOf(key)) + key.lifetime;
}

/**
 * The keys that verifiers must know at `now`: those that sign, will sign, or have signed tokens that are still valid.
 */
export function publishedAt(ring: KeyRing, now: number): readonly RingKey[] {
  return ring.filter((key) => publishedUntil(ring, key) > now);
}

/** Finds two different keys with the same name. */
export class NameClashes {
  readonly #byName = new Map<string, HeldKey>();
  #found = false;

  /** Adds keys. Returns the error if two keys that were added have the same name. */
  add(keys: readonly HeldKey[]): KeyFinding | undefined {
    for (const held of keys) {
      const name = keyId(held);
      if (name === undefined) continue;
      const other = this.#byName.get(name);
      if (other !== undefined && !isSameMaterial(other, held)) this.#found = true;
      this.#byName.set(name, held);
    }
    return this.#found ? sameKid : undefined;
  }
}

const sameKid = keyWarning(
  'keys.same-kid',
  'Two different keys have the same `kid`; a verifier that knows one of them would refuse the tokens of the other.',
  'Give the new key another `kid`, or omit `kid`: then it is the thumbprint.',
);
