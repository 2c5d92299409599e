/**
 * @module
 * Values as JSON text with all digits. Many members may read the same large value, so what one answer has of them is
 * bounded: a longer value is replaced by a string that says so.
 */
import type { JsonValue } from '../diagnostics/json.ts';

/** Characters of one value. @internal Exported for the test at the limit. */
export const longestValue = 100_000;
/** Characters of all values of one answer. @internal Exported for the test at the limit. */
export const longestTogether = 4_000_000;

export class ShownValues {
  readonly #known = new WeakMap<object, string>();
  #length = 0;

  jsonOf(value: JsonValue): string {
    const json = this.#textOf(value);
    const isTooLong = json.length > longestValue || this.#length + json.length > longestTogether;
    const shown = isTooLong ? JSON.stringify(`(${json.length} characters of JSON, too many to be shown)`) : json;
    this.#length += shown.length;
    return shown;
  }

  #textOf(value: JsonValue): string {
    if (typeof value !== 'object' || value === null) return JSON.stringify(value);
    const json = this.#known.get(value) ?? JSON.stringify(value);
    this.#known.set(value, json);
    return json;
  }
}
