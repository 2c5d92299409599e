/**
 * @module
 * What an exchange tells about itself. `observe` turns it into metrics and log lines; nothing here is a value of a
 * header, a claim or a key.
 */
import type { Code } from '../diagnostics/codes.ts';
import type { MintRecord } from '../mint/mint-record.ts';

/** What became of one stream. */
export const exchangeOutcomes = {
  forwarded: 'The request went on with its header mutation.',
  untouched: 'No route matched; the request went on as it came.',
  refused: 'The caller got a refusal: a policy refused, or the request passed a bound.',
  observed: 'Envoy runs the filter in observability mode: nothing was minted and nothing answered.',
  'response-only': 'Envoy showed only a response, as it does for its own local replies.',
  malformed: 'Envoy broke the protocol; the stream ended with an error.',
  internal: 'A defect in mintproc; the caller got a refusal.',
  abandoned: 'The stream ended before any request was seen, or before it was decided on.',
} as const;

export type ExchangeOutcome = keyof typeof exchangeOutcomes;

export interface ExchangeRecord {
  readonly outcome: ExchangeOutcome;
  /** From the arrival of the message that decided the outcome to its answer, in seconds. */
  readonly seconds: number;
  /** When the outcome was known, on the exchange's clock in seconds. */
  readonly at: number;
  /** Why the exchange itself refused; a policy's own reason stands in `mints`. */
  readonly code: Code | undefined;
  readonly mints: readonly MintRecord[];
  /** Envoy's `x-request-id`, when it has the form of an id; asked for, if at all, while the observer is told. */
  readonly requestId: string | undefined;
  /** Of the trace that the request belongs to; as `requestId`. */
  readonly traceId: string | undefined;
}

/** A defect, with everything of the error but its message, which might quote what it worked on. */
export interface Defect {
  readonly name: string;
  /** Source places, one a line. */
  readonly stack: string;
}

export interface ExchangeObserver {
  /** A stream opened; `streamClosed` follows exactly once. */
  streamOpened(): void;
  streamClosed(): void;
  /** Exactly once per stream, as soon as its outcome is known. */
  finished(record: ExchangeRecord): void;
  defect(defect: Defect): void;
}

export interface ServerObserver extends ExchangeObserver {
  /** There were as many connections as there may be, and one more came. */
  connectionRefused(): void;
  /** A stream had to end because too much is held in memory for the peers. */
  memoryFull(): void;
}

export function describeDefect(error: unknown): Defect {
  if (!(error instanceof Error)) return { name: typeof error, stack: '' };
  // The stack begins with the message, which may have lines of its own.
  const head = error.message === '' ? error.name : `${error.name}: ${error.message}`;
  const stack = error.stack?.startsWith(head) === true ? error.stack.slice(head.length) : '';
  const places = stack.split('\n').map((line) => line.trim());
  return { name: error.name, stack: places.filter((line) => line !== '').join('\n') };
}
