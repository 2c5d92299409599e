/**
 * @module
 * Java's `DecimalFormat` patterns: `#,##0.00`, `0.0%`, `##0.##E0`, `0.00;(0.00)`.
 *
 * The parser reads one character at a time as Java does, so that it accepts the same irregular patterns: in `0 0`, the
 * second zero is a digit too.
 */
import { MintError } from '../../diagnostics/mint-error.ts';

/** The characters around the digits. */
export interface Affixes {
  readonly prefix: string;
  readonly suffix: string;
}

export interface NumberPattern extends Affixes {
  /** For a negative number; undefined if it has a `-` before the prefix of other numbers. */
  readonly negative: Affixes | undefined;
  readonly minIntegerDigits: number;
  /** Used with an exponent only. */
  readonly maxIntegerDigits: number;
  readonly minFractionDigits: number;
  readonly maxFractionDigits: number;
  readonly hasPoint: boolean;
  /** Digits between two commas; 0 without commas. */
  readonly group: number;
  /** The power of ten that the number is multiplied by: 2 for `%`, 3 for `‰`. */
  readonly scale: number;
  /** Digits of the exponent; 0 without `E`. */
  readonly exponent: number;
}

const maxPatternLength = 200;

/** @throws MintError `dataweave.format` for an invalid pattern */
export function parsePattern(text: string): NumberPattern {
  if (text.length > maxPatternLength) throw malformed();
  const reader = new PatternReader(text);
  const positive = reader.part();
  const second = reader.isAtEnd ? undefined : reader.part();
  if (!reader.isAtEnd) throw malformed();
  const isSame = second?.prefix === positive.prefix && second.suffix === positive.suffix;
  const isEmpty = second?.prefix === '' && second.suffix === '' && second.maxIntegerDigits === 0;
  return { ...positive, negative: isSame || isEmpty ? undefined : second };
}

function malformed(): MintError {
  return new MintError('dataweave.format', 'The number format is not valid.');
}

class PatternReader {
  readonly #text: string;
  #at = 0;
  /** Optional digits before the required ones, required digits, and optional digits after them. */
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

  /** Reads up to and including a `;`. */
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

  /** Literal characters, with `%` and quotes. */
  #affix(): string {
    let text = '';
    while (this.#hasMore() && !'#0,.'.includes(this.#text.charAt(this.#at))) {
      const next = this.#text.charAt(this.#at);
      text += next === "'" ? this.#quoted() : next;
      if (next !== "'") this.#at += 1;
      if (next === '%') this.#setScale(2);
      if (next === '‰') this.#setScale(3);
    }
    return text;
  }

  #setScale(scale: number): void {
    if (this.#scale !== 0) throw malformed();
    this.#scale = scale;
  }

  /** Two single quotes are a quote, inside and outside of quotes. */
  #quoted(): string {
    const found = /'(?:'|((?:[^']|'')+)')/y;
    found.lastIndex = this.#at;
    const match = found.exec(this.#text);
    if (match === null) throw malformed();
    this.#at = found.lastIndex;
    return match[1]?.replaceAll("''", "'") ?? "'";
  }

  /** Reads a character of the number; false if something else comes next. */
  #digit(): boolean {
    switch (this.#text.charAt(this.#at)) {
      case '#':
        return this.#optionalDigit();
      case '0':
        return this.#requiredDigit();
      case ',':
        this.#group = 0;
        return this.#taken();
      case '.':
        return this.#decimalPoint();
      case 'E':
        return this.#exponentDigits();
      default:
        return false;
    }
  }

  #optionalDigit(): true {
    if (this.#zeros > 0) this.#right += 1;
    else this.#left += 1;
    return this.#counted();
  }

  #requiredDigit(): true {
    if (this.#right > 0) throw malformed();
    this.#zeros += 1;
    return this.#counted();
  }

  #decimalPoint(): true {
    if (this.#point !== undefined) throw malformed();
    this.#point = this.#left + this.#zeros + this.#right;
    return this.#taken();
  }

  #taken(): true {
    this.#at += 1;
    return true;
  }

  #counted(): true {
    if (this.#group !== undefined && this.#point === undefined) this.#group += 1;
    return this.#taken();
  }

  /** The exponent ends the number. */
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
    // `#.##` means `0.##`, and `.##` means `.0#`.
    if (this.#zeros === 0 && this.#left > 0 && point !== undefined) {
      const whole = Math.max(point, 1);
      [this.#left, this.#zeros, this.#right] = [whole - 1, 1, this.#left - whole];
    }
    const [left, zeros, total] = [this.#left, this.#zeros, this.#left + this.#zeros + this.#right];
    const isOutside = point !== undefined && (point < left || point > left + zeros);
    if (isOutside || this.#group === 0 || (point === undefined && this.#right > 0)) throw malformed();
    const integerDigits = point ?? total;
    return {
      negative: undefined,
      minIntegerDigits: integerDigits - left,
      maxIntegerDigits: integerDigits,
      minFractionDigits: point === undefined ? 0 : left + zeros - point,
      maxFractionDigits: total - integerDigits,
      hasPoint: point === 0 || point === total,
      group: this.#group ?? 0,
      scale: this.#scale,
      exponent: this.#exponent,
    };
  }
}
