/**
 * @module
 * Which addresses of another service may be called without asking: nobody on the way can read or exchange what is sent.
 */
import { audienceOf } from './address-literal.ts';

/** Whether calls to the address are encrypted, or stay within this machine. */
export function isSafeAddress(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && audienceOf(hostOf(url)) === 'machine');
}

/** Without the brackets of an IPv6 address. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}
