/**
 * @module
 * A piece of text that an author wrote, and where each of its characters stands in a file.
 *
 * A policy's expression sits inside a YAML or XML scalar whose text differs from the file's (indentation removed,
 * lines folded, escapes resolved). `embed` keeps the way back, so an error in the expression points into the file.
 */

/** A place in a file; both numbers count from 1, columns in UTF-16 units as editors do. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export class SourceText {
  readonly file: string;
  readonly text: string;
  readonly #whole: string;
  readonly #offsets: ArrayLike<number> | undefined;
  #lineStarts: number[] | undefined;

  private constructor(file: string, text: string, whole: string, offsets: ArrayLike<number> | undefined) {
    this.file = file;
    this.text = text;
    this.#whole = whole;
    this.#offsets = offsets;
  }

  /** The text of a whole file (or of a command line argument, under a name such as `expression`). */
  static ofFile(file: string, text: string): SourceText {
    return new SourceText(file, text, text, undefined);
  }

  /**
   * A text found inside this one.
   *
   * @param text the inner text as its reader delivers it
   * @param offsets for each character of `text`, and one more for its end, its offset in this text
   */
  embed(text: string, offsets: ArrayLike<number>): SourceText {
    const own = this.#offsets;
    const toWhole = own === undefined ? offsets : Array.from(offsets, (offset) => clampedAt(own, offset));
    return new SourceText(this.file, text, this.#whole, toWhole);
  }

  /** The part from `start` (inclusive) to `end` (exclusive), at the same places. */
  slice(start: number, end: number = this.text.length): SourceText {
    const offsets = Array.from({ length: end - start + 1 }, (_, i) => this.#toWhole(start + i));
    return new SourceText(this.file, this.text.slice(start, end), this.#whole, offsets);
  }

  /** The offset in the file of the character at `offset` of this text. */
  offsetAt(offset: number): number {
    return this.#toWhole(offset);
  }

  /** Where the character at `offset` of this text stands in the file. */
  placeAt(offset: number): Place {
    const at = this.#toWhole(offset);
    const starts = this.#starts();
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return { file: this.file, line: low + 1, column: at - (starts[low] ?? 0) + 1 };
  }

  /** A line of the file, without its line break; `line` counts from 1. */
  lineText(line: number): string {
    const starts = this.#starts();
    const start = starts[line - 1];
    if (start === undefined) return '';
    const next = starts[line];
    return this.#whole.slice(start, next === undefined ? undefined : next - 1).replace(/\r$/, '');
  }

  #toWhole(offset: number): number {
    return this.#offsets === undefined ? offset : clampedAt(this.#offsets, offset);
  }

  #starts(): number[] {
    if (this.#lineStarts === undefined) {
      this.#lineStarts = [0];
      for (let at = this.#whole.indexOf('\n'); at !== -1; at = this.#whole.indexOf('\n', at + 1)) {
        this.#lineStarts.push(at + 1);
      }
    }
    return this.#lineStarts;
  }
}

function clampedAt(offsets: ArrayLike<number>, index: number): number {
  return offsets[Math.min(Math.max(index, 0), offsets.length - 1)] ?? 0;
}
