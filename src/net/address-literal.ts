/**
 * @module
 * IP addresses instead of a host name have many spellings: `127.1`, `0x7f.0.0.1` and `2130706433` are `127.0.0.1`,
 * `[::0001]` is `[::1]`. Routes compare the canonical spelling of the WHATWG URL standard.
 */
import { isIPv6 } from 'node:net';

/** Whether a host, in lower case, is or may be parsed as an address: it has brackets, or its last label is a number. */
export function looksLikeAddress(host: string): boolean {
  if (host.startsWith('[')) return true;
  const first = host.charCodeAt(host.lastIndexOf('.') + 1);
  return first >= 0x30 && first <= 0x39 && endsInNumber.test(host);
}

/** https://url.spec.whatwg.org/#ends-in-a-number-checker */
const endsInNumber = /(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)$/;

/**
 * The address in its canonical spelling. An IPv4-mapped IPv6 address becomes the IPv4 address. Undefined if it is not
 * an address, or if parsers disagree on it: `010.0.0.1` is octal in C and in browsers, and decimal elsewhere.
 */
export function canonicalAddress(host: string): string | undefined {
  return host.startsWith('[') ? canonicalIPv6(host) : canonicalIPv4(host);
}

/** Who reaches a server at a host: this machine alone, those who reach one address of it, or any of its addresses. */
export function audienceOf(host: string): 'machine' | 'address' | 'every address' {
  const address = canonicalAddress(host.includes(':') ? `[${host}]` : host.toLowerCase());
  if (address === '0.0.0.0' || address === '[::]') return 'every address';
  const isLoopback = address?.startsWith('127.') || address === '[::1]' || /^localhost\.?$/i.test(host);
  return isLoopback ? 'machine' : 'address';
}

function canonicalIPv6(host: string): string | undefined {
  if (!host.endsWith(']') || host.includes('%') || !isIPv6(host.slice(1, -1))) return undefined;
  const { hostname } = new URL(`http://${host}`);
  const mapped = /^\[::ffff:([0-9a-f]+):([0-9a-f]+)\]$/.exec(hostname);
  if (mapped === null) return hostname;
  const [high = 0, low = 0] = mapped.slice(1).map((group) => Number.parseInt(group, 16));
  return dotted(high * 0x10000 + low);
}

/**
 * https://url.spec.whatwg.org/#concept-ipv4-parser. With fewer than four parts, the last one fills the remaining bytes.
 */
function canonicalIPv4(host: string): string | undefined {
  const parts = host.split('.');
  const last = parts.pop();
  if (last === undefined || parts.length > 3) return undefined;
  let address = numberOf(last);
  if (address === undefined || address >= 256 ** (4 - parts.length)) return undefined;
  for (const [index, part] of parts.entries()) {
    const number = numberOf(part);
    if (number === undefined || number > 255) return undefined;
    address += number * 256 ** (3 - index);
  }
  return dotted(address);
}

function numberOf(part: string): number | undefined {
  if (/^0x[0-9a-f]*$/.test(part)) return part === '0x' ? 0 : Number(part);
  if (!/^[0-9]+$/.test(part)) return undefined;
  const number = Number(part);
  // With a leading zero, numbers up to 7 are the same in octal and in decimal.
  return part.length > 1 && part.startsWith('0') && number > 7 ? undefined : number;
}

function dotted(address: number): string {
  return [24, 16, 8, 0].map((bits) => Math.floor(address / 2 ** bits) % 256).join('.');
}
