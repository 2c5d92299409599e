/**
 * @module
 * Secrets that are written in something other than UTF-8. Node's own decoders skip what they do not know and would make
 * another secret of a mistyped one, so the text is checked first.
 */

export type SecretEncoding = 'utf8' | 'hex' | 'base64' | 'base64url';

const forms: Readonly<Record<Exclude<SecretEncoding, 'utf8'>, RegExp>> = {
  hex: /^(?:[0-9a-f]{2})*$/i,
  base64: /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/,
  base64url: /^(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-]{2}(?:==)?|[A-Za-z0-9_-]{3}=?)?$/,
};

/** The bytes; undefined where the text is not of the encoding. White space between hex digits is no part of them. */
export function decodeSecret(text: string, encoding: SecretEncoding): Buffer | undefined {
  if (encoding === 'utf8') return Buffer.from(text, 'utf8');
  const digits = encoding === 'hex' ? text.replace(/\s/g, '') : text.trim();
  return forms[encoding].test(digits) ? Buffer.from(digits, encoding) : undefined;
}
