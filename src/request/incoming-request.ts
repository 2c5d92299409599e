/**
 * @module
 * A request as the proxy sends it.
 */
import type { JsonValue } from '../diagnostics/json.ts';
import type { HeaderFields } from './header-fields.ts';
import type { ObjectView } from './object-view.ts';

/** The proxy's attributes by name, such as `source.address`. Each is looked up when it is read. */
export interface ProxyAttributes {
  get(name: string): JsonValue | undefined;
}

/** The parts of a request that policies read. */
export interface ProxiedRequest {
  readonly headers: HeaderFields;
  /** Envoy attributes by name: `source.address`, `request.protocol`, `xds.route_name`, `connection.*`. */
  readonly attributes: ProxyAttributes;
  /** Envoy's dynamic metadata by namespace. */
  readonly metadata: ObjectView;
}

/** A request from the proxy. Nothing in it is trusted except what the proxy itself guarantees. */
export interface IncomingRequest extends ProxiedRequest {
  /** The policy that the route named in the stream's gRPC metadata (`x-mintproc-policy`). */
  readonly routePolicy: string | undefined;
  /** Must be called in this event-loop turn if the request is read later: its buffer may be reused after the turn. */
  keep?(): void;
}
