/**
 * @module
 * The limits of an expression. The first three are checked when a policy loads, the others at a request: a caller who
 * sends a hostile header gets a refusal with a code, and does not block the proxy.
 */
import { MintError } from '../diagnostics/mint-error.ts';

export const limits = {
  /** UTF-16 code units of an expression's text. */
  expressionLength: 32_768,
  /** Nested parentheses, brackets, calls, `not` and `if`. Limits the recursion of the parser. */
  nesting: 200,
  /**
   * The height of the syntax tree. Flex Gateway reads the compiled expression with a JSON parser that fails at 128
   * nested arrays, two of which are the container: an expression of height 127 does not load there either.
   */
  treeDepth: 126,
  /** UTF-16 code units of a string that an expression creates. Envoy's default limit for all headers is 60 KiB. */
  stringLength: 1_048_576,
  /** Items of an array that an expression creates. */
  arrayLength: 16_384,
  /**
   * Elements visited in one evaluation. Nodes of the tree do not count: the language has no loops, so each node runs at
   * most once. Only data can make an evaluation long (`--` compares every item with every other). This many steps take
   * about 20 milliseconds.
   */
  steps: 102_400,
} as const;

/** A search for `m` characters in `n` costs at most n × m comparisons. This many comparisons count as one step. */
const comparisonsPerStep = 256;

/** Counts the steps of one evaluation. One per compiled expression: evaluation is synchronous and not reentrant. */
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
export function boundedString(string: string): string {
  requireStringLength(string.length);
  return string;
}

/** @throws MintError `dataweave.string-too-long` */
export function requireStringLength(length: number): void {
  if (length > limits.stringLength) {
    throw new MintError(
      'dataweave.string-too-long',
      `The expression creates a string of more than ${limits.stringLength} characters.`,
    );
  }
}

/** @throws MintError `dataweave.array-too-long` */
export function boundedArray<T extends { readonly length: number }>(items: T): T {
  if (items.length > limits.arrayLength) {
    throw new MintError(
      'dataweave.array-too-long',
      `The expression creates an array of more than ${limits.arrayLength} items.`,
    );
  }
  return items;
}
