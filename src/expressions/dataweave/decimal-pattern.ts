/**
 * @module
 * Java's `DecimalFormat` patterns: `#,##0.00`, `0.0%`, `##0.##E0`, `0.00;(0.00)`.
 *
 * Read a character at a time, as Java does, because what a pattern means that is not quite well formed follows from
 * that: in `0 0` the second zero is a digit too.
 */
import { MintError } from '../../diagnostics/mint-error.ts';

/** What stands around the digits. */
export interface Affixes {
  readonly prefix: string;
  readonly suffix: string;
}

export interface NumberPattern extends Affixes {
  /** Around a number below zero; undefined where it has a `-` before what others have. */
  readonly negative: Affixes | undefined;
  readonly leastWhole: number;
  /** For exponents: how many digits may stand before the point. */
  readonly mostWhole: number;
  readonly leastPlaces: number;
  readonly mostPlaces: number;
  readonly hasPoint: boolean;
  /** Digits between two commas; 0 for no commas. */
  readonly group: number;
  /** Of the factor ten that a percentage is shown with: 2 for `%`, 3 for `‰`. */
  readonly scale: number;
  /** Digits of the exponent; 0 without `E`. */
  readonly exponent: number;
}

const longestPattern = 200;

/** @throws MintError `dataweave.format` for a pattern that is none */
export function parsePattern(text: string): NumberPattern {
  if (text.length > longestPattern) throw malformed();
  const reader = new PatternReader(text);
  const positive = reader.part();
  const second = reader.isAtEnd ? undefined : reader.part();
  if (!reader.isAtEnd) throw malformed();
  const isSame = second?.prefix === positive.prefix && second.suffix === positive.suffix;
  const isEmpty = second?.prefix === '' && second.suffix === '' && second.mostWhole === 0;
  return { ...positive, negative: isSame || isEmpty ? undefined : second };
}

function malformed(): MintError {
  return new MintError('dataweave.format', 'The number format is not well formed.');
}

class PatternReader {
  readonly #text: string;
  #at = 0;
  #left = 0;
  #zeros = 0;
  #right = 0;
  /** Digits since the last comma; undefined before the first. */
  #group: number | undefined;
  #point: number | undefined;
  #exponent = 0;
  #scale = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  /** Up to a `;`, which is taken too. */
  part(): NumberPattern {
    [this.#left, this.#zeros, this.#right, this.#exponent, this.#scale] = [0, 0, 0, 0, 0];
    [this.#group, this.#point] = [undefined, undefined];
    const prefix = this.#affix();
    let suffix = '';
    while (this.#hasMore()) {
      while (this.#digit());
      suffix += this.#affix();
    }
    this.#at += 1;
    return { ...this.#shape(), prefix, suffix };
  }

  #hasMore(): boolean {
    return !this.isAtEnd && this.#text.charAt(this.#at) !== ';';
  }

  /** What is no digit: literal, with `%` and quotes. */
  #affix(): string {
    let text = '';
    while (this.#hasMore() && !'#0,.'.includes(this.#text.charAt(this.#at))) {
      const next = this.#text.charAt(this.#at);
      text += next === "'" ? this.#quoted() : next;
      if (next !== "'") this.#at += 1;
      if (next !== '%' && next !== '‰') continue;
      if (this.#scale !== 0) throw malformed();
      this.#scale = next === '%' ? 2 : 3;
    }
    return text;
  }

  /** Two quotes are one, inside and outside of quotes. */
  #quoted(): string {
    const found = /'(?:'|((?:[^']|'')+)')/y;
    found.lastIndex = this.#at;
    const match = found.exec(this.#text);
    if (match === null) throw malformed();
    this.#at = found.lastIndex;
    return match[1]?.replaceAll("''", "'") ?? "'";
  }

  #digit(): boolean {
    switch (this.#text.charAt(this.#at)) {
      case '#':
        if (this.#zeros > 0) this.#right += 1;
        else this.#left += 1;
        return this.#counted();
      case '0':
        if (this.#right > 0) throw malformed();
        this.#zeros += 1;
        return this.#counted();
      case ',':
        this.#group = 0;
        return this.#taken();
      case '.':
        if (this.#point !== undefined) throw malformed();
        this.#point = this.#left + this.#zeros + this.#right;
        return this.#taken();
      case 'E':
        return this.#exponentDigits();
      default:
        return false;
    }
  }

  #taken(): true {
    this.#at += 1;
    return true;
  }

  #counted(): true {
    if (this.#group !== undefined && this.#point === undefined) this.#group += 1;
    return this.#taken();
  }

  /** Ends the number. */
  #exponentDigits(): false {
    const found = /E(0*)/y;
    found.lastIndex = this.#at;
    const digits = found.exec(this.#text)?.[1]?.length ?? 0;
    if (this.#exponent > 0 || digits === 0 || this.#left + this.#zeros === 0) throw malformed();
    this.#at = found.lastIndex;
    this.#exponent = digits;
    return false;
  }

  #shape(): Omit<NumberPattern, keyof Affixes> {
    const point = this.#point;
    // `#.##` stands for one digit before the point, `.##` for one behind it.
    if (this.#zeros === 0 && this.#left > 0 && point !== undefined) {
      const whole = Math.max(point, 1);
      [this.#left, this.#zeros, this.#right] = [whole - 1, 1, this.#left - whole];
    }
    const [left, zeros, total] = [this.#left, this.#zeros, this.#left + this.#zeros + this.#right];
    const isOutside = point !== undefined && (point < left || point > left + zeros);
    if (isOutside || this.#group === 0 || (point === undefined && this.#right > 0)) throw malformed();
    return {
      negative: undefined,
      leastWhole: (point ?? total) - left,
      mostWhole: point ?? total,
      leastPlaces: point === undefined ? 0 : left + zeros - point,
      mostPlaces: point === undefined ? 0 : total - point,
      hasPoint: point === 0 || point === total,
      group: this.#group ?? 0,
      scale: this.#scale,
      exponent: this.#exponent,
    };
  }
}
