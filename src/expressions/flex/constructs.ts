/**
 * @module
 * What DataWeave has and Flex Gateway has not, and what to write instead. One row each.
 */

export interface Construct {
  /** Completes the sentence "Flex Gateway does not support …". */
  readonly name: string;
  readonly suggestion?: string;
}

export const constructs = {
  arithmetic: { name: 'arithmetic', suggestion: 'Two strings are joined with `++`.' },
  annotate: { name: 'metadata with `<~`' },
  append: { name: '`<<` and `>>`' },
  as: { name: 'conversion with `as`', suggestion: "`x ++ ''` makes a string of a number or boolean." },
  backtick: { name: 'strings in backticks', suggestion: 'Write the string in `\'` or `"`.' },
  condition: { name: 'items of an array with a condition, `(x) if (…)`', suggestion: 'Write `if (…) [x] else []`.' },
  date: { name: 'dates and times' },
  descendants: { name: 'the selector `..`', suggestion: 'Name every step of the path, `a.b.c`.' },
  do: { name: '`do`' },
  equals: { name: '`=`', suggestion: 'Write `==`; both sides must have the same type.' },
  exists: { name: 'the test `?` after a selector', suggestion: 'Write `x != null`.' },
  exponent: { name: 'numbers with an exponent', suggestion: 'Write all digits of the number.' },
  filter: { name: 'filters in a selector, `[?( … )]`' },
  fun: { name: 'functions of your own' },
  interpolation: {
    name: 'interpolation inside a longer string',
    suggestion: "Join the parts, `'id-' ++ attributes.method`; a dollar sign is `\\$`.",
  },
  is: { name: 'type tests with `is`' },
  lambda: { name: 'functions without a name, `x -> …`' },
  match: { name: '`match`', suggestion: 'Write `if (x == 1) … else if (x == 2) … else …`.' },
  metadata: { name: 'the selectors `.^`, `.&` and `.#`' },
  object: {
    name: 'object literals',
    suggestion: 'Give each member its own claim, or take an object out of `authentication.properties`.',
  },
  parameter: { name: 'the parameters `$` and `$$`' },
  range: { name: 'ranges (`to`)', suggestion: 'Name each index, or use the `substring…` functions.' },
  regex: {
    name: 'regular expressions',
    suggestion: 'Compare with `==` or `contains`, or split with `splitBy` and a string.',
  },
  similar: { name: '`~=`', suggestion: 'Write `==`; both sides must have the same type.' },
  elseless: { name: '`if` without `else`', suggestion: 'Write `else null`.' },
  type: { name: 'types of your own' },
  unless: { name: '`unless`', suggestion: 'Write `if (not (…)) … else …`.' },
  update: { name: '`update`' },
  using: { name: '`using`' },
  variable: { name: 'variables of your own', suggestion: 'Repeat the expression where its value is needed.' },
} as const satisfies Record<string, Construct>;

export type ConstructName = keyof typeof constructs;
