/**
 * @module
 * How many states a regular expression will have, from its text alone: a pattern may come from a request, and compiling
 * `(?:[a-z]{100}){10}` takes as long as its thousand states.
 */

/** At least as many states as the engine makes of it, but for classes of characters, which it may split. */
export function patternSize(source: string): number {
  const open: number[] = [];
  let [total, last] = [0, 0];
  for (const [piece, most, least] of source.matchAll(pieces)) {
    if (piece === '(') {
      open.push(total);
      total = 0;
    } else if (piece === ')') {
      last = total + 2;
      total = (open.pop() ?? 0) + last;
    } else if (most !== undefined || least !== undefined) {
      const more = last * (Math.max(Number(most ?? 0), Number(least ?? 0)) - 1);
      total += more;
      last += more;
    } else {
      last = 1;
      total += 1;
    }
    if (total > 1e9) return total;
  }
  return open.reduce((sum, one) => sum + one, total);
}

/** A class, an escaped character, a repetition `{n,m}`, or one character. */
const pieces = /\[\^?\]?(?:[^\]\\]|\\.)*\]|\\[pPx]\{[^}]*\}|\\.|\{(\d+)(?:,(\d*))?\}|./gs;
