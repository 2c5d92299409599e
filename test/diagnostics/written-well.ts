/**
 * @module
 * What every problem has, whatever it says: sentences, and a place.
 */
import assert from 'node:assert/strict';
import type { Problem } from '../../src/diagnostics/problem.ts';
import type { Place } from '../../src/diagnostics/source-text.ts';

/** One or several sentences; a list or a command may end a suggestion. */
const sentences = /^[^\s.,;:].*[^\s,;:]$/s;
/** What remains of a text with an empty or absent part. */
const remains = / {2}|``| \.(?: |$)|undefined|\[object/;

type Said = Pick<Problem, 'code' | 'message'> & { readonly suggestion?: string | undefined; readonly place?: Place };

/** Fails if one of the problems says nothing, or says it in less than a sentence. */
export function writtenWell(problems: readonly Said[]): void {
  for (const { code, message, suggestion = 'none', place } of problems) {
    assert.match(message, /[.?]\)?$/, `the message of ${code}`);
    for (const text of [message, suggestion].map(withoutQuoted)) {
      assert.match(text, sentences, `a text of ${code}`);
      assert.doesNotMatch(text, remains, `a text of ${code}`);
      assert.equal(text.split('`').length % 2, 1, `a back quote of ${code} is alone: ${text}`);
    }
    if (place !== undefined) assert.ok(place.line > 0 && place.column > 0 && place.file !== '', `the place of ${code}`);
  }
}

/** What the file has may be anything, even a back quote. */
function withoutQuoted(text: string): string {
  return text.replace('```', '`x`').replace(/`[^`]+`/g, '`x`');
}
