/**
 * @module
 * Reads and writes JSON text. Unlike `JSON.parse`, it keeps repeated keys and all digits of a number.
 */
import { MintError } from '../../diagnostics/mint-error.ts';
import { type Meter, requireDepth } from './bounds.ts';
import { chargeConversion } from './cost.ts';
import { jsonText } from './json.ts';
import { isNumber, numberText, parseNumber } from './numbers.ts';
import { isArray, ObjectBuilder, ObjectValue, type Value } from './values.ts';

/** @throws MintError `dataweave.invalid-json`, `dataweave.too-deep` */
export function readJson(text: string, meter: Meter): Value {
  meter.scan(text);
  return new JsonReader(text, meter).document();
}

class JsonReader {
  readonly #text: string;
  readonly #meter: Meter;
  #at = 0;

  constructor(text: string, meter: Meter) {
    this.#text = text;
    this.#meter = meter;
  }

  document(): Value {
    const value = this.#value(0);
    if (this.#next() !== '') throw invalid();
    return value;
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  /** The next character after whitespace. */
  #next(): string {
    this.#take(/[ \t\r\n]*/y);
    return this.#text.charAt(this.#at);
  }

  #value(depth: number): Value {
    requireDepth(depth);
    this.#meter.charge(1);
    switch (this.#next()) {
      case '{':
        return this.#object(depth + 1);
      case '[':
        return this.#array(depth + 1);
      case '"':
        return this.#string();
      default:
        return this.#word();
    }
  }

  #word(): Value {
    const word = this.#take(/true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y);
    if (word === 'true' || word === 'false') return word === 'true';
    if (word === 'null') return null;
    const number = word === undefined ? undefined : parseNumber(word);
    if (number === undefined) throw invalid();
    return number;
  }

  #string(): string {
    const text = this.#take(/"(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\.)*"/uy);
    if (text === undefined) throw invalid();
    try {
      return JSON.parse(text);
    } catch {
      throw invalid();
    }
  }

  #array(depth: number): Value {
    this.#at += 1;
    const items: Value[] = [];
    if (this.#ends(']')) return items;
    do items.push(this.#value(depth));
    while (this.#continues(']'));
    return this.#meter.items(items);
  }

  #object(depth: number): Value {
    this.#at += 1;
    const object = new ObjectBuilder();
    if (this.#ends('}')) return object.build();
    do {
      if (this.#next() !== '"') throw invalid();
      const key = this.#string();
      if (this.#next() !== ':') throw invalid();
      this.#at += 1;
      object.add(key, this.#value(depth));
    } while (this.#continues('}'));
    return object.build();
  }

  #ends(end: string): boolean {
    if (this.#next() !== end) return false;
    this.#at += 1;
    return true;
  }

  #continues(end: string): boolean {
    const next = this.#next();
    this.#at += 1;
    if (next === ',') return true;
    if (next === end) return false;
    throw invalid();
  }
}

function invalid(): MintError {
  return new MintError('dataweave.invalid-json', 'The string is not valid JSON.');
}

/** The layout is the engine's: two spaces per level, or one line with a space after each colon. */
export function writeJson(value: Value, isIndented: boolean, meter: Meter): string {
  return meter.text(written(value, isIndented ? '\n' : '', 0, meter));
}

function written(value: Value, newline: string, depth: number, meter: Meter): string {
  meter.charge(1);
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return quoted(value, meter);
  chargeConversion(value, meter);
  if (isNumber(value)) return numberText(value);
  requireDepth(depth);
  if (isArray(value)) {
    return enclosed(
      '[',
      ']',
      value.map((item) => written(item, newline, depth + 1, meter)),
      newline,
      depth,
    );
  }
  if (value instanceof ObjectValue) {
    const members = value.keys.map(
      (key, i) => `${quoted(key, meter)}: ${written(value.values[i] ?? null, newline, depth + 1, meter)}`,
    );
    return enclosed('{', '}', members, newline, depth);
  }
  const text = jsonText(value);
  if (text === undefined) throw new MintError('dataweave.unsupported-result', 'A function cannot be written as JSON.');
  return quoted(text, meter);
}

function quoted(text: string, meter: Meter): string {
  return meter.text(JSON.stringify(text));
}

function enclosed(start: string, end: string, parts: readonly string[], newline: string, depth: number): string {
  if (newline === '') return `${start}${parts.join(',')}${end}`;
  const inner = newline + '  '.repeat(depth + 1);
  return `${start}${inner}${parts.join(`,${inner}`)}${newline}${'  '.repeat(depth)}${end}`;
}
