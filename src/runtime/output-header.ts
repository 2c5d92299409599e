/**
 * @module
 * Which headers may carry a token, and what may stand before it.
 */

/** RFC 9110 section 5.6.2: a field name is a token; Envoy wants it in lower case. */
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

/** Why a token cannot be written to this header (lower case), as the end of a sentence; undefined where it can. */
export function headerObjection(name: string): string | undefined {
  if (name.startsWith(':')) return 'is a pseudo-header, which Envoy keeps to itself';
  if (name.length > longestName) return `is longer than ${longestName} characters`;
  if (!fieldName.test(name)) return 'is not the name of a header';
  if (name === 'host') return 'decides where the request goes, so Envoy ignores or refuses the change';
  if (name.startsWith('x-envoy-')) return "is one of Envoy's own headers, so Envoy ignores or refuses the change";
  if (connectionHeaders.has(name)) return 'belongs to the connection and does not reach the backend';
  return undefined;
}

const longestPrefix = 256;

/** Visible ASCII and spaces: a line break would start a header of its own, other bytes are read differently everywhere. */
const printable = /^[ -~]*$/;

/** Why a prefix cannot stand before a token, as the end of a sentence; undefined where it can. */
export function prefixObjection(prefix: string): string | undefined {
  if (prefix.length > longestPrefix) return `is longer than ${longestPrefix} characters`;
  return printable.test(prefix) ? undefined : 'holds characters other than printable ASCII';
}
