/**
 * @module
 * Which headers and prefixes a token can be written to.
 */

/** RFC 9110 section 5.6.2: a field name is a token. Envoy requires lower case. */
const fieldName = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;

/**
 * Headers that describe the connection or frame the message (RFC 9110 sections 7.6.1 and 8.6): a proxy drops or
 * rewrites them, so a token there would be lost or would break the request.
 */
const connectionHeaders = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const longestName = 128;

/** Why a token cannot be written to this header (lower case), as the end of a sentence; undefined if it can. */
export function headerObjection(name: string): string | undefined {
  if (name.startsWith(':')) return 'is a pseudo-header, which Envoy does not let processors set';
  if (name.length > longestName) return `is longer than ${longestName} characters`;
  if (!fieldName.test(name)) return 'is not a valid header name';
  if (name === 'host') return 'determines where the request is sent, so Envoy ignores or refuses the change';
  if (name.startsWith('x-envoy-')) return "is one of Envoy's own headers, so Envoy ignores or refuses the change";
  if (connectionHeaders.has(name)) return 'belongs to the connection and does not reach the backend';
  return undefined;
}

const longestPrefix = 256;

/** Visible ASCII and spaces: a line break would start another header, and servers disagree on other bytes. */
const printable = /^[ -~]*$/;

/** Why a prefix cannot precede a token, as the end of a sentence; undefined if it can. */
export function prefixObjection(prefix: string): string | undefined {
  if (prefix.length > longestPrefix) return `is longer than ${longestPrefix} characters`;
  return printable.test(prefix) ? undefined : 'contains characters other than printable ASCII';
}

/** Whether nothing separates the prefix from the token, which is hardly meant. */
export function joinsToken(prefix: string): boolean {
  return /[A-Za-z0-9]$/.test(prefix);
}
