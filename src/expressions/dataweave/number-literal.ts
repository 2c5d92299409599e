/**
 * @module
 * A number that stands in an expression, with its place where it is too long to be one.
 */
import { MintError } from '../../diagnostics/mint-error.ts';
import { type Num, parseNumber } from './numbers.ts';
import type { Reader } from './reader.ts';

/** Number :: `-`? digits ( `.` digits )? ( `e` digits )? */
export function readNumber({ reader }: { readonly reader: Reader }, pattern: RegExp): Num | undefined {
  const start = reader.at;
  const text = reader.take(pattern);
  if (text === undefined) return undefined;
  try {
    const found = parseNumber(text);
    if (found !== undefined) return found;
  } catch (error) {
    if (!(error instanceof MintError)) throw error;
  }
  throw reader.fail('dataweave.number-too-long', 'The number has too many digits.', undefined, start);
}
