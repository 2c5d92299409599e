/**
 * @module
 * A text that counts how often it is read. The regular-expression engine looks at each character a bounded number of
 * times for one match, but a search for all matches may look at the rest of the text once for each of them: what it
 * really reads is what is paid for.
 */
import type { Meter } from './bounds.ts';

/** One character visits each state of the pattern at worst; so many visits count as one step. */
const visitsPerStep = 32;

/** Characters that are skipped by searching for a text cost less. */
const skippedPerStep = 2048;

/** The engine takes objects of String as it takes strings, and asks them for nothing else. */
export class CountedText extends String {
  readonly #text: string;
  readonly #meter: Meter;
  /** Reads for one step. */
  readonly #readsPerStep: number;
  /** Steps for one read, where a read costs more than one. */
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
