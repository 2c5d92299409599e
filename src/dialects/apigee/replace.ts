/**
 * @module
 * `replaceAll` and `replaceFirst`: a regular expression over a text that a client may have sent.
 *
 * JavaScript's regular expressions cannot be stopped once they run, so only such run that cannot take long: without
 * groups, back references and look-arounds, with at most one repetition and one optional part, or four optional parts, over
 * a text of bounded length. What comes out is bounded as well: the replacement may be a header, once for each character.
 */

type Evaluate = (args: readonly (string | undefined)[]) => string | undefined;

/** With one unbounded repetition, the time grows with the square of this. */
export const longestSubject = 4096;
const longestExpression = 256;
/** UTF-16 units that replacements may add. Envoy's default limit for all request headers is 60 KiB. */
export const mostInserted = 65_536;

export function makeReplace(
  literals: readonly (string | undefined)[],
  flags: '' | 'g',
  Mistake: new (message: string) => Error,
): Evaluate {
  const [, literal] = literals;
  const fixed = literal === undefined ? undefined : quickExpression(literal, flags);
  if (literal !== undefined && fixed === undefined) {
    throw new Mistake('This regular expression is malformed, or uses groups, look-arounds or several `*` and `+`');
  }
  return ([text, expression, replacement]) => {
    const regex = fixed ?? (expression === undefined ? undefined : quickExpression(expression, flags));
    if (text === undefined || replacement === undefined || regex === undefined) return undefined;
    if (text.length > longestSubject) return undefined;
    let left = mostInserted;
    const replaced = text.replace(regex, () => {
      left -= replacement.length;
      return left < 0 ? '' : replacement;
    });
    return left < 0 ? undefined : replaced;
  };
}

function quickExpression(text: string, flags: string): RegExp | undefined {
  const outsideClasses = text.replace(/\\./g, 'x').replace(/\[[^\]]*\]/g, 'x');
  const repetitions = outsideClasses.match(/[*+]|\{\d+,\d*\}/g) ?? [];
  const optional = outsideClasses.match(/\?/g) ?? [];
  // Each optional part doubles the ways to begin a repetition.
  const mostOptional = [4, 1][repetitions.length] ?? -1;
  const isQuick = optional.length <= mostOptional && !/[()]/.test(outsideClasses);
  if (!isQuick || text.length > longestExpression || /\\[1-9k]/.test(text)) return undefined;
  try {
    return new RegExp(text, `${flags}u`);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
