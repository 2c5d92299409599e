/**
 * @module
 * What an expression may cost. A policy meets the first group when it loads, a request the second: a caller who sends
 * a hostile header gets a refusal with a code, never a proxy that stands still.
 */
import { MintError } from '../diagnostics/mint-error.ts';

export const limits = {
  /** UTF-16 units of an expression's text. */
  expressionLength: 32_768,
  /** Parentheses, brackets, calls, `not` and `if` inside each other: bounds the parser's own recursion. */
  nesting: 200,
  /**
   * The height of the tree. Flex Gateway reads the compiled expression with a JSON reader that gives up at 128 nested
   * arrays, two of which are the container: an expression of height 127 does not load there either.
   */
  treeDepth: 126,
  /** UTF-16 units of a string that an expression makes. Envoy's default limit for all request headers is 60 KiB. */
  stringLength: 1_048_576,
  /** Items of an array that an expression makes. */
  arrayLength: 16_384,
  /**
   * Elements visited while evaluating once. The tree itself costs nothing here: the language has no loops, so each
   * node runs at most once; only data can make an evaluation long (`--` compares every item with every other). All of
   * them take some 20 milliseconds.
   */
  steps: 102_400,
} as const;

/** A search of `n` characters for `m` costs at worst n × m comparisons; this many of them count as one step. */
const comparisonsPerStep = 256;

/** Counts the steps of one evaluation. One per compiled expression: evaluation is synchronous and never re-entered. */
export class Budget {
  #left: number = limits.steps;

  restart(): void {
    this.#left = limits.steps;
  }

  /** @throws MintError `dataweave.too-many-steps` */
  charge(steps: number): void {
    this.#left -= steps;
    if (this.#left < 0) {
      throw new MintError('dataweave.too-many-steps', `The expression visits more than ${limits.steps} elements.`);
    }
  }

  chargeSearch(text: string, pattern: string): void {
    this.charge(Math.floor((text.length * pattern.length) / comparisonsPerStep));
  }
}

/** @throws MintError `dataweave.string-too-long` */
export function boundedString(text: string): string {
  requireStringLength(text.length);
  return text;
}

/** @throws MintError `dataweave.string-too-long` */
export function requireStringLength(length: number): void {
  if (length > limits.stringLength) {
    throw new MintError(
      'dataweave.string-too-long',
      `The expression makes a string of more than ${limits.stringLength} characters.`,
    );
  }
}

/** @throws MintError `dataweave.array-too-long` */
export function boundedArray<T extends { readonly length: number }>(items: T): T {
  if (items.length > limits.arrayLength) {
    throw new MintError(
      'dataweave.array-too-long',
      `The expression makes an array of more than ${limits.arrayLength} items.`,
    );
  }
  return items;
}
