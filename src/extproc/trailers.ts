/**
 * @module
 * Request trailers. Envoy forwards them to an upstream that speaks HTTP/2, and some servers read them as headers. So
 * the names that policies write are removed from the trailers, and so are lookalike names.
 */
import type { Decision } from '../decision/decision.ts';
import { HeaderList } from '../request/header-fields.ts';
import { lookalikesOf } from '../request/lookalikes.ts';
import { mutationOf, readHeaders } from './headers.ts';
import type { ProcessingRequest, ProcessingResponse } from './messages.ts';
import { emptyAnswer } from './respond.ts';
import type { WireLimits } from './wire-limits.ts';

/**
 * The answer to the trailers of a request after its decision. Names are removed even if they were not received, because
 * Envoy's `forward_rules` may hide them.
 *
 * @throws MintError when the trailers exceed a limit
 */
export function answerTrailers(
  decision: Decision | undefined,
  message: ProcessingRequest,
  limits: WireLimits,
): ProcessingResponse {
  if (decision?.kind !== 'forward') return emptyAnswer('request_trailers');
  const names = [...decision.set.map(([name]) => name), ...decision.remove];
  const trailers =
    message.trailers?.(limits) ??
    new HeaderList(readHeaders(message.request_trailers?.trailers?.headers ?? [], limits));
  const remove = new Set([...names, ...lookalikesOf(names)(trailers)]);
  return { request_trailers: { header_mutation: mutationOf([], [...remove]) } };
}
