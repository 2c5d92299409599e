/**
 * @module
 * What usual servers take as one header of a request, to compare the size of a token with. Documented defaults, looked
 * up in November 2026; a server may be set otherwise.
 */
import type { TokenSize } from './interface.ts';

interface HeaderLimit {
  readonly server: string;
  readonly bytes: number;
}

/** From the smallest up. */
const limits: readonly HeaderLimit[] = [
  // https://tomcat.apache.org/tomcat-11.0-doc/config/http.html maxHttpHeaderSize: request line and all headers.
  { server: 'Tomcat, all headers together (maxHttpHeaderSize)', bytes: 8_192 },
  // https://httpd.apache.org/docs/2.4/mod/core.html#limitrequestfieldsize
  { server: 'Apache httpd (LimitRequestFieldSize)', bytes: 8_190 },
  // https://nginx.org/en/docs/http/ngx_http_core_module.html#large_client_header_buffers: a header fits into one.
  { server: 'nginx (large_client_header_buffers)', bytes: 8_192 },
].toSorted((one, other) => one.bytes - other.bytes);

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
