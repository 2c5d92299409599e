/**
 * @module
 * Converts header lists between Envoy's messages and strings.
 */
import { isUtf8 } from 'node:buffer';
import { MintError } from '../diagnostics/mint-error.ts';
import type { HeaderMutation, HeaderValue } from './messages.ts';

/**
 * Names and values in wire order, with repeated headers. Envoy sends names in lower case.
 *
 * @throws MintError when there are more than `headerCount`, or their names and values exceed `headerBytes`
 */
export function readHeaders(
  list: readonly HeaderValue[],
  limits: { readonly headerCount: number; readonly headerBytes: number },
): (readonly [name: string, value: string])[] {
  if (list.length > limits.headerCount) {
    throw new MintError('extproc.too-many-headers', `The request has more than ${limits.headerCount} headers.`);
  }
  let bytes = 0;
  for (const { key = '', value = '', raw_value } of list) {
    bytes += Buffer.byteLength(key) + (isGiven(raw_value) ? raw_value.length : Buffer.byteLength(value));
  }
  if (bytes > limits.headerBytes) {
    throw new MintError(
      'extproc.headers-too-large',
      `The headers of the request have more than ${limits.headerBytes} bytes.`,
    );
  }
  return list.map(({ key = '', value = '', raw_value }) => [key, isGiven(raw_value) ? textOf(raw_value) : value]);
}

/** Envoy sends `raw_value`; a processor's test client or an older proxy may send `value` instead. */
function isGiven(raw: Buffer | undefined): raw is Buffer {
  return raw !== undefined && raw.length > 0;
}

/**
 * Decodes a header value: as UTF-8 if the bytes are valid UTF-8, else as Latin-1, one character per byte, so that no
 * byte is lost or replaced (RFC 9110, 5.5, calls such bytes opaque).
 */
function textOf(raw: Buffer): string {
  return isUtf8(raw) ? raw.toString('utf8') : raw.toString('latin1');
}

/** Setting a header replaces all its values. A name that is both removed and set ends up set. */
export function mutationOf(
  set: readonly (readonly [name: string, value: string])[],
  remove: readonly string[] = [],
): HeaderMutation {
  return {
    set_headers: set.map(([key, value]) => ({
      header: { key, raw_value: Buffer.from(value, 'utf8') },
      append_action: 'OVERWRITE_IF_EXISTS_OR_ADD',
    })),
    remove_headers: remove,
  };
}
