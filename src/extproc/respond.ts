/**
 * @module
 * Converts a decision to the message that tells Envoy what to do.
 */
import type { Decision } from '../decision/decision.ts';
import type { JsonObject } from '../diagnostics/json.ts';
import { reuseNamespace } from '../request/envoy-reuse.ts';
import { mutationOf } from './headers.ts';
import type { BodySendMode, HttpBody, Phase, ProcessingResponse } from './messages.ts';
import { structOf } from './struct.ts';

type ForwardDecision = Extract<Decision, { kind: 'forward' }>;
type RefuseDecision = Extract<Decision, { kind: 'refuse' }>;
type Refusal = RefuseDecision['refusal'];

/** The answer to `request_headers`. */
export function respondTo(decision: Decision): ProcessingResponse {
  switch (decision.kind) {
    case 'untouched':
      return emptyAnswer('request_headers');
    case 'forward': {
      const metadata = metadataOf(decision);
      return {
        request_headers: { response: { header_mutation: mutationOf(decision.set, decision.remove) } },
        ...(metadata === undefined ? {} : { dynamic_metadata: structOf(metadata) }),
      };
    }
    case 'refuse':
      return refuse(decision.refusal, codeOf(decision));
  }
}

/** Dynamic metadata for later filters, by namespace; undefined if there is none. */
export function metadataOf({ metadata, keeping, set }: ForwardDecision): JsonObject | undefined {
  if (keeping === undefined) return metadata && { mintproc: metadata };
  const { generation } = keeping;
  const kept = keeping.for === undefined ? { generation } : { for: keeping.for, generation, set: set.flat() };
  return { ...(metadata && { mintproc: metadata }), [reuseNamespace]: kept };
}

/** Envoy treats a status below 200 as 200, which would look like success. So a status that is not final becomes 500. */
export function finalStatus(status: number): number {
  return Number.isInteger(status) && status >= 200 && status <= 599 ? status : 500;
}

/**
 * Answers the caller instead of the upstream.
 *
 * @param details what Envoy's access log shows as `%RESPONSE_CODE_DETAILS%`
 */
function refuse(refusal: Refusal, details: string): ProcessingResponse {
  return {
    immediate_response: {
      status: { code: finalStatus(refusal.status) },
      headers: mutationOf([['content-type', refusal.contentType], ...(refusal.headers ?? [])]),
      body: Buffer.from(refusal.body, 'utf8'),
      details,
    },
  };
}

/** The code of the policy that refused, or of a refusal before any policy ran. */
export function codeOf({ code, mints }: RefuseDecision): string {
  return code ?? mints.find((mint) => mint.outcome === 'refused')?.code ?? 'refused';
}

/** The answer for this phase that changes nothing. */
export function emptyAnswer(phase: Phase): ProcessingResponse {
  return { [phase]: {} };
}

/**
 * The answer to a piece of a body. In the two modes in which Envoy keeps no copy, the piece is returned unchanged; an
 * empty answer would drop it.
 */
export function answerBody(
  phase: 'request_body' | 'response_body',
  body: HttpBody,
  mode: BodySendMode,
): ProcessingResponse {
  if (mode !== 'FULL_DUPLEX_STREAMED' && mode !== 'GRPC') return emptyAnswer(phase);
  return { [phase]: { response: { body_mutation: { streamed_response: body } } } };
}
