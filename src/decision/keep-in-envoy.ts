/**
 * @module
 * Whether Envoy may keep what a request gets, and for how long. Envoy's Lua filter asks in the metadata of the request,
 * and gives what it keeps to later requests with the same key without a call. So everything that ends a token, or that
 * a later request would lack, is looked at here, and a doubt means no.
 */

import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '../diagnostics/json.ts';
import type { MintRecord } from '../mint/mint-record.ts';
import { asks, type KeyCaller, keyClaims, reuseNamespace } from '../request/envoy-reuse.ts';
import type { IncomingRequest } from '../request/incoming-request.ts';
import type { EnvoyReuse, RunnablePolicy } from './rules.ts';

/** The answer to a filter that asks. */
export interface Keeping {
  readonly result: KeepingResult;
  /** In whole milliseconds, from when Envoy called mintproc; undefined if Envoy may not keep anything. */
  readonly for?: number;
  /** Envoy drops what it keeps of another one. Empty if the configuration lets it keep nothing. */
  readonly generation: string;
}

export type KeepingResult = 'permitted' | NotKept;

/** Why Envoy may not keep what a request gets. */
type NotKept =
  /** The filter was written for another configuration: its key may lack what this one reads. */
  | 'other-filter'
  /** A policy of the route is not one whose tokens are kept. */
  | 'policy'
  /** A policy was passed over, or is not for this request by its rules, so the header that it writes is removed. */
  | 'removal'
  /** Policies publish variables, which later requests would lack. */
  | 'variables'
  /** A token has a warning, which later requests would not be counted with. */
  | 'warning'
  /** A service signed a token for this request. The next request of this caller gets the kept one. */
  | 'late'
  /** The key has the claims of another token than the caller's, or it is not known when that token ends. */
  | 'caller'
  /** Too little time is left. */
  | 'time';

/** What became of the request. */
interface Answered {
  readonly metadata?: JsonObject | undefined;
  readonly mints: readonly MintRecord[];
  /** In the order in which they ran. */
  readonly policies: readonly RunnablePolicy[];
  readonly wasLate: boolean;
  /** The time of the decision, in milliseconds since the epoch. */
  readonly now: number;
}

/** Milliseconds; for less, the next call would come nearly as soon. */
const shortest = 100;

/** The digest that Envoy's filter asks with; undefined if it does not ask. Of another type if it is not the filter. */
export function askedWith({ metadata }: Pick<IncomingRequest, 'metadata'>): unknown {
  return metadata.view(reuseNamespace)?.get(asks);
}

/**
 * Must be called in the event-loop turn in which the policies ran.
 *
 * @param asked as `askedWith` returns it
 * @param reuse undefined if the configuration lets Envoy keep nothing
 */
export function keepingOf(
  asked: unknown,
  reuse: EnvoyReuse | undefined,
  request: Pick<IncomingRequest, 'metadata'>,
  answered: Answered,
): Keeping {
  if (reuse === undefined) return { result: 'other-filter', generation: '' };
  const { generation } = reuse;
  const reason = asked === reuse.digest ? whyNot(reuse, answered) : 'other-filter';
  if (reason !== undefined) return { result: reason, generation };
  const end = callerEnd(reuse.caller, request);
  if (end === undefined) return { result: 'caller', generation };
  const time = timeLeft(end, answered);
  return time < shortest ? { result: 'time', generation } : { result: 'permitted', for: time, generation };
}

function whyNot(reuse: EnvoyReuse, { metadata, mints, policies, wasLate }: Answered): NotKept | undefined {
  if (policies.length === 0 || policies.some(({ name }) => !reuse.policies.has(name))) return 'policy';
  const minted = mints.filter(({ outcome }) => outcome === 'minted');
  if (minted.length < policies.length) return 'removal';
  if (metadata !== undefined) return 'variables';
  if (mints.some(({ warning }) => warning !== undefined)) return 'warning';
  return wasLate ? 'late' : undefined;
}

/** In whole milliseconds. */
function timeLeft(callerEnds: number, { policies, now }: Answered): number {
  let end = callerEnds;
  let longest = Number.POSITIVE_INFINITY;
  for (const { last, inEnvoy } of policies) {
    end = Math.min(end, last.until);
    longest = Math.min(longest, inEnvoy);
  }
  return Math.min(Math.floor(end - now), longest);
}

/**
 * When the caller's own token ends, in milliseconds since the epoch: Infinity if it does not, or if the caller has
 * none; undefined if that is not known. Envoy verifies the token for each request, kept or not.
 */
function callerEnd(caller: KeyCaller, { metadata }: Pick<IncomingRequest, 'metadata'>): number | undefined {
  if (caller.kind !== 'token') return Number.POSITIVE_INFINITY;
  const claims = metadata.view('envoy.filters.http.jwt_authn')?.view(caller.payload);
  if (claims === undefined || !isInKey(claims.whole(), metadata.view(reuseNamespace)?.get(keyClaims))) return undefined;
  const exp = claims.get('exp');
  if (exp === undefined) return Number.POSITIVE_INFINITY;
  return typeof exp === 'number' && Number.isFinite(exp) ? millisecondsOf(exp) : undefined;
}

/**
 * Whether the caller's claims are those in the key. jwt_authn may have several providers: one that verified another
 * token of the request may have written the header of which the filter makes the key.
 */
function isInKey(claims: JsonObject, written: unknown): boolean {
  if (typeof written !== 'string') return false;
  try {
    // The claims have objects of another kind.
    const read: unknown = JSON.parse(JSON.stringify(claims));
    return isDeepStrictEqual(JSON.parse(Buffer.from(written, 'base64url').toString()), read);
  } catch {
    return false;
  }
}

/** Rounded down. RFC 7519 allows fractions of a second; multiplied as a whole, one could be rounded up. */
function millisecondsOf(seconds: number): number {
  const whole = Math.floor(seconds);
  return whole * 1000 + Math.floor((seconds - whole) * 1000);
}
