/**
 * @module
 * The constructs of DataWeave that Flex Gateway does not support, and what to write instead. One row each.
 */
import type { Code } from '../../diagnostics/codes.ts';

export interface Construct {
  /** Completes the sentence "Flex Gateway does not support …". */
  readonly name: string;
  readonly suggestion?: string | undefined;
}

export const constructs = {
  arithmetic: { name: 'arithmetic', suggestion: 'To join two strings, write `++`.' },
  annotate: { name: 'metadata assignment, `<~`' },
  append: { name: 'the operators `<<` and `>>`' },
  as: { name: 'type coercion with `as`', suggestion: "`x ++ ''` converts a number or boolean to a string." },
  backtick: { name: 'strings in backticks', suggestion: 'Write the string in `\'` or `"`.' },
  condition: { name: 'conditional array items, `(x) if (…)`', suggestion: 'Write `if (…) [x] else []`.' },
  date: { name: 'dates and times' },
  descendants: { name: 'the descendants selector `..`', suggestion: 'Write the full path, such as `a.b.c`.' },
  do: { name: '`do`' },
  equals: { name: '`=`', suggestion: 'Write `==`; both sides must have the same type.' },
  exists: { name: 'the key-present selector `?`', suggestion: 'Write `x != null`.' },
  exponent: { name: 'numbers with an exponent', suggestion: 'Write the number without an exponent.' },
  filter: { name: 'the filter selector, `[?( … )]`' },
  fun: { name: 'function declarations' },
  interpolation: {
    name: 'interpolation inside a longer string',
    suggestion: "Join the parts with `++`, as in `'id-' ++ attributes.method`. Write a dollar sign as `\\$`.",
  },
  is: { name: 'type tests with `is`' },
  lambda: { name: 'lambda expressions, `x -> …`' },
  match: { name: '`match`', suggestion: 'Write `if (x == 1) … else if (x == 2) … else …`.' },
  metadata: { name: 'the selectors `.^`, `.&` and `.#`' },
  object: {
    name: 'object literals',
    suggestion: 'Give each member its own claim, or select an object from `authentication.properties`.',
  },
  parameter: { name: 'the anonymous parameters `$` and `$$`' },
  range: { name: 'ranges (`to`)', suggestion: 'Select each index on its own, or use the `substring…` functions.' },
  regex: {
    name: 'regular expressions',
    suggestion: 'Compare with `==` or `contains`, or split with `splitBy` and a string.',
  },
  similar: { name: 'the operator `~=`', suggestion: 'Write `==`; both sides must have the same type.' },
  elseless: { name: '`if` without `else`', suggestion: 'Write `else null`.' },
  type: { name: 'type declarations' },
  unless: { name: '`unless`', suggestion: 'Write `if (not (…)) … else …`.' },
  update: { name: '`update`' },
  using: { name: '`using`' },
  variable: { name: 'variable declarations', suggestion: 'Repeat the expression where its value is needed.' },
} as const satisfies Record<string, Construct>;

export type ConstructName = keyof typeof constructs;

/** What a problem says about an expression. */
export interface Explanation {
  readonly code: Code;
  readonly message: string;
  readonly suggestion?: string | undefined;
}

/** What to write instead of functions that only DataWeave has. */
const functionsInstead: ReadonlyMap<string, string> = new Map([
  ['now', 'The policy itself sets the times: `iat`, `exp` and `nbf` of its configuration.'],
  ['joinBy', "Join the items one by one, as in `x[0] ++ ',' ++ x[1]`, or make the array the value of the claim."],
  ['startsWith', "Write `(x contains 'ab') and (dw::core::Strings::substringBefore(x, 'ab') == '')`."],
  ['endsWith', "Write `(x contains 'ab') and (dw::core::Strings::substringAfterLast(x, 'ab') == '')`."],
  ['isBlank', "Write `isEmpty(trim(x default ''))`."],
  ['matches', 'Compare with `==`, or test with `contains`.'],
  ['find', 'Test with `contains`.'],
  ['indexOf', 'Test with `contains`, or select a part with `dw::core::Strings::substringBefore`.'],
  ['substring', 'Select a part with the functions `dw::core::Strings::substringBefore` and `substringAfter`.'],
  ['first', 'Select the first item with `x[0]`.'],
  ['last', 'Select the last item with `x[-1]`.'],
  ['log', 'Remove it: the value is its last argument.'],
  ['isNull', 'Write `x == null`.'],
  ['onNull', "Write `default`, as in `x default 'none'`."],
]);

/** What to write instead of a function of DataWeave. */
export function insteadOfFunction(name: string): string | undefined {
  return functionsInstead.get(name);
}

/** What to write instead of a quote inside a string that is closed by it. */
export function insteadOfQuote(quote: string): string {
  if (quote === "'") return 'Inside a string, write its own quote as `\\\'`, or enclose the string in `"`.';
  return 'Inside a string, write its own quote as `\\"`, or enclose the string in `\'`.';
}

export function notSupported({ name, suggestion }: Construct): Explanation {
  return { code: 'dataweave.unsupported', message: `Flex Gateway does not support ${name}.`, suggestion };
}
