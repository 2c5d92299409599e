/**
 * @module
 * Which texts are URIs, as far as their characters go, as Java reads them.
 */
import { UriValue } from './values.ts';

const scheme = /^[A-Za-z][\w+.-]*:/;

/** Undefined for a text that is none. */
export function uriOf(text: string): UriValue | undefined {
  if (/[\s"<>\\^`{|}]/.test(text)) return undefined;
  const named = scheme.exec(text)?.[0];
  if (named === undefined && /^[^/?#]*:/.test(text)) return undefined;
  return hasAddress(text.slice(named?.length ?? 0)) ? new UriValue(text) : undefined;
}

/** Brackets stand only in what follows `//`, around an address of IPv6. */
function hasAddress(text: string): boolean {
  if (!/[[\]]/.test(text)) return true;
  if (!text.startsWith('//')) return false;
  const path = text.slice(2).search(/[/?#]/);
  const end = path === -1 ? text.length : path + 2;
  return /^(?:[^[\]]|\[[\da-fA-F:.]+\])*$/.test(text.slice(2, end)) && !/[[\]]/.test(text.slice(end));
}
