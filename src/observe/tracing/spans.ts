/**
 * @module
 * The spans of a request, made of the clock readings that its record has anyway: one for the decision and, for each
 * policy, one for evaluating its members and one for each use of a key. They contain names of the configuration, an
 * outcome and a code, and nothing else of a request.
 */
import type { PolicyRun } from '../policy-figures.ts';

/** The `traceparent` of a request. The `TraceContext` of `request/` fits this shape. */
export interface TraceParent {
  readonly traceId: string;
  /** The span of the caller. */
  readonly parentId: string;
  readonly flags: number;
  readonly isSampled: boolean;
}

/** A request whose outcome is known. */
export interface TracedRequest {
  readonly outcome: string;
  readonly seconds: number;
  /** When the outcome was known, in seconds of the clock `performance.now()`. */
  readonly at: number;
  /** Why mintproc itself refused. */
  readonly code: string | undefined;
  readonly mints: readonly PolicyRun[];
  /** The name of the route. */
  readonly route: string | undefined;
  /** Undefined if the request has no valid `traceparent`. */
  readonly trace: TraceParent | undefined;
  /** The values of `tracestate`, joined by commas. */
  readonly traceState: string | undefined;
}

export interface Span {
  readonly name: string;
  /** In seconds of the clock `performance.now()`. */
  readonly began: number;
  readonly ended: number;
  readonly attributes: Readonly<Record<string, string | boolean>>;
  /** The code of the failure. */
  readonly error: string | undefined;
}

export interface RequestSpans {
  readonly decide: Span;
  readonly children: readonly Span[];
}

export function spansOf({ outcome, seconds, at, code, mints, route }: TracedRequest): RequestSpans {
  const refused = mints.find((run) => run.outcome === 'refused');
  const attributes = { 'mintproc.outcome': outcome, ...(route === undefined ? {} : { 'mintproc.route': route }) };
  const decide = {
    name: 'mintproc.decide',
    began: at - seconds,
    ended: at,
    attributes,
    error: code ?? refused?.code,
  };
  return { decide, children: mints.flatMap((run, index) => runSpans(run, mints[index + 1]?.began ?? at)) };
}

/** Whether a code says that the use of a key failed: here, or in the service that holds the key. */
const failures = {
  sign: (code: string | undefined) => code === 'mint.signing-failed' || code?.startsWith('signer.') === true,
  encrypt: (code: string | undefined) => code === 'mint.encryption-failed',
} as const;

/** @param ended when the run ended */
function runSpans(run: PolicyRun, ended: number): readonly Span[] {
  const { policy, began, keyUse, code, outcome } = run;
  if (began === undefined) return [];
  const signing = keyUse && usedIn(keyUse.signing, began, ended);
  const encrypting = keyUse && usedIn(keyUse.encrypting, began, ended);
  const attributes = { 'mintproc.policy': policy };
  const isReused =
    outcome === 'minted' && keyUse?.signing.began !== undefined && wasReused(keyUse.signing.began, began);
  const isOfKey =
    (signing !== undefined && failures.sign(code)) || (encrypting !== undefined && failures.encrypt(code));
  const evaluate: Span = {
    name: 'mintproc.evaluate',
    began,
    ended: signing?.began ?? encrypting?.began ?? ended,
    attributes: { ...attributes, 'mintproc.outcome': outcome, 'mintproc.reused': isReused },
    error: isOfKey ? undefined : code,
  };
  const errorOf = (use: keyof typeof failures): string | undefined => (failures[use](code) ? code : undefined);
  return [
    evaluate,
    ...(signing === undefined ? [] : [{ name: 'mintproc.sign', ...signing, attributes, error: errorOf('sign') }]),
    ...(encrypting === undefined
      ? []
      : [{ name: 'mintproc.encrypt', ...encrypting, attributes, error: errorOf('encrypt') }]),
  ];
}

/** A policy that has never signed does not sign, so its tokens are never reused. */
function wasReused(signed: number, began: number): boolean {
  return signed < began && signed !== Number.NEGATIVE_INFINITY;
}

/** The use of a key in a run; undefined if its last use was before. Without a result it lasted until the run ended. */
function usedIn(
  { began, ended }: { readonly began: number; readonly ended: number },
  runBegan: number,
  runEnded: number,
): { readonly began: number; readonly ended: number } | undefined {
  if (began < runBegan) return undefined;
  return { began, ended: ended < began ? runEnded : ended };
}
