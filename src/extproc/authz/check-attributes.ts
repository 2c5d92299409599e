/**
 * @module
 * What an ext_authz check says of the connection, under the names of Envoy's attributes, so that routes, policies and
 * sources of the caller read both protocols alike. All other attributes are absent.
 */
import { connectionAttributes, principalAttribute } from '../../request/request-view.ts';

export const connectionNames = {
  source: connectionAttributes.remoteAddress,
  destination: connectionAttributes.localAddress,
  protocol: connectionAttributes.version,
  scheme: connectionAttributes.scheme,
  principal: principalAttribute,
  /** With `include_tls_session`. */
  serverName: 'connection.requested_server_name',
} as const;

/** A host and a port as the attributes `source.address` and `destination.address` write them. */
export function socketText(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
