/**
 * @module
 * Random expressions of Flex Gateway's language, valid and almost valid. The same seed gives the same sequence.
 */
import type { Dice } from '../../search/dice.ts';
import {
  binaryFunctions,
  directivePieces,
  headers,
  infixOperators,
  literals,
  names,
  oddities,
  paths,
  stringPieces,
  tightOperators,
  tokens,
  unaryFunctions,
} from './vocabulary.ts';

export class ExpressionGenerator {
  readonly #dice: Dice;

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  /** An expression. One in three is damaged. */
  next(): string {
    const dice = this.#dice;
    if (dice.chance(15)) return this.#soup().toWellFormed();
    let text = this.#expression(dice.roll(6));
    if (dice.chance(6)) text = dice.pick(headers) + text;
    if (dice.chance(3)) text += dice.pick(['!', '!!', ' !', '! ', ' // end', ' /* end */', '\n']);
    const damages = dice.chance(33) ? 1 + dice.roll(2) : 0;
    for (let i = 0; i < damages; i++) text = this.#damaged(text);
    return text.toWellFormed();
  }

  /** A random sequence of pieces: of a header, of a string, or of everything. */
  #soup(): string {
    const dice = this.#dice;
    const pieces = dice.pick([directivePieces, stringPieces, [...tokens, ...literals, ...paths, ...infixOperators]]);
    const soup = Array.from({ length: 1 + dice.roll(8) }, () => dice.pick(pieces)).join('');
    if (pieces === stringPieces) return dice.pick(["'", '"']) + soup + dice.pick(["'", '"']);
    return pieces === directivePieces ? `${soup}---${dice.pick(oddities)}` : soup;
  }

  #expression(depth: number): string {
    const dice = this.#dice;
    if (depth === 0) return this.#leaf();
    const inner = (): string => this.#expression(dice.roll(depth));
    switch (dice.roll(12)) {
      case 0:
      case 1:
      case 2:
        return `${inner()}${this.#gap()}${dice.pick(infixOperators)}${this.#gap()}${inner()}`;
      case 3:
      case 4:
        return `${inner()}${this.#gap()}${dice.pick(tightOperators)}${this.#gap()}${inner()}`;
      case 5:
        return `${dice.pick(binaryFunctions)}(${inner()}, ${inner()}${dice.chance(3) ? ', 1' : ''})`;
      case 6:
        return `${dice.pick(unaryFunctions)}(${dice.chance(3) ? '' : inner()})`;
      case 7:
        return `if (${inner()}) ${inner()} else${dice.chance(90) ? ' ' : ''}${inner()}`;
      case 8:
        return `(${inner()})`;
      case 9:
        return `${this.#selected(inner())}`;
      case 10:
        return `${dice.pick(['!', 'not ', 'not', 'not('])}${inner()}`;
      default:
        return `[${Array.from({ length: dice.roll(4) }, () => this.#item(inner())).join(dice.pick([',', ', ', ' , ']))}]`;
    }
  }

  /** An array item that is not a simple value needs parentheses. */
  #item(text: string): string {
    return this.#dice.chance(90) ? `(${text})` : text;
  }

  #selected(text: string): string {
    const dice = this.#dice;
    const target = dice.chance(70) ? `(${text})` : text;
    switch (dice.roll(6)) {
      case 0:
        return `${target}[${dice.pick(['0', '1', '-1', '1.9', '-9', 'null', "'x'"])}]`;
      case 1:
        return `${target}[${this.#expression(1)}]`;
      case 2:
        return `${target}.'${dice.pick(['x', 'x-id', 'clientId', 'a b'])}'`;
      case 3:
        return `${target}${dice.pick([' .', '.@', '.*', '. '])}${dice.pick(names)}`;
      default:
        return `${target}.${dice.pick(names)}`;
    }
  }

  #leaf(): string {
    const dice = this.#dice;
    if (dice.chance(4)) return dice.pick(oddities);
    return dice.chance(45) ? dice.pick(literals) : dice.pick(paths);
  }

  #gap(): string {
    return this.#dice.chance(93) ? ' ' : this.#dice.pick(['', '\n', '  ', ' /* */ ', '\t']);
  }

  #damaged(text: string): string {
    const dice = this.#dice;
    const at = dice.roll(text.length + 1);
    switch (dice.roll(4)) {
      case 0:
        return text.slice(0, at) + text.slice(at + 1 + dice.roll(3));
      case 1:
        return text.slice(0, at) + dice.pick(tokens) + text.slice(at);
      case 2:
        return text.slice(0, at) + dice.pick(tokens) + text.slice(at + 1);
      default:
        return text.replace(/ /, dice.pick(['', '\n', '\t']));
    }
  }
}
