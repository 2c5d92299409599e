/**
 * @module
 * The ids that correlate a request with other logs: Envoy's request id and the trace id. The caller may have chosen
 * either, so only values that look like ids are accepted.
 */
import type { HeaderFields } from '../request/header-fields.ts';

export function requestIdOf(headers: HeaderFields): string | undefined {
  const id = headers.first('x-request-id');
  return id !== undefined && /^[\w.-]{1,64}$/.test(id) ? id : undefined;
}

/** W3C Trace Context section 3.2.2, and Zipkin's B3 (openzipkin/b3-propagation): one header, or several. */
const traceForms: readonly (readonly [header: string, form: RegExp])[] = [
  ['traceparent', /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?$/],
  ['b3', /^((?:[0-9a-f]{16}){1,2})-[0-9a-f]{16}(?:-[01d](?:-[0-9a-f]{16})?)?$/],
  ['x-b3-traceid', /^((?:[0-9a-f]{16}){1,2})$/],
];

export function traceIdOf(headers: HeaderFields): string | undefined {
  for (const [header, form] of traceForms) {
    const id = form.exec(headers.first(header) ?? '')?.[1];
    // All zeros is not a valid trace id.
    if (id !== undefined && /[1-9a-f]/.test(id)) return id;
  }
  return undefined;
}
