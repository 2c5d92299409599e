/**
 * @module
 * What usual servers take by default, to compare the size of a token with. Looked up in November 2026; a server may be
 * set otherwise. Where all headers together count, those of the client take a part of it.
 */
import type { TokenSize } from './interface.ts';

/** From the smallest up. */
const limits: readonly { readonly server: string; readonly bytes: number }[] = [
  // https://httpd.apache.org/docs/2.4/mod/core.html#limitrequestfieldsize
  { server: 'Apache httpd, one header (LimitRequestFieldSize)', bytes: 8_190 },
  // https://nginx.org/en/docs/http/ngx_http_core_module.html#large_client_header_buffers: a header is in one buffer.
  { server: 'nginx, one header (large_client_header_buffers)', bytes: 8_192 },
  // https://tomcat.apache.org/tomcat-11.0-doc/config/http.html
  { server: 'Tomcat, all headers (maxHttpHeaderSize)', bytes: 8_192 },
  // https://jetty.org/docs/jetty/12.1/programming-guide/server/http.html: HttpConfiguration
  { server: 'Jetty, all headers (requestHeaderSize)', bytes: 8_192 },
  // https://nodejs.org/api/cli.html#--max-http-header-sizesize
  { server: 'Node.js, all headers (--max-http-header-size)', bytes: 16_384 },
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
  { server: 'AWS Application Load Balancer, one header', bytes: 16_384 },
  // https://learn.microsoft.com/dotnet/api/microsoft.aspnetcore.server.kestrel.core.kestrelserverlimits
  { server: 'Kestrel, all headers (MaxRequestHeadersTotalSize)', bytes: 32_768 },
  // https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/network/http_connection_manager/v3
  { server: 'Envoy, all headers (max_request_headers_kb)', bytes: 61_440 },
];

export function tokenSize(
  token: string,
  { header, prefix }: { readonly header: string; readonly prefix: string },
): TokenSize {
  const tokenBytes = Buffer.byteLength(token);
  const headerBytes = Buffer.byteLength(`${header}: ${prefix}`) + tokenBytes;
  return {
    tokenBytes,
    headerBytes,
    limits: limits.map(({ server, bytes }) => ({ server, bytes, isExceeded: headerBytes > bytes })),
  };
}
