/**
 * @module
 * Apigee's conditions (vendor page, "Conditions reference"), as far as a route's `match` can say them: comparisons of
 * the path, the method, headers and query parameters, joined by `and`.
 */

/** A part of a condition that all requests must fulfil. */
export type Part =
  | { readonly kind: 'path'; readonly pattern: string }
  | { readonly kind: 'method'; readonly values: readonly string[] }
  | { readonly kind: 'header' | 'query'; readonly name: string; readonly values: readonly string[] | true };

/** No condition is longer. @internal Exported for tests of the limit. */
export const longestCondition = 4096;
/** Parentheses in each other. */
const deepest = 32;

/** The parts of a condition; undefined if one of them can only be written by hand. */
export function partsOf(condition: string): readonly Part[] | undefined {
  if (condition.length > longestCondition) return undefined;
  const words = condition.match(/"[^"]*"|[()]|&&|\|\||!=|:=|==|=\||~~|~\/|~|=|!|[\w.%$-]+|\S/g) ?? [];
  const reader = new Reader(words);
  const parts = reader.alternatives(0);
  return reader.isAtEnd ? parts : undefined;
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

  /** Alternatives :: All ( `or` All )* */
  alternatives(depth: number): readonly Part[] | undefined {
    let parts = this.#all(depth);
    while (parts !== undefined && this.#skip(/^(?:or|\|\|)$/i)) parts = either(parts, this.#all(depth));
    return parts;
  }

  /** All :: One ( `and` One )* */
  #all(depth: number): readonly Part[] | undefined {
    const parts: Part[] = [];
    do {
      const more = this.#one(depth);
      if (more === undefined) return undefined;
      parts.push(...more);
    } while (this.#skip(/^(?:and|&&)$/i));
    return parts;
  }

  /** One :: `(` Alternatives `)` | Comparison */
  #one(depth: number): readonly Part[] | undefined {
    if (!this.#skip(/^\($/)) return this.#comparison();
    const inner = depth < deepest ? this.alternatives(depth + 1) : undefined;
    return this.#skip(/^\)$/) ? inner : undefined;
  }

  #comparison(): readonly Part[] | undefined {
    const [variable = '', operator = '', value = ''] = this.#words.slice(this.#at, this.#at + 3);
    const part = comparison(variable, operator, value);
    if (part !== undefined) this.#at += 3;
    return part && [part];
  }

  #skip(word: RegExp): boolean {
    if (!word.test(this.#words[this.#at] ?? '')) return false;
    this.#at += 1;
    return true;
  }
}

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
  if (text === undefined || (kind === 'header' && !headerValue.test(text))) return undefined;
  return equals.test(operator) ? { kind, name, values: [text] } : undefined;
}

/** The names that a route takes. `host` is a condition of its own. */
const isName = { header: /^(?!host$)[!#$%&'*+.^_`|~0-9a-z-]{1,256}$/, query: /^(?!__proto__$).{1,256}$/ } as const;

/** Servers do not agree on other values of a header. */
const headerValue = /^[!-~](?:[ -~]*[!-~])?$/;

/** Two values of one thing are a list of values. */
function either(a: readonly Part[], b: readonly Part[] | undefined): readonly Part[] | undefined {
  const [first, ...moreA] = a;
  const [second, ...moreB] = b ?? [];
  if (moreA.length > 0 || moreB.length > 0 || first?.kind === 'path' || second?.kind === 'path') return undefined;
  if (first === undefined || second === undefined || first.values === true || second.values === true) return undefined;
  const isSame =
    first.kind === second.kind && ('name' in first ? first.name : '') === ('name' in second ? second.name : '');
  return isSame ? [{ ...first, values: [...first.values, ...second.values] }] : undefined;
}
