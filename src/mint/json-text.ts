/**
 * @module
 * Values as JSON, as JSON.stringify writes them. Most claims are short texts without anything to escape, for which asking native code costs
 * several times as much as looking at each character.
 */
import type { JsonValue } from '../diagnostics/json.ts';

/** Above this length native code is faster. */
const longestLoop = 64;

const [space, quote, backslash, firstSurrogate] = [0x20, 0x22, 0x5c, 0xd800];

export function jsonText(value: JsonValue): string {
  return typeof value === 'string' && isPlain(value) ? `"${value}"` : JSON.stringify(value);
}

function isPlain(text: string): boolean {
  if (text.length > longestLoop) return false;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < space || unit === quote || unit === backslash || unit >= firstSurrogate) return false;
  }
  return true;
}
