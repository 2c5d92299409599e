/**
 * @module
 * Apigee's conditions (vendor page, "Conditions reference"), as far as routes can say them: comparisons of the path, the
 * method, headers and query parameters. Those that are joined by `and` are one route; `or` makes another.
 */

/** A part of a condition that all requests must fulfil. */
export type Part =
  | { readonly kind: 'path'; readonly pattern: string }
  | { readonly kind: 'method'; readonly values: readonly string[] }
  | { readonly kind: 'header' | 'query'; readonly name: string; readonly values: readonly string[] | true };

/** What a request must fulfil, in one of the ways that a condition allows. */
export type Alternative = readonly Part[];

/** No condition is longer. @internal Exported for tests of the limit. */
export const longestCondition = 4096;
/** A condition that allows more is left to the author. @internal Exported for tests of the limit. */
export const maxAlternatives = 64;
/** Parentheses in each other. */
const deepest = 32;

/** Undefined if a part of the condition can only be written by hand. */
export function alternativesOf(condition: string): readonly Alternative[] | undefined {
  if (condition.length > longestCondition) return undefined;
  const words = condition.match(/"[^"]*"|[()]|&&|\|\||!=|:=|==|=\||~~|~\/|~|=|!|[\w.%$-]+|\S/g) ?? [];
  const reader = new Reader(words);
  const alternatives = reader.alternatives(0);
  return reader.isAtEnd ? alternatives : undefined;
}

/** What fulfils both conditions; undefined if there are too many ways. */
export function both(a: readonly Alternative[], b: readonly Alternative[]): readonly Alternative[] | undefined {
  if (a.length * b.length > maxAlternatives) return undefined;
  return a.flatMap((one) => b.map((other) => [...one, ...other]));
}

class Reader {
  readonly #words: readonly string[];
  #at = 0;

  constructor(words: readonly string[]) {
    this.#words = words;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#words.length;
  }

  /**
   * Alternatives :: One ( `and` One )* | One ( `or` One )*
   *
   * Which of the two words binds tighter is not documented, so a condition with both needs parentheses.
   */
  alternatives(depth: number): readonly Alternative[] | undefined {
    let all = this.#one(depth);
    const joint = this.#isAt(and) ? and : or;
    while (all !== undefined && this.#skip(joint)) {
      const more = this.#one(depth);
      all = more && (joint === and ? both(all, more) : either(all, more));
    }
    return this.#isAt(and) || this.#isAt(or) ? undefined : all;
  }

  #isAt(word: RegExp): boolean {
    return word.test(this.#words[this.#at] ?? '');
  }

  /** One :: `(` Alternatives `)` | Comparison */
  #one(depth: number): readonly Alternative[] | undefined {
    if (!this.#skip(/^\($/)) return this.#comparison();
    const inner = depth < deepest ? this.alternatives(depth + 1) : undefined;
    return this.#skip(/^\)$/) ? inner : undefined;
  }

  #comparison(): readonly Alternative[] | undefined {
    const [variable = '', operator = '', value = ''] = this.#words.slice(this.#at, this.#at + 3);
    const part = comparison(variable, operator, value);
    if (part !== undefined) this.#at += 3;
    return part && [[part]];
  }

  #skip(word: RegExp): boolean {
    if (!this.#isAt(word)) return false;
    this.#at += 1;
    return true;
  }
}

const and = /^(?:and|&&)$/i;
const or = /^(?:or|\|\|)$/i;
const equals = /^(?:=|==|equals|is)$/i;
const differs = /^(?:!=|notequals|isnot)$/i;
const matchesPath = /^(?:~\/|matchespath|likepath)$/i;

type Compare = (name: string, operator: string, value: string) => Part | undefined;

/** A row for each kind of variable that a route can compare. */
const comparisons: readonly (readonly [variable: RegExp, compare: Compare])[] = [
  [/^(proxy)\.pathsuffix$/, comparePath],
  [/^(request|message)\.verb$/, compareMethod],
  [/^(?:request|message)\.header\.([^.]+)$/, (name, ...rest) => compareNamed('header', name.toLowerCase(), ...rest)],
  [/^(?:request|message)\.queryparam\.([^.]+)$/, (name, ...rest) => compareNamed('query', name, ...rest)],
];

function comparison(variable: string, operator: string, value: string): Part | undefined {
  for (const [pattern, compare] of comparisons) {
    const match = pattern.exec(variable);
    if (match !== null) return compare(match[1] ?? '', operator, value);
  }
  return undefined;
}

/** The text between the quotes; an empty one has no route. */
function textOf(value: string): string | undefined {
  return /^"([^"]+)"$/.exec(value)?.[1];
}

function comparePath(_: string, operator: string, value: string): Part | undefined {
  const pattern = textOf(value);
  return pattern !== undefined && matchesPath.test(operator) ? { kind: 'path', pattern } : undefined;
}

function compareMethod(_: string, operator: string, value: string): Part | undefined {
  const method = /^[A-Z]+$/.exec(textOf(value) ?? '')?.[0];
  return method !== undefined && equals.test(operator) ? { kind: 'method', values: [method] } : undefined;
}

function compareNamed(kind: 'header' | 'query', name: string, operator: string, value: string): Part | undefined {
  if (!isName[kind].test(name)) return undefined;
  if (value === 'null') return differs.test(operator) ? { kind, name, values: true } : undefined;
  const text = textOf(value);
  if (text === undefined || unlikely.test(text) || (kind === 'header' && !headerValue.test(text))) return undefined;
  return equals.test(operator) ? { kind, name, values: [text] } : undefined;
}

/** The names that a route takes. `host` is a condition of its own. */
const isName = {
  header: /^(?!host$)[!#$%&'*+.^_`|~0-9a-z-]{1,256}$/,
  query: /^(?!__proto__$|.*%[0-9A-Fa-f]{2}).{1,256}$/,
} as const;

/** Values that a route takes with a warning: a wildcard, an expression or an escape, which would be literal. */
const unlikely = /\*|^\^.*\$$|%[0-9A-Fa-f]{2}/;

/** Servers do not agree on other values of a header. */
const headerValue = /^[!-~](?:[ -~]*[!-~])?$/;

function either(a: readonly Alternative[], b: readonly Alternative[] | undefined): readonly Alternative[] | undefined {
  if (b === undefined || a.length + b.length > maxAlternatives) return undefined;
  const [last, ...others] = a.toReversed();
  const [first, ...more] = b;
  const merged = last && first && oneOf(last, first);
  return merged === undefined ? [...a, ...b] : [...others.toReversed(), merged, ...more];
}

/** Two values of one thing are a list of values. */
function oneOf([a, ...moreA]: Alternative, [b, ...moreB]: Alternative): Alternative | undefined {
  if (a === undefined || b === undefined || moreA.length > 0 || moreB.length > 0) return undefined;
  if (a.kind === 'path' || b.kind === 'path' || a.values === true || b.values === true) return undefined;
  const isSame = a.kind === b.kind && ('name' in a ? a.name : '') === ('name' in b ? b.name : '');
  return isSame ? [{ ...a, values: [...a.values, ...b.values] }] : undefined;
}
