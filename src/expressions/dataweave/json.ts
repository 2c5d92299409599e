/**
 * @module
 * Converts between JSON and the values of an expression.
 */
import { exactDigits, exactNumber } from '../../diagnostics/exact-json.ts';
import type { JsonValue } from '../../diagnostics/json.ts';
import { MintError } from '../../diagnostics/mint-error.ts';
import { objectOf } from '../../diagnostics/ordered-object.ts';
import { requireStringLength } from '../limits.ts';
import { writtenText } from './binary-text.ts';
import { type Meter, requireDepth } from './bounds.ts';
import { textOf } from './conversion.ts';
import { chargeConversion } from './cost.ts';
import { fromJsonNumber, isNumber, numberText, parseNumber, toDouble } from './numbers.ts';
import { formatTime } from './time-format.ts';
import { FunctionValue, isArray, isTime, ObjectBuilder, ObjectValue, type Value } from './values.ts';

/** @throws MintError `dataweave.too-deep`, `dataweave.too-many-steps` */
export function fromJson(value: JsonValue, meter: Meter, depth = 0): Value {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return fromJsonNumber(value);
  const digits = exactDigits(value);
  if (digits !== undefined) return fromDigits(digits);
  requireDepth(depth);
  if (Array.isArray(value)) {
    meter.charge(value.length);
    return value.map((item) => fromJson(item, meter, depth + 1));
  }
  const object = new ObjectBuilder();
  for (const [name, member] of Object.entries(value)) {
    meter.charge(1);
    object.add(name, fromJson(member, meter, depth + 1));
  }
  return object.build();
}

/** @throws MintError `dataweave.invalid-json` if the number has more digits than a decimal may have */
function fromDigits(digits: string): Value {
  const number = parseNumber(digits);
  if (number === undefined) throw new MintError('dataweave.invalid-json', 'A number is too large.');
  return number;
}

/**
 * The value as it goes into a claim. A number has the digits that the engine writes, a repeated key has its last value,
 * and a value that JSON has no type for becomes a string.
 *
 * @throws MintError `dataweave.unsupported-result` for a function
 */
export function toJson(value: Value, meter: Meter): JsonValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number')
    return value;
  return new JsonWriter(meter).toJson(value, 0);
}

/**
 * Limits the total size of the result, because a small value may contain the same large string or array many times.
 */
class JsonWriter {
  readonly #meter: Meter;
  #written = 0;

  constructor(meter: Meter) {
    this.#meter = meter;
  }

  toJson(value: Value, depth: number): JsonValue {
    requireDepth(depth);
    this.#write(2);
    if (value === null || typeof value === 'boolean' || typeof value === 'number') return value;
    if (typeof value === 'string') return this.#text(value);
    if (isArray(value)) return Array.from(value, (item) => this.toJson(item, depth + 1));
    if (value instanceof ObjectValue) {
      return objectOf(
        value.keys.map((key, i): [string, JsonValue] => [
          this.#text(key),
          this.toJson(value.values[i] ?? null, depth + 1),
        ]),
      );
    }
    chargeConversion(value, this.#meter);
    const leaf = leafToJson(value);
    return typeof leaf === 'string' ? this.#text(leaf) : leaf;
  }

  #text(text: string): string {
    this.#write(text.length);
    return text;
  }

  #write(characters: number): void {
    this.#written += characters;
    requireStringLength(this.#written);
  }
}

function leafToJson(value: Value): JsonValue {
  if (isNumber(value)) {
    const [text, double] = [numberText(value), toDouble(value)];
    return String(double) === text ? double : exactNumber(text);
  }
  const text = jsonText(value);
  if (text !== undefined) return text;
  const message =
    value instanceof FunctionValue
      ? `The result is a function${value.name === undefined ? '' : `, \`${value.name}\``}. A call needs parentheses.`
      : 'The result cannot be a claim.';
  throw new MintError('dataweave.unsupported-result', message);
}

/** The string for a value that JSON has no type for. A date has the format that it was made with. */
export function jsonText(value: Value): string | undefined {
  if (isTime(value) && value.format !== undefined) return formatTime(value, value.format);
  return value instanceof Uint8Array ? writtenText(value) : textOf(value);
}
