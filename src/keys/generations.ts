/**
 * @module
 * The keys of one declaration as its dates order them: which signs, which follows, and which may be deleted. All times
 * are in milliseconds since the epoch.
 */

export interface Generation {
  /** -Infinity for a key without a date, which only the first may be. */
  readonly activeFrom: number;
  /** Infinity if it has no date. */
  readonly retireAfter: number;
}

export interface Generations<G extends Generation> {
  /** The one that signs. */
  readonly signer: G | undefined;
  /** Those that do not sign yet. */
  readonly coming: readonly G[];
  /** Those whose last token has ended. */
  readonly ended: readonly G[];
}

export interface GenerationRules {
  readonly now: number;
  /** How long a token is valid. */
  readonly lifetime: number;
  /** How long a key is kept after its successor begins to sign, in addition to the lifetime of tokens. */
  readonly overlap: number;
}

/** @param all in the order of the declaration; of two that begin at the same time, the later one signs */
export function generationsAt<G extends Generation>(all: readonly G[], rules: GenerationRules): Generations<G> {
  const { now } = rules;
  const inOrder = all.toSorted((a, b) => a.activeFrom - b.activeFrom || 0);
  const signer = inOrder.findLast(({ activeFrom, retireAfter }) => activeFrom <= now && retireAfter > now);
  const rank = signer === undefined ? -1 : inOrder.indexOf(signer);
  return {
    signer,
    coming: inOrder.filter(({ activeFrom }) => activeFrom > now),
    ended: inOrder.filter((one, index) => index < rank && endOf(one, inOrder[index + 1], rules) <= now),
  };
}

/** When the last token of a key that no longer signs has ended. */
function endOf(
  { retireAfter }: Generation,
  next: Generation | undefined,
  { lifetime, overlap }: GenerationRules,
): number {
  // The dates say until when it may sign. Without one, an instance that got its successor late may have signed with it.
  const end = retireAfter === Number.POSITIVE_INFINITY ? (next?.activeFrom ?? retireAfter) + overlap : retireAfter;
  return end + lifetime;
}
