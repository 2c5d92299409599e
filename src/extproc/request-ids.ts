/**
 * @module
 * The ids that correlate a request with other logs: Envoy's request id and the trace id. The caller may have chosen
 * either, so only values that look like ids are accepted.
 */
import type { HeaderFields } from '../request/header-fields.ts';
import { traceContextOf } from '../request/trace-context.ts';

export function requestIdOf(headers: HeaderFields): string | undefined {
  const id = headers.first('x-request-id');
  return id !== undefined && /^[\w.-]{1,64}$/.test(id) ? id : undefined;
}

/** Zipkin's B3 (openzipkin/b3-propagation): one header, or several. */
const b3Forms: readonly (readonly [header: string, form: RegExp])[] = [
  ['b3', /^((?:[0-9a-f]{16}){1,2})-[0-9a-f]{16}(?:-[01d](?:-[0-9a-f]{16})?)?$/],
  ['x-b3-traceid', /^((?:[0-9a-f]{16}){1,2})$/],
];

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
