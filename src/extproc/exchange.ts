/**
 * @module
 * One stream: the state of the ext_proc conversation for one HTTP request, independent of the transport.
 *
 * Envoy waits for one answer per message, and treats a stream that closes without an error as "continue without the
 * processor". So every message gets an answer, an error, or nothing in observability mode, where Envoy reads no
 * answers. An unexpected error becomes a refusal.
 */

import { type Asker, type Decide, type Decision, refusedWith } from '../decision/decision.ts';
import type { Keeping, KeepingResult } from '../decision/keep-in-envoy.ts';
import type { Code } from '../diagnostics/codes.ts';
import { describeDefect } from '../diagnostics/defect.ts';
import { Later } from '../diagnostics/later.ts';
import { MintError } from '../diagnostics/mint-error.ts';
import type { MintRecord } from '../mint/mint-record.ts';
import type { IncomingRequest } from '../request/incoming-request.ts';
import { type TraceContext, traceContextOf, traceStateOf } from '../request/trace-context.ts';
import type { Admission } from './admission.ts';
import { type CallMetadata, noMetadata } from './call-metadata.ts';
import type { ProcessingRequest, ProcessingResponse } from './messages.ts';
import type { ExchangeObserver, ExchangeOutcome, ExchangeRecord } from './observer.ts';
import { callContext, callState, requestIdOf, traceIdOf } from './request-ids.ts';
import { answerBody, emptyAnswer, respondTo } from './respond.ts';
import { answerTrailers } from './trailers.ts';
import { readRequest } from './wire.ts';
import type { WireLimits } from './wire-limits.ts';

export type Answer =
  | { readonly kind: 'respond'; readonly response: ProcessingResponse; readonly decision?: undefined }
  | DecisionAnswer
  | { readonly kind: 'none' }
  /**
   * The answer arrives in a later event-loop turn. Do not pass another message before it. If the stream closes first,
   * it never arrives.
   */
  | LaterAnswer
  /** End the stream with the gRPC status INVALID_ARGUMENT; Envoy then fails the request. */
  | { readonly kind: 'fail'; readonly code: Code };

export interface LaterAnswer {
  readonly kind: 'later';
  /** Must be called in the current event-loop turn. */
  listen(listener: (answer: Answer) => void): void;
}

export interface ExchangeSettings {
  /** Returns the decision function in force. Called once, when the stream opens, so a reload never splits a request. */
  readonly pin: () => Decide;
  readonly observer: ExchangeObserver;
  readonly limits: WireLimits;
  readonly admission: Admission;
  /** A monotonic clock, in seconds. */
  readonly now: () => number;
}

const outcomeOf = { untouched: 'untouched', forward: 'forwarded', refuse: 'refused' } as const;

/** A request that exceeds a limit of `wire-limits.ts`, or cannot be decoded. */
const unreadable: ReadonlySet<Code> = new Set<Code>([
  'extproc.too-many-headers',
  'extproc.headers-too-large',
  'extproc.metadata-too-deep',
  'extproc.malformed-message',
]);

const noAnswer: Answer = { kind: 'none' };

/** A decision, which a codec may encode directly, without a `ProcessingResponse`. */
class DecisionAnswer {
  readonly kind = 'respond';
  readonly decision: Decision;

  constructor(decision: Decision) {
    this.decision = decision;
  }

  get response(): ProcessingResponse {
    return respondTo(this.decision);
  }
}

/** What a decision has only if there is a route. */
interface AnsweredRoute {
  readonly route?: string | undefined;
  readonly keeping?: Keeping;
}

/** The record of an exchange. What it has of the request's headers is looked up only when it is read. */
class FinishedExchange implements ExchangeRecord {
  readonly outcome: ExchangeOutcome;
  readonly seconds: number;
  readonly at: number;
  readonly code: Code | undefined;
  readonly mints: readonly MintRecord[];
  readonly route: string | undefined;
  readonly keeping: KeepingResult | undefined;
  readonly #call: CallMetadata;
  readonly #request: IncomingRequest | undefined;

  constructor(
    outcome: ExchangeOutcome,
    at: number,
    started: number,
    call: CallMetadata,
    code?: Code,
    request?: IncomingRequest,
    { mints, route, keeping }: Pick<Decision, 'mints'> & AnsweredRoute = undecided,
  ) {
    this.outcome = outcome;
    this.seconds = at - started;
    this.at = at;
    this.code = code;
    this.mints = mints;
    this.route = route;
    this.keeping = keeping?.result;
    this.#call = call;
    this.#request = request;
  }

  get requestId(): string | undefined {
    return this.#request && requestIdOf(this.#request.headers);
  }

  get traceId(): string | undefined {
    return callContext(this.#call)?.traceId ?? (this.#request && traceIdOf(this.#request.headers));
  }

  get sampledTraceId(): string | undefined {
    const { trace } = this;
    return trace?.isSampled === true ? trace.traceId : undefined;
  }

  get trace(): TraceContext | undefined {
    return callContext(this.#call) ?? (this.#request && traceContextOf(this.#request.headers));
  }

  get traceState(): string | undefined {
    if (callContext(this.#call) !== undefined) return callState(this.#call);
    return this.#request && traceStateOf(this.#request.headers);
  }
}

const undecided = { mints: [] };

/** Made once, because a refusal under overload must cost next to nothing. */
const overloaded = refusedWith('extproc.overloaded');

export class Exchange implements Asker {
  readonly #settings: ExchangeSettings;
  readonly #call: CallMetadata;
  readonly #decide: Decide;
  /** Whether the request may be decided; otherwise too many are in flight. */
  readonly #isAdmitted: boolean;
  /** Envoy sends its body modes once, in the first message. */
  #modes: ProcessingRequest['protocol_config'];
  #requestSeen = false;
  /** The decision, for the trailers. */
  #decision: Decision | undefined;
  #finished = false;
  /** A refusal or an error was sent: Envoy reads no further answer. */
  #over = false;
  #closed = false;
  /** The decision that arrives later, while it is waited for. */
  #awaited: Later<Decision> | undefined;

  constructor(settings: ExchangeSettings, call = noMetadata) {
    this.#settings = settings;
    this.#call = call;
    this.#decide = pinned(settings.pin);
    this.#isAdmitted = settings.admission.enter();
    settings.observer.streamOpened();
  }

  get isGone(): boolean {
    return this.#closed;
  }

  /** The answer to a message. Messages must be passed in order. An unexpected error becomes a refusal. */
  answer(message: ProcessingRequest): Answer {
    if (this.#over) return noAnswer;
    try {
      return this.#answer(message);
    } catch (error) {
      return this.#refuseDefect(error);
    }
  }

  /** @param started when processing of the request began, if it did */
  #refuseDefect(error: unknown, started?: number, request?: IncomingRequest): Answer {
    this.#settings.observer.defect(describeDefect(error));
    return this.#refuse('internal', 'extproc.internal', started, request);
  }

  /** The stream has ended, for any reason. Later calls do nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (!this.#finished) this.#finishNow('abandoned');
    // What is still being signed takes its place until it is done. What waits for its turn need not any more.
    if (this.#awaited === undefined) this.#leave();
    else this.#awaited.reconsider();
    this.#settings.observer.streamClosed();
  }

  #answer(message: ProcessingRequest): Answer {
    if (this.#awaited !== undefined) throw new TypeError('a message was passed before the answer to the previous one');
    this.#modes ??= message.protocol_config;
    if (message.observability_mode === true) {
      this.#finishNow('observed');
      return noAnswer;
    }
    switch (message.request) {
      case 'request_headers':
        return this.#answerRequestHeaders(message);
      case 'request_body':
      case 'request_trailers':
        if (!this.#requestSeen) return this.#refuseUnseen();
        if (message.request === 'request_trailers') return this.#answerTrailers(message);
        return this.#answerPart(message, message.request);
      case 'response_headers':
      case 'response_body':
      case 'response_trailers':
        // A response without a request is a local reply of Envoy or of a filter before this one.
        this.#finishNow('response-only');
        return this.#answerPart(message, message.request);
      case undefined:
        return this.#fail('extproc.unknown-message');
    }
  }

  #answerRequestHeaders(message: ProcessingRequest): Answer {
    if (this.#requestSeen || this.#finished) return this.#fail('extproc.unexpected-request-headers');
    this.#requestSeen = true;
    if (!this.#isAdmitted) return this.#refuseOverloaded();
    const { now, limits } = this.#settings;
    const started = now();
    let request: IncomingRequest;
    try {
      request = readRequest(message, this.#call.routePolicy, limits);
    } catch (error) {
      return this.#refuseUnreadable(error, started);
    }
    let decision: Decision | Later<Decision>;
    try {
      decision = this.#decide(request, this);
    } catch (error) {
      return this.#refuseDefect(error, started, request);
    }
    return decision instanceof Later
      ? this.#answerLater(decision, request, started)
      : this.#answerDecision(decision, request, started);
  }

  /** If the stream closes before the decision, the decision is dropped: it is neither sent nor counted. */
  #answerLater(later: Later<Decision>, request: IncomingRequest, started: number): Answer {
    this.#awaited = later;
    request.keep?.();
    return {
      kind: 'later',
      listen: (listener) => {
        const settle = (answerOf: () => Answer): void => {
          this.#awaited = undefined;
          if (this.#closed) this.#leave();
          else if (!this.#over) listener(this.#orRefused(answerOf, started, request));
        };
        later.listen(
          (decision) => settle(() => this.#answerDecision(decision, request, started)),
          (error) => settle(() => this.#refuseDefect(error, started, request)),
          () => !this.#closed,
        );
      },
    };
  }

  #orRefused(answerOf: () => Answer, started: number, request: IncomingRequest): Answer {
    try {
      return answerOf();
    } catch (error) {
      return this.#refuseDefect(error, started, request);
    }
  }

  #answerDecision(decision: Decision, request: IncomingRequest, started: number): Answer {
    this.#over = decision.kind === 'refuse';
    this.#decision = decision;
    const code = decision.kind === 'refuse' ? decision.code : undefined;
    const now = this.#settings.now();
    this.#finish(new FinishedExchange(outcomeOf[decision.kind], now, started, this.#call, code, request, decision));
    return new DecisionAnswer(decision);
  }

  #refuseUnreadable(error: unknown, started?: number): Answer {
    if (!(error instanceof MintError && unreadable.has(error.code))) throw error;
    return this.#refuse('refused', error.code, started);
  }

  #answerTrailers(message: ProcessingRequest): Answer {
    try {
      return { kind: 'respond', response: answerTrailers(this.#decision, message, this.#settings.limits) };
    } catch (error) {
      return this.#refuseUnreadable(error);
    }
  }

  /** A message that mintproc does not change is forwarded unchanged. */
  #answerPart(message: ProcessingRequest, phase: Exclude<ProcessingRequest['request'], undefined>): Answer {
    if (phase === 'request_body') {
      const mode = this.#modes?.request_body_mode ?? 'NONE';
      return { kind: 'respond', response: answerBody(phase, message.request_body ?? {}, mode) };
    }
    if (phase === 'response_body') {
      const mode = this.#modes?.response_body_mode ?? 'NONE';
      return { kind: 'respond', response: answerBody(phase, message.response_body ?? {}, mode) };
    }
    return { kind: 'respond', response: emptyAnswer(phase) };
  }

  /** `request_header_mode: SKIP` with a body mode: continuing would forward the request without a token. */
  #refuseUnseen(): Answer {
    return this.#refuse('malformed', 'extproc.no-request-headers');
  }

  /** @param started when processing began, if known */
  #refuse(outcome: ExchangeOutcome, code: Code, started?: number, request?: IncomingRequest): Answer {
    this.#over = true;
    this.#finishNow(outcome, code, started, request);
    return new DecisionAnswer(refusedWith(code));
  }

  #refuseOverloaded(): Answer {
    this.#over = true;
    this.#finishNow('overloaded', overloaded.code);
    return new DecisionAnswer(overloaded);
  }

  #leave(): void {
    if (this.#isAdmitted) this.#settings.admission.leave();
  }

  #fail(code: Code): Answer {
    this.#over = true;
    this.#finishNow('malformed', code);
    return { kind: 'fail', code };
  }

  #finishNow(outcome: ExchangeOutcome, code?: Code, started?: number, request?: IncomingRequest): void {
    const at = this.#settings.now();
    this.#finish(new FinishedExchange(outcome, at, started ?? at, this.#call, code, request));
  }

  /** The one place where an exchange is counted. Only the first outcome counts. */
  #finish(record: FinishedExchange): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#settings.observer.finished(record);
  }
}

/** An error of `pin` must refuse the request like any other error, so it is thrown when the request arrives. */
function pinned(pin: () => Decide): Decide {
  try {
    return pin();
  } catch (error) {
    return (): Decision => {
      throw error;
    };
  }
}
