/**
 * @module
 * Random expressions that are rich in quotes, escapes and interpolations, for both profiles.
 */
import type { ProfileName } from '../../src/expressions/expression.ts';
import type { Dice } from '../search/dice.ts';

/** What is between the quotes of a string. */
const pieces = [
  ...['a', 'it', ' ', 'é', '-', ',', '1', '(', ')', '[', ']', '/', '#', "'", '"', '`'],
  ...[
    "\\'",
    '\\"',
    '\\\\',
    '\\$',
    '\\n',
    '\\t',
    '\\r',
    '\\b',
    '\\f',
    '\\/',
    '\\u0041',
    '\\u00e9',
    '\\u0027',
    '\\u0022',
  ],
  ...["\\'", '\\"', '\\\\', '\\`', '\\q', '\\u', '\\u12', '\\x41', '\\ ', '\\(', '\\\n', '\n', '\t', '\\0', '\\u005c'],
];

const damages = ["'", '"', '\\', '$', '$(', ')', '(', "\\'", '\\"', '`', ' ', "''", '""', '\\\\'];

const names = ['attributes', 'authentication', 'upper', 'nope', '$', 'x_1', 'attributes.method', 'null'];

const paths = [
  ...['attributes.method', 'authentication.clientId', "attributes.headers['x-id']", 'attributes.headers."x-id"'],
  ...['authentication.properties', 'null', 'true', '1', '1.50', '[]', '[1, 2]', 'attributes.nope'],
];

export class StringGenerator {
  readonly #dice: Dice;
  /** Flex Gateway takes only a string that consists of one interpolation. */
  readonly #mixed: number;

  constructor(dice: Dice, profile: ProfileName) {
    this.#dice = dice;
    this.#mixed = profile === 'flex' ? 3 : 40;
  }

  /** An expression. One in five is damaged. */
  next(): string {
    const text = this.#expression(1 + this.#dice.roll(5));
    return (this.#dice.chance(20) ? this.#damaged(text) : text).toWellFormed();
  }

  #expression(depth: number): string {
    const dice = this.#dice;
    if (depth <= 0) return dice.chance(70) ? this.#plain() : dice.pick(paths);
    const inner = (): string => this.#expression(depth - 1 - dice.roll(2));
    switch (dice.roll(12)) {
      case 0:
      case 1:
      case 2:
      case 3:
        return this.#interpolated(inner);
      case 4:
        return `(${inner()})`;
      case 5:
        return `${inner()} ${dice.pick(['++', '==', 'default', 'contains', 'splitBy', '!='])} ${inner()}`;
      case 6:
        return `${dice.pick(['upper', 'lower', 'sizeOf', 'trim'])}(${inner()})`;
      case 7:
        return `[(${inner()}), ${this.#plain()}]${dice.pick(['', '[0]', '[1]'])}`;
      case 8:
        return `attributes.headers${dice.pick([`[${inner()}]`, `.${this.#plain()}`])}`;
      case 9:
        return `if (${dice.pick(['true', inner()])}) ${inner()} else ${inner()}`;
      case 10:
        return `${inner()}${dice.pick(['!', '[0]', '[-1]', " // it's", ' /* " */'])}`;
      default:
        return this.#plain();
    }
  }

  #interpolated(inner: () => string): string {
    const dice = this.#dice;
    const quote = dice.pick(["'", '"']);
    const gap = dice.pick(['', '', '', ' ', '\n']);
    const part = dice.chance(88) ? `$(${gap}${inner()}${gap})` : `$${dice.pick(names)}`;
    if (!dice.chance(this.#mixed)) return quote + part + quote;
    return quote + this.#content(quote, 2) + part + this.#content(quote, 2) + quote;
  }

  #plain(): string {
    const quote = this.#dice.pick(["'", '"']);
    return quote + this.#content(quote, 5) + quote;
  }

  /** Pieces that do not close the string, except for one in thirty. */
  #content(quote: string, most: number): string {
    const dice = this.#dice;
    let text = '';
    for (let count = dice.roll(most + 1); count > 0; count--) {
      const piece = dice.pick(pieces);
      text += piece === quote && !dice.chance(3) ? `\\${piece}` : piece;
    }
    return text;
  }

  #damaged(text: string): string {
    const dice = this.#dice;
    const at = dice.roll(text.length + 1);
    return text.slice(0, at) + dice.pick(damages) + text.slice(at + dice.roll(2));
  }
}
