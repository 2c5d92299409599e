/**
 * @module
 * Functions on bytes, of `dw::core::Binaries` and `dw::util::Coercions`. Bytes must be converted to a string (every
 * String parameter does) before they can be the value of a claim.
 */
import { MintError } from '../../../diagnostics/mint-error.ts';
import { boundedString } from '../../limits.ts';
import { asBytes, requireString, typeMismatch } from '../coercion.ts';
import type { CallContext, FunctionRow, Value } from '../values.ts';

function toBase64(_: CallContext, value: Value): string {
  const bytes = asBytes(value);
  if (bytes === undefined) throw typeMismatch('`toBase64`', 'a String or Binary', value);
  return boundedString(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'));
}

const base64Alphabet = /^[A-Za-z0-9+/]*$/;

/** Standard alphabet, padding optional; unused trailing bits must be zero (RFC 4648 section 3.5). */
function fromBase64(_: CallContext, value: Value): Uint8Array {
  const padded = requireString(value, '`fromBase64`');
  let end = padded.length;
  while (end > 0 && padded.charAt(end - 1) === '=') end -= 1;
  const text = padded.slice(0, end);
  const bytes = Buffer.from(text, 'base64');
  const leftover = text.length % 4;
  const exact = leftover === 0 || bytes.toString('base64').startsWith(text);
  if (!base64Alphabet.test(text) || leftover === 1 || !exact) {
    throw new MintError('dataweave.type-mismatch', '`fromBase64` needs a String that is valid base64.');
  }
  return bytes;
}

function requireUtf8(encoding: Value, name: string): void {
  if (requireString(encoding, `The second argument of \`${name}\``).toLowerCase() === 'utf-8') return;
  throw new MintError('dataweave.type-mismatch', `\`${name}\` supports only the encoding UTF-8.`);
}

function fromUtf8(_: CallContext, value: Value, encoding: Value): string {
  requireUtf8(encoding, 'toString');
  return boundedString(requireString(value, 'The first argument of `toString`'));
}

function toUtf8(_: CallContext, value: Value, encoding: Value): Uint8Array {
  const text = requireString(value, 'The first argument of `toBinary`');
  requireUtf8(encoding, 'toBinary');
  return Buffer.from(text, 'utf8');
}

export const byteFunctions: readonly FunctionRow[] = [
  {
    module: 'dw::core::Binaries',
    name: 'toBase64',
    signature: 'toBase64(content: Binary | String): String',
    summary: 'The bytes, or the UTF-8 bytes of a string, in base64 with padding.',
    arity: { exactly: 1 },
    profiles: { flex: toBase64, dataweave: undefined },
  },
  {
    module: 'dw::core::Binaries',
    name: 'fromBase64',
    signature: 'fromBase64(text: String): Binary',
    summary: 'The bytes of a base64 string. Padding is optional.',
    arity: { exactly: 1 },
    profiles: { flex: fromBase64, dataweave: 'requires the padding' },
  },
  {
    module: 'dw::util::Coercions',
    name: 'toString',
    signature: "toString(content: Binary, encoding: 'UTF-8'): String",
    summary: 'The bytes decoded as UTF-8. Invalid sequences become U+FFFD.',
    arity: { exactly: 2 },
    profiles: { flex: fromUtf8, dataweave: 'supports other encodings, and formats numbers and dates' },
  },
  {
    module: 'dw::util::Coercions',
    name: 'toBinary',
    signature: "toBinary(text: String, encoding: 'UTF-8'): Binary",
    summary: 'The bytes of the string in UTF-8.',
    arity: { exactly: 2 },
    profiles: { flex: toUtf8, dataweave: 'supports other encodings' },
  },
];
