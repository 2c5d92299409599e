/**
 * @module
 * The template functions that hash, encode and escape text.
 */
import { createHash } from 'node:crypto';

export function digest(hash: string, text: string, encoding: 'hex' | 'base64'): string {
  return createHash(hash).update(text, 'utf8').digest(encoding);
}

export function base64Of(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

/** Text that is not Base64 gives an empty string, as the vendor's page says. The URL-safe alphabet is not accepted. */
export function fromBase64(text: string): string {
  return /^[A-Za-z0-9+/]*={0,2}$/.test(text) ? Buffer.from(text, 'base64').toString('utf8') : '';
}

/** The inside of a JSON string. */
export function escapeJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

const entities: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '"': '&quot;',
  "'": '&apos;',
};

/** For XML 1.0, which cannot represent most control characters: they are left out. */
export function escapeXml(text: string): string {
  return mapCharacters(text, (character, code) => {
    const allowed = code >= 0x20 || code === 0x9 || code === 0xa || code === 0xd;
    return allowed ? (entities[character] ?? character) : '';
  });
}

/** XML 1.1 can represent every control character except the null byte, as a reference. */
export function escapeXml11(text: string): string {
  return mapCharacters(text, (character, code) => {
    if (code === 0) return '';
    const control = (code < 0x20 && !'\t\n\r'.includes(character)) || (code >= 0x7f && code <= 0x9f && code !== 0x85);
    return control ? `&#${code};` : (entities[character] ?? character);
  });
}

/** The page lists apostrophe, angle brackets and ampersand, and its example also escapes double quotes. */
export function escapeHtml(text: string): string {
  return text.replace(/[<>&"']/g, (character) => (character === "'" ? '&#39;' : (entities[character] ?? '')));
}

/** Leaves out lone surrogates, U+FFFE and U+FFFF, which no version of XML allows. */
function mapCharacters(text: string, write: (character: string, code: number) => string): string {
  let result = '';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const isForbidden = (code >= 0xd800 && code <= 0xdfff) || code === 0xfffe || code === 0xffff;
    if (!isForbidden) result += write(character, code);
  }
  return result;
}
