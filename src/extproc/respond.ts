/**
 * @module
 * From a decision to the message that makes Envoy carry it out.
 */
import type { Decision } from '../decision/decision.ts';
import { mutationOf } from './headers.ts';
import type { BodySendMode, HttpBody, Phase, ProcessingResponse } from './messages.ts';
import { structOf } from './struct.ts';

type RefuseDecision = Extract<Decision, { kind: 'refuse' }>;
type Refusal = RefuseDecision['refusal'];

/** The answer to `request_headers`. */
export function respondTo(decision: Decision): ProcessingResponse {
  switch (decision.kind) {
    case 'untouched':
      return emptyAnswer('request_headers');
    case 'forward':
      return {
        request_headers: { response: { header_mutation: mutationOf(decision.set, decision.remove) } },
        ...(decision.metadata === undefined ? {} : { dynamic_metadata: structOf({ mintproc: decision.metadata }) }),
      };
    case 'refuse':
      return refuse(decision.refusal, codeOf(decision));
  }
}

/** Envoy takes a status below 200 for 200, which would look like success, so anything that is no final status becomes 500. */
export function finalStatus(status: number): number {
  return Number.isInteger(status) && status >= 200 && status <= 599 ? status : 500;
}

/**
 * Answers the caller in the upstream's place.
 *
 * @param details what Envoy's access log shows as `%RESPONSE_CODE_DETAILS%`
 */
export function refuse(refusal: Refusal, details: string): ProcessingResponse {
  return {
    immediate_response: {
      status: { code: finalStatus(refusal.status) },
      headers: mutationOf([['content-type', refusal.contentType]]),
      body: Buffer.from(refusal.body, 'utf8'),
      details,
    },
  };
}

/** A policy's code, or that of a refusal before any policy ran. */
export function codeOf({ code, mints }: RefuseDecision): string {
  return code ?? mints.find((mint) => mint.outcome === 'refused')?.code ?? 'refused';
}

/** "Go on": the answer of the same kind that changes nothing. */
export function emptyAnswer(phase: Phase): ProcessingResponse {
  return { [phase]: {} };
}

/**
 * The answer to a piece of a body. In the two modes where Envoy hands the body over instead of keeping a copy, the
 * piece goes back as it came; an empty answer there would drop it.
 */
export function answerBody(
  phase: 'request_body' | 'response_body',
  body: HttpBody,
  mode: BodySendMode,
): ProcessingResponse {
  if (mode !== 'FULL_DUPLEX_STREAMED' && mode !== 'GRPC') return emptyAnswer(phase);
  return { [phase]: { response: { body_mutation: { streamed_response: body } } } };
}
