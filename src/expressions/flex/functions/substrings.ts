/**
 * @module
 * The four `substring…` functions of `dw::core::Strings`. All give `null` for `null`, and `''` if the separator is not
 * found. The first two find an empty separator at the start, the two `…Last` functions at the end.
 */
import { MintError } from '../../../diagnostics/mint-error.ts';
import { requireString } from '../coercion.ts';
import type { CallContext, FunctionRow, Value } from '../values.ts';

type Cut = (text: string, separator: string, at: number) => string;

/** The row of a function that finds the separator, from the start or from the end, and cuts there. */
function substringFunction(name: string, fromEnd: boolean, summary: string, cut: Cut): FunctionRow {
  return {
    module: 'dw::core::Strings',
    name,
    signature: `${name}(text: String | Null, separator: String): String | Null`,
    summary,
    arity: { exactly: 2 },
    profiles: {
      flex: ({ budget }: CallContext, value: Value, by: Value) => {
        if (value === null) return null;
        const text = requireString(value, `The first argument of \`${name}\``);
        const separator = requireString(by, `The second argument of \`${name}\``);
        budget.chargeSearch(text, separator);
        const at = fromEnd ? text.lastIndexOf(separator) : text.indexOf(separator);
        return at === -1 ? '' : cut(text, separator, at);
      },
      dataweave: undefined,
    },
  };
}

/**
 * With an empty separator Flex Gateway drops the last byte of the string, and crashes if that is not a whole character.
 *
 * @throws MintError `dataweave.type-mismatch`
 */
function beforeLast(text: string, separator: string, at: number): string {
  if (separator !== '' || text === '') return text.slice(0, at);
  if (text.charCodeAt(text.length - 1) > 0x7f) {
    throw new MintError(
      'dataweave.type-mismatch',
      '`substringBeforeLast` with an empty separator needs a string that ends with an ASCII character.',
    );
  }
  return text.slice(0, -1);
}

export const substringFunctions: readonly FunctionRow[] = [
  substringFunction('substringBefore', false, 'The part before the first separator.', (text, _, at) =>
    text.slice(0, at),
  ),
  substringFunction('substringAfter', false, 'The part after the first separator.', (text, separator, at) =>
    text.slice(at + separator.length),
  ),
  substringFunction(
    'substringBeforeLast',
    true,
    'The part before the last separator; with an empty separator, all but the last byte.',
    beforeLast,
  ),
  substringFunction('substringAfterLast', true, 'The part after the last separator.', (text, separator, at) =>
    text.slice(at + separator.length),
  ),
];
