/**
 * @module
 * Addresses to listen at, as the configuration writes them.
 */

export type Address =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

/** The operating system's limit on a socket's path (`sun_path` of unix(7)), its closing zero byte left out. */
const longestSocketPath = 107;

/** `host:port`, `[address]:port`, `unix:/path` or `unix:///path`; undefined where `text` is none of them. */
export function parseAddress(text: string): Address | undefined {
  const path = /^unix:(?:\/\/)?(\/[^\0]+)$/.exec(text)?.[1];
  if (path !== undefined) return Buffer.byteLength(path) > longestSocketPath ? undefined : { kind: 'unix', path };
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([\w.-]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  return host === undefined || port > 65_535 ? undefined : { kind: 'tcp', host, port };
}
