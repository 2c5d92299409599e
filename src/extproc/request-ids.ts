/**
 * @module
 * The ids that correlate a request with other logs: Envoy's request id and the trace id. The caller may have chosen
 * either, so only values that look like ids are accepted.
 */
import type { HeaderFields } from '../request/header-fields.ts';
import { maxStateLength, parseTraceparent, type TraceContext, traceContextOf } from '../request/trace-context.ts';
import type { CallMetadata } from './call-metadata.ts';

type CallTrace = Pick<CallMetadata, 'traceparent' | 'tracestate'>;

export function requestIdOf(headers: HeaderFields): string | undefined {
  const id = headers.first('x-request-id');
  return id !== undefined && /^[\w.-]{1,64}$/.test(id) ? id : undefined;
}

/** Zipkin's B3 (openzipkin/b3-propagation): one header, or several. */
const b3Forms: readonly (readonly [header: string, form: RegExp])[] = [
  ['b3', /^((?:[0-9a-f]{16}){1,2})-[0-9a-f]{16}(?:-[01d](?:-[0-9a-f]{16})?)?$/],
  ['x-b3-traceid', /^((?:[0-9a-f]{16}){1,2})$/],
];

/** The trace of Envoy's own span for the call: what Envoy decided is better known than what the client wrote. */
export function callContext({ traceparent }: CallTrace): TraceContext | undefined {
  return traceparent === undefined ? undefined : parseTraceparent(traceparent);
}

/** `tracestate` of the same span. */
export function callState({ tracestate }: CallTrace): string | undefined {
  return tracestate === undefined || tracestate.length > maxStateLength ? undefined : tracestate;
}

/** The trace id of the request's headers. */
export function traceIdOf(headers: HeaderFields): string | undefined {
  return traceContextOf(headers)?.traceId ?? b3TraceId(headers);
}

function b3TraceId(headers: HeaderFields): string | undefined {
  for (const [header, form] of b3Forms) {
    const id = form.exec(headers.first(header) ?? '')?.[1];
    // All zeros is not a valid trace id.
    if (id !== undefined && /[1-9a-f]/.test(id)) return id;
  }
  return undefined;
}
