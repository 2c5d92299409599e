/**
 * @module
 * Random JSON objects as text, and a comparison of two texts that does not use JavaScript's objects or numbers.
 */
import type { Dice } from '../search/dice.ts';

export interface Sample {
  /** A JSON object, perhaps with repeated names. */
  readonly text: string;
  /** The same without repeated names: each has its last value, at the place of the first. */
  readonly distinct: string;
  /** How many numbers it has. */
  readonly numbers: number;
}

const names = [
  ...['a', 'b', 'qwe', '0', '1', '2', '10', '234', '01', '-1', '1.0', '1e3', '4294967294', '4294967295', '4294967296'],
  ...['99999999999', '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'rawJSON', 'toJSON', 'length', 'é', ''],
];

const scalars = ['true', 'false', 'null', '""', '"x"', '"1"', '"a\\"b\\\\"', '"\\u0031"', '"{}[],:"', '"é"', '" "'];

class Writer {
  readonly #dice: Dice;
  numbers = 0;

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  object(depth: number): readonly [text: string, distinct: string] {
    const members: string[] = [];
    const distinct = new Map<string, string>();
    for (let left = this.#dice.roll(6); left > 0; left--) {
      const name = this.#dice.pick(names);
      const [text, own] = this.#value(depth + 1);
      members.push(`${this.#space()}${this.#name(name)}${this.#space()}:${this.#space()}${text}`);
      distinct.set(name, own);
    }
    const own = Array.from(distinct, ([name, value]) => `${JSON.stringify(name)}: ${value}`);
    return [`{${members.join(',')}${this.#space()}}`, `{${own.join(', ')}}`];
  }

  #value(depth: number): readonly [text: string, distinct: string] {
    const kind = this.#dice.roll(depth > 3 ? 7 : 10);
    if (kind < 4) return this.#same(this.#number());
    if (kind < 7) return this.#same(this.#dice.pick(scalars));
    if (kind < 9) return this.object(depth);
    const items = Array.from({ length: this.#dice.roll(4) }, () => this.#value(depth + 1));
    return [`[${items.map(([text]) => text).join(',')}]`, `[${items.map(([, own]) => own).join(', ')}]`];
  }

  #same(text: string): readonly [string, string] {
    return [text, text];
  }

  /** A digit may be written as an escape, which makes the name no less an index. */
  #name(name: string): string {
    const written = JSON.stringify(name);
    return this.#dice.chance(10) ? written.replace('1', '\\u0031') : written;
  }

  #space(): string {
    return this.#dice.chance(20) ? this.#dice.pick([' ', '\n', '  ', '\t']).replace(/[\n\t]/, ' ') : '';
  }

  #number(): string {
    this.numbers += 1;
    const dice = this.#dice;
    const digits = (most: number): string => Array.from({ length: 1 + dice.roll(most) }, () => dice.roll(10)).join('');
    const length = dice.pick([1, 3, 15, 16, 17, 20, 40]);
    const whole = digits(length).replace(/^0+(?=\d)/, '');
    const fraction = dice.chance(40) ? `.${digits(dice.pick([1, 3, 16, 40]))}` : '';
    const exponent = dice.chance(15)
      ? `${dice.pick(['e', 'E'])}${dice.pick(['', '+', '-'])}${dice.roll(dice.pick([9, 40, 400]))}`
      : '';
    return `${dice.chance(20) ? '-' : ''}${whole}${fraction}${exponent}`;
  }
}

export function sampleOf(dice: Dice): Sample {
  const writer = new Writer(dice);
  const [text, distinct] = writer.object(0);
  return { text, distinct, numbers: writer.numbers };
}

const token = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|[{}[\],:]/g;

/** Whether two JSON texts have the same members in the same order, and numbers with the same decimal value. */
export function sameJson(one: string, other: string): boolean {
  const [ones, others] = [tokensOf(one), tokensOf(other)];
  return ones.length === others.length && ones.every((text, at) => text === others[at]);
}

function tokensOf(text: string): string[] {
  return (text.match(token) ?? []).map((one) => {
    if (one.startsWith('"')) return JSON.stringify(JSON.parse(one));
    return /\d/.test(one) ? decimal(one) : one;
  });
}

/** The value of a number as a whole number and a power of ten, the smallest such whole number. */
function decimal(text: string): string {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  let value = BigInt(`${whole}${fraction}`.replace('-', '') || '0');
  let power = Number(exponent) - fraction.length;
  if (value === 0n) return '0';
  while (value % 10n === 0n) {
    value /= 10n;
    power += 1;
  }
  return `${text.startsWith('-') ? '-' : ''}${value}e${power}`;
}
