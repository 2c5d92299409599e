/**
 * @module
 * The errors of an evaluation. Messages contain types and names of functions, but never a value, because values come
 * from requests.
 */
import type { Code } from '../../diagnostics/codes.ts';
import { MintError } from '../../diagnostics/mint-error.ts';
import { thrownAs } from './thrown.ts';
import { typeName } from './type-names.ts';
import type { Value } from './values.ts';

/**
 * An error that `default` handles as it handles null: an argument is null but must not be, or a conversion is not
 * possible. `default` does not handle other errors, such as that of `!`.
 */
export class Absence extends MintError {}

/**
 * An error where DataWeave has a value and mintproc has none, such as a year beyond the calendar. Neither `default` nor
 * `try` handles it: their other value would be another token than Mule's.
 */
export class Unavailable extends MintError {}

/** The errors that DataWeave has too. All others are limits, and what is not supported here. */
const ofTheLanguage: ReadonlySet<Code> = new Set([
  'dataweave.argument-count',
  'dataweave.arithmetic',
  'dataweave.conversion',
  'dataweave.failed',
  'dataweave.format',
  'dataweave.invalid-json',
  'dataweave.missing-member',
  'dataweave.no-match',
  'dataweave.not-comparable',
  'dataweave.type-mismatch',
  'dataweave.unsupported-selector',
] satisfies Code[]);

/** Whether `try` handles an error. */
export function isCatchable(error: unknown): error is MintError {
  return error instanceof MintError && !(error instanceof Unavailable) && ofTheLanguage.has(error.code);
}

/** A call with too few or too many arguments. */
export function wrongCount(
  name: string | undefined,
  minArguments: number,
  maxArguments: number,
  count: number,
): MintError {
  const wanted = minArguments === maxArguments ? String(minArguments) : `${minArguments} to ${maxArguments}`;
  const what = name === undefined ? 'The lambda' : `The function \`${name}\``;
  const message = `${what} takes ${wanted} ${wanted === '1' ? 'argument' : 'arguments'}, not ${count}.`;
  return new MintError('dataweave.argument-count', message);
}

/** An operator or function that got a value of the wrong type. */
export function mismatch(what: string, wanted: string, value: Value): MintError {
  return typeMismatch(`${what} needs ${wanted}`, value);
}

/** A value of the wrong type, such as an item of an array or the result of a function. */
export function wrongType(what: string, wanted: string, value: Value): MintError {
  return typeMismatch(`${what} must be ${wanted}`, value);
}

function typeMismatch(text: string, value: Value): MintError {
  const message = `${text.charAt(0).toUpperCase()}${text.slice(1)}, not ${typeName(value)}.`;
  if (value === null) return new Absence('dataweave.type-mismatch', message);
  return new MintError('dataweave.type-mismatch', message);
}

const conversionErrors: ReadonlyMap<string, string> = new Map([
  ['Number', 'InvalidNumberException'],
  ['Boolean', 'InvalidBooleanException'],
]);

/** A conversion by `as`, or an implied one, that is not possible. */
export function notConvertible(value: Value, wanted: string): MintError {
  const error = new Absence('dataweave.conversion', `This ${typeName(value)} cannot be converted to ${wanted}.`);
  if (typeof value !== 'string') return error;
  return thrownAs(error, () => ({
    kind: conversionErrors.get(wanted) ?? 'UnsupportedTypeCoercionException',
    message: `Cannot coerce String (${value}) to ${wanted}`,
  }));
}
