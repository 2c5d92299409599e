/**
 * @module
 * A string that charges each read of a character. The regular-expression engine reads each character a bounded number
 * of times per match, but a search for all matches may read the rest of the string for each of them.
 */
import type { Meter } from './bounds.ts';

/** Each character visits every state of the pattern at worst. This many visits are one step. */
const visitsPerStep = 32;

/** Characters that `indexOf` skips in one step. */
const skippedPerStep = 2048;

/** The engine calls these two methods only. */
export class CountedText extends String {
  readonly #text: string;
  readonly #meter: Meter;
  /** Reads in one step. */
  readonly #readsPerStep: number;
  /** Steps of one read, if a read costs more than one step. */
  readonly #steps: number;
  #left: number;

  constructor(text: string, states: number, meter: Meter) {
    super(text);
    this.#text = text;
    this.#meter = meter;
    this.#readsPerStep = Math.max(1, Math.floor(visitsPerStep / states));
    this.#steps = Math.ceil(states / visitsPerStep);
    this.#left = this.#readsPerStep;
  }

  override charCodeAt(at: number): number {
    this.#left -= 1;
    if (this.#left < 0) {
      this.#meter.charge(this.#steps);
      this.#left = this.#readsPerStep;
    }
    return this.#text.charCodeAt(at);
  }

  override indexOf(part: string, from = 0): number {
    const at = this.#text.indexOf(part, from);
    const end = at === -1 ? this.#text.length : at;
    this.#meter.charge(Math.ceil(Math.max(0, end - from) / skippedPerStep));
    return at;
  }
}
