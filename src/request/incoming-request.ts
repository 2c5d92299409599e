/**
 * @module
 * A request as the proxy describes it.
 */
import type { JsonValue } from '../diagnostics/json.ts';
import type { HeaderFields } from './header-fields.ts';
import type { ObjectView } from './object-view.ts';

/** The proxy's attributes by name, such as `source.address`; they are looked up one by one. */
export interface ProxyAttributes {
  get(name: string): JsonValue | undefined;
}

/** What policies read of a request. */
export interface ProxiedRequest {
  readonly headers: HeaderFields;
  /** Envoy attributes by name: `source.address`, `request.protocol`, `xds.route_name`, `connection.*`. */
  readonly attributes: ProxyAttributes;
  /** Envoy's dynamic metadata by namespace. */
  readonly metadata: ObjectView;
}

/** A request as the proxy sent it. Nothing here is trusted except what the proxy itself guarantees. */
export interface IncomingRequest extends ProxiedRequest {
  /** The policy that the route named in the stream's gRPC metadata (`x-mintproc-policy`). */
  readonly routePolicy: string | undefined;
  /** Call it before the turn ends if the request is read later: its buffer may be reused after this turn. */
  keep?(): void;
}
