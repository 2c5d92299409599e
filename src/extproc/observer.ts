/**
 * @module
 * The events of an exchange, which `observe/` turns into metrics and log lines. They contain no value of a header, a
 * claim or a key.
 */
import type { KeepingResult } from '../decision/keep-in-envoy.ts';
import type { Code } from '../diagnostics/codes.ts';
import type { Defect } from '../diagnostics/defect.ts';
import type { MintRecord } from '../mint/mint-record.ts';
import type { TraceContext } from '../request/trace-context.ts';

/** The outcomes of a stream. */
export const exchangeOutcomes = {
  forwarded: 'The request was forwarded with its header mutation.',
  untouched: 'No route matched; the request was forwarded unchanged.',
  refused: 'The caller got a refusal: a policy refused, or the request exceeded a limit.',
  overloaded: 'More requests were in flight than `limits.inFlight`; the caller got 503.',
  observed: 'Envoy runs the filter in observability mode: no token was minted and no answer was sent.',
  'response-only': 'Envoy sent only a response, as it does for its own local replies.',
  malformed: 'Envoy broke the protocol; the stream ended with an error.',
  internal: 'Unexpected error (a defect in mintproc); the caller got a refusal.',
  abandoned: 'The stream ended before a request arrived, or before it was decided.',
} as const;

export type ExchangeOutcome = keyof typeof exchangeOutcomes;

export interface ExchangeRecord {
  readonly outcome: ExchangeOutcome;
  /** Seconds from the arrival of the message that decided the outcome to its answer. */
  readonly seconds: number;
  /** When the outcome was known, on the exchange's clock in seconds. */
  readonly at: number;
  /** Why the exchange itself refused. A policy's reason is in `mints`. */
  readonly code: Code | undefined;
  readonly mints: readonly MintRecord[];
  /** Envoy's `x-request-id`, if it looks like an id. May be read only during `finished`. */
  readonly requestId: string | undefined;
  /** The id of the request's trace. May be read only during `finished`. */
  readonly traceId: string | undefined;
  /** The same if the caller samples the trace. May be read only during `finished`. */
  readonly sampledTraceId: string | undefined;
  /** The request's `traceparent`. May be read only during `finished`. */
  readonly trace: TraceContext | undefined;
  /** The request's `tracestate`. May be read only during `finished`. */
  readonly traceState: string | undefined;
  /** The name of the route, if there is one. */
  readonly route: string | undefined;
  /** Whether Envoy may keep what the request gets, if it asked. */
  readonly keeping?: KeepingResult | undefined;
}

export interface ExchangeObserver {
  /** A stream opened; `streamClosed` follows exactly once. */
  streamOpened(): void;
  streamClosed(): void;
  /** Called exactly once per stream, when its outcome is known. */
  finished(record: ExchangeRecord): void;
  defect(defect: Defect): void;
}

export interface ServerObserver extends ExchangeObserver {
  /** A connection was closed because the maximum is reached. */
  connectionRefused(): void;
  /** A stream was ended because the memory limit is reached. */
  memoryFull(): void;
  /** A call was ended because its deadline passed. */
  deadlinePassed(): void;
}
