/**
 * @module
 * How an evaluation fails. Messages name types and functions, never a value: values come from requests.
 */
import { MintError } from '../../diagnostics/mint-error.ts';
import { typeName } from './type-names.ts';
import type { Value } from './values.ts';

/**
 * A failure that `default` answers for, as it does for null: a null where none is taken, a conversion that is not
 * possible. Every other failure goes through, that of `!` among them.
 */
export class Absence extends MintError {}

/** A call with too few or too many arguments. */
export function wrongCount(name: string | undefined, least: number, most: number, count: number): MintError {
  const wanted = least === most ? String(least) : `${least} to ${most}`;
  const what = name === undefined ? 'A function without a name' : `The function \`${name}\``;
  const message = `${what} takes ${wanted} ${wanted === '1' ? 'argument' : 'arguments'}, not ${count}.`;
  return new MintError('dataweave.argument-count', message);
}

/** An argument or operand of a type that is not taken. */
export function mismatch(what: string, wanted: string, value: Value): MintError {
  const message = `${what.charAt(0).toUpperCase()}${what.slice(1)} needs ${wanted}, not ${typeName(value)}.`;
  if (value === null) return new Absence('dataweave.type-mismatch', message);
  return new MintError('dataweave.type-mismatch', message);
}

/** A conversion, written with `as` or implied, that cannot be made. */
export function notConvertible(value: Value, wanted: string): MintError {
  return new Absence('dataweave.conversion', `This ${typeName(value)} cannot be converted to ${wanted}.`);
}
