/**
 * @module
 * Request trailers, which Envoy hands on to an upstream that speaks HTTP/2. Some servers read them as headers, so what
 * policies write does not stand there either, nor does anything that looks like it.
 */
import type { Decision } from '../decision/decision.ts';
import { HeaderList } from '../request/header-fields.ts';
import { lookalikesOf } from '../request/lookalikes.ts';
import { mutationOf, readHeaders } from './headers.ts';
import type { ProcessingRequest, ProcessingResponse } from './messages.ts';
import { emptyAnswer } from './respond.ts';
import type { WireLimits } from './wire-limits.ts';

/**
 * The answer to the trailers of a request that was decided on. Names are removed whether they are seen or not: Envoy's
 * `forward_rules` may hide them.
 *
 * @throws MintError where the trailers pass a limit
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
