/**
 * @module
 * When the keys of a policy were used, for traces. Each policy notes its last signature and its last encryption in one
 * object, which costs a signature two stores and a reused token nothing. A request reads it before another one runs.
 */

/** In seconds of the clock `performance.now()`. */
export interface Period {
  began: number;
  /** Before `began` if the key gave no result: it failed, or the signature has not arrived. */
  ended: number;
}

export interface KeyUse {
  readonly signing: Period;
  readonly encrypting: Period;
}

const never = Number.NEGATIVE_INFINITY;

export function unusedKeys(): KeyUse {
  return { signing: { began: never, ended: never }, encrypting: { began: never, ended: never } };
}

/** A copy that later requests do not change. */
export function keptUse({ signing, encrypting }: KeyUse): KeyUse {
  return { signing: { ...signing }, encrypting: { ...encrypting } };
}

/**
 * The use of the keys by a policy run whose token arrived later, in the event-loop turn in which it arrives.
 *
 * @param requested a copy of the use when the token was requested; other requests have used the keys since
 * @param live the use of the keys now: encrypting comes last
 * @param began when the run began
 * @param now when the token arrived
 */
export function laterUse(requested: KeyUse, live: KeyUse, began: number, now: number): KeyUse {
  const { signing } = requested;
  const { encrypting } = keptUse(live);
  if (signing.began < began) return { signing, encrypting };
  const arrived = encrypting.began >= signing.began ? encrypting.began : now;
  return { signing: { began: signing.began, ended: arrived }, encrypting };
}
