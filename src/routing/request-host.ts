/**
 * @module
 * The host of a request, and the pattern of a route that it is compared with.
 */
import { canonicalAddress, looksLikeAddress } from '../net/address-literal.ts';

/**
 * One host (`exact`), or all hosts below a domain (`below`). `text` is in lower case; for `below` it begins with a dot.
 */
export type HostPattern = { readonly kind: 'exact' | 'below'; readonly text: string };

const label = '[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?';
const pattern = new RegExp(`^(\\*\\.)?(${label}(?:\\.${label})*)$|^\\[[0-9a-f:.]+\\]$`);

/**
 * Reads a route's `host`. Undefined if it is not a host (it has a port, a scheme, another `*`, or letters other than
 * ASCII), or if it is an address that servers interpret differently.
 */
export function readHostPattern(text: string): HostPattern | undefined {
  const lower = text.toLowerCase();
  const found = pattern.exec(lower);
  if (found === null) return undefined;
  if (looksLikeAddress(lower)) {
    const address = canonicalAddress(lower);
    return address === undefined ? undefined : { kind: 'exact', text: address };
  }
  return found[1] === undefined ? { kind: 'exact', text: lower } : { kind: 'below', text: lower.slice(1) };
}

export function hostMatches(wanted: HostPattern, host: string): boolean {
  if (wanted.kind === 'exact') return host === wanted.text;
  return host.length > wanted.text.length && host.endsWith(wanted.text);
}

/** Whether every host that `b` matches is matched by `a` too. */
export function hostCovers(a: HostPattern, b: HostPattern): boolean {
  if (a.kind === 'exact') return b.kind === 'exact' && a.text === b.text;
  return b.kind === 'below' ? b.text.endsWith(a.text) : hostMatches(a, b.text);
}

/**
 * The host in `:authority`: in lower case, without port and without the final dot of a name; an address in its
 * canonical form. User information, which RFC 9113 section 8.3.1 forbids there, is removed too, since a backend may
 * ignore it.
 *
 * Undefined if it is empty, or not a host name or address: Envoy joins two Host headers with a comma, and accepts
 * `a.com..` and `a%2ecom`. A backend that treats such a value as a host with a route would get a request without its
 * token.
 */
export function hostOf(authority: string): string | undefined {
  const host = authority.slice(authority.lastIndexOf('@') + 1).toLowerCase();
  const end = endOfHost(host);
  if (end < host.length && !isPort.test(host.slice(end))) return undefined;
  const name = host.slice(0, host.charCodeAt(end - 1) === dot ? end - 1 : end);
  if (!isHost.test(name)) return undefined;
  return looksLikeAddress(name) ? canonicalAddress(name) : name;
}

const isHost = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$|^\[[0-9a-f:.]+\]$/;
const isPort = /^:[0-9]*$/;
const dot = 0x2e;

/** The index after the host, where a port may begin. */
function endOfHost(host: string): number {
  if (host.startsWith('[')) return host.indexOf(']') + 1;
  const colon = host.indexOf(':');
  return colon === -1 ? host.length : colon;
}
