/**
 * @module
 * Whether mintproc can write a token as a proxy did.
 */
import type { HeaderDestination } from './destination.ts';

const reserved =
  /^(?:host|connection|content-length|keep-alive|proxy-connection|te|trailer|transfer-encoding|upgrade)$|^x-envoy-/;

/** Headers that mintproc does not write, and prefixes that no header can have, are left to the author. */
export function isWritable({ header, prefix }: HeaderDestination): boolean {
  return (
    /^[!#$%&'*+.^_`|~0-9a-z-]{1,128}$/.test(header) && !reserved.test(header) && /^[\x20-\x7e]{0,256}$/.test(prefix)
  );
}
