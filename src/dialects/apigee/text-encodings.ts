/**
 * @module
 * Template functions that hash, encode and escape text.
 */
import { createHash } from 'node:crypto';

export function digest(hash: string, text: string, encoding: 'hex' | 'base64'): string {
  return createHash(hash).update(text, 'utf8').digest(encoding);
}

export function base64Of(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

/** What is not Base64, the URL-safe alphabet included, gives an empty text, as the vendor's page says. */
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

/** For XML 1.0, which has no way to write most control characters: they are left out. */
export function escapeXml(text: string): string {
  return mapCharacters(text, (character, code) => {
    const allowed = code >= 0x20 || code === 0x9 || code === 0xa || code === 0xd;
    return allowed ? (entities[character] ?? character) : '';
  });
}

/** XML 1.1 can write every control character but the null byte, as a reference. */
export function escapeXml11(text: string): string {
  return mapCharacters(text, (character, code) => {
    if (code === 0) return '';
    const control = (code < 0x20 && !'\t\n\r'.includes(character)) || (code >= 0x7f && code <= 0x9f && code !== 0x85);
    return control ? `&#${code};` : (entities[character] ?? character);
  });
}

/** The page names apostrophe, angle brackets and ampersand, and its example escapes double quotes too. */
export function escapeHtml(text: string): string {
  return text.replace(/[<>&"']/g, (character) => (character === "'" ? '&#39;' : (entities[character] ?? '')));
}

/** Halves of characters outside the basic plane, and the two code points that are none, cannot be written in any XML. */
function mapCharacters(text: string, write: (character: string, code: number) => string): string {
  let result = '';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const none = (code >= 0xd800 && code <= 0xdfff) || code === 0xfffe || code === 0xffff;
    if (!none) result += write(character, code);
  }
  return result;
}
