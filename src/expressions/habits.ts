/**
 * @module
 * What people write from habit: symbols and names of other languages and of Mule, and what to write here instead. Used
 * only for an expression that is refused.
 */

/** Sticky patterns of what is at the place of a syntax error, or begins up to three characters before it. */
const symbols: readonly (readonly [syntax: RegExp, instead: string])[] = [
  [
    /\|\|/y,
    "Between conditions, write `or`. For another value in place of null, write `default`, as in `x default 'none'`.",
  ],
  [/&&/y, 'Write `and`.'],
  [/===/y, 'Write `==`.'],
  [/!==/y, 'Write `!=`.'],
  [/<>/y, 'Write `!=`.'],
  [/=>|=</y, 'Write `>=` or `<=`. A function is written with `->`.'],
  [/\?\?|\?:/y, "Write `default`, as in `x default 'none'`."],
  [/\?/y, 'Write `if (condition) a else b`.'],
  [/[\u2018\u2019\u201a\u201b\u2032]/y, "Write a straight quote, `'`."],
  [/[\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb]/y, 'Write a straight quote, `"`.'],
  [/#\[/y, 'Write only the expression between `#[` and `]`.'],
  [/[$#]\{|\{\{/y, 'Write only the expression, without the braces around it.'],
  [/\{\s*(?:'[^'\\]*'|"[^"\\]*"|\w+)\s*\}/y, 'Remove the braces, or write parentheses.'],
  [/;/y, 'Remove the `;`.'],
  [/&/y, 'To join two strings, write `++`.'],
  [/then\b/y, 'Write `if (condition) a else b`, without `then`.'],
  [/if\s+[^\s(]/y, 'Write `if (condition) a else b`, with the parentheses.'],
  [/else\s*if\b|elsif\b|elif\b/y, 'Write `else if (condition) a else b`.'],
  [/0x[0-9a-fA-F]/iy, 'Write the number in decimal digits.'],
  [/(?<![\d.])0\d/y, 'Write the number without the 0 before it.'],
  [/\d_\d/y, 'Write the number without `_`.'],
];

const longestStart = 3;

/** What to write instead of the symbol at an offset; undefined if it is none of another language. */
export function insteadOfSymbol(text: string, at: number): string | undefined {
  for (const [syntax, instead] of symbols) {
    for (let start = at; start >= Math.max(0, at - longestStart); start--) {
      syntax.lastIndex = start;
      const found = syntax.exec(text);
      if (found !== null && start + found[0].length > at) return instead;
    }
  }
  return undefined;
}

const claims = 'The claims of the caller are `authentication.properties.claims`.';
const noVariables =
  'The policy has no variables of others: the claims of the caller are `authentication.properties.claims`.';
const ofMule = 'It belongs to a Mule application, and a policy has none.';

/** By the name, in lower case. */
const names: ReadonlyMap<string, string> = new Map([
  ...['true', 'false', 'null'].map((word): [string, string] => [word, `Write \`${word}\`.`]),
  ...['none', 'nil', 'undefined'].map((word): [string, string] => [word, 'Write `null`, or a string in quotes.']),
  ...['and', 'or', 'not', 'if'].map((word): [string, string] => [word, 'Write the operator in lower case.']),
  ...['eq', 'equals'].map((word): [string, string] => [word, 'Write `==`.']),
  ['ne', 'Write `!=`.'],
  ['gt', 'Write `>`.'],
  ['lt', 'Write `<`.'],
  ['ge', 'Write `>=`.'],
  ['le', 'Write `<=`.'],
  ['concat', 'To join two strings, write `++`.'],
  ['length', 'Write `sizeOf(x)`.'],
  ['len', 'Write `sizeOf(x)`.'],
  ['touppercase', 'Write `upper(x)`.'],
  ['tolowercase', 'Write `lower(x)`.'],
  ['p', 'A policy has no properties of a Mule application. Write the value itself, in quotes.'],
  [
    'correlationid',
    "A policy has none. Write `attributes.headers.'x-correlation-id'` if the client sends one, or `uuid()`.",
  ],
  ['message', 'Write `attributes` for what the message has.'],
  ['request', 'Write `attributes`, as in `attributes.headers.host`.'],
  ['context', 'Write `attributes`, as in `attributes.headers.host`.'],
  ['headers', 'Write `attributes.headers`.'],
  ['queryparams', 'Write `attributes.queryParams`.'],
  ['method', 'Write `attributes.method`.'],
  ['claims', claims],
  ['jwt', claims],
  ['token', claims],
  ['principal', 'Write `authentication.principal`.'],
  ['clientid', 'Write `authentication.clientId`.'],
  ['client_id', 'Write `authentication.clientId`.'],
  ...['error', 'app', 'server', 'flow', 'mule', 'properties'].map((word): [string, string] => [word, ofMule]),
]);

/** What to write instead of a name that is neither an input nor a function. */
export function insteadOfName(written: string): string | undefined {
  return names.get(written.slice(written.lastIndexOf(':') + 1).toLowerCase());
}

/** Members and methods that strings have in other languages, in lower case. `x` stands for the string. */
const membersOfStrings: ReadonlyMap<string, string> = new Map([
  ...['length', 'size', 'count'].map((name): [string, string] => [name, 'sizeOf(x)']),
  ...['touppercase', 'toupper', 'upper', 'uppercase'].map((name): [string, string] => [name, 'upper(x)']),
  ...['tolowercase', 'tolower', 'lower', 'lowercase'].map((name): [string, string] => [name, 'lower(x)']),
  ...['trim', 'strip'].map((name): [string, string] => [name, 'trim(x)']),
  ...['split', 'splitby'].map((name): [string, string] => [name, "x splitBy ','"]),
  ...['contains', 'includes', 'indexof'].map((name): [string, string] => [name, "x contains 'a'"]),
  ...['equals', 'equalsignorecase'].map((name): [string, string] => [name, "x == 'a'"]),
  ...['isempty', 'empty', 'isblank'].map((name): [string, string] => [name, 'isEmpty(x)']),
  ...['concat', 'append', 'plus'].map((name): [string, string] => [name, "x ++ 'a'"]),
]);

/** What to write instead of a member of a string; undefined if it is none that strings have elsewhere. */
export function insteadOfStringMember(name: string): string | undefined {
  const instead = membersOfStrings.get(name.toLowerCase());
  return instead && `Write \`${instead}\`, where \`x\` is the path before it.`;
}

/** What an expression can read instead of an input that it does not have. */
export function insteadOfInput(name: string): string | undefined {
  if (name === 'payload') return 'The policy does not read the body. Its inputs are `attributes` and `authentication`.';
  return name === 'vars' ? noVariables : undefined;
}
