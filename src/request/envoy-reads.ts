/**
 * @module
 * What a configuration reads of what Envoy sends only if its filter says so: attributes, and namespaces of dynamic
 * metadata. Envoy always sends the headers of the request.
 */

export interface EnvoyReads {
  /** Envoy attributes by name, such as `source.address`, with what reads each. */
  readonly attributes: ReadonlyMap<string, readonly string[]>;
  /** Namespaces of metadata, such as `envoy.filters.http.jwt_authn`, with what reads each. */
  readonly namespaces: ReadonlyMap<string, readonly string[]>;
}
