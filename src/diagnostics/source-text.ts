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

/** `file:line:column`, as editors and terminals link it. */
export function placeText({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`;
}

/** A part of a file: the offsets of its first character, and of the one behind its last. */
export type Range = readonly [start: number, end: number];

/** What of a kind of file may be shown, whatever its author wrote (`shown-lines.ts`). */
export interface Harmless {
  /** The words of the product that stand in such files: keys, elements, algorithms. */
  words(): ReadonlySet<string>;
  /** The parts of a file's text that stand where nobody would write a secret. */
  ranges(text: string): readonly Range[];
}

const nothingHarmless: Harmless = { words: () => new Set(), ranges: () => [] };

/** All of a text: for one that its author is typing at this moment. */
export const whollyHarmless: Harmless = { words: () => new Set(), ranges: (text) => [[0, text.length]] };

/** What all texts of one file share. */
class File {
  readonly name: string;
  readonly text: string;
  harmless: Harmless = nothingHarmless;
  #lineStarts: number[] | undefined;

  constructor(name: string, text: string) {
    this.name = name;
    this.text = text;
  }

  /** Where each line begins; found once, however many texts of the file are asked for places. */
  get lineStarts(): readonly number[] {
    if (this.#lineStarts !== undefined) return this.#lineStarts;
    const starts = [0];
    for (let at = this.text.indexOf('\n'); at !== -1; at = this.text.indexOf('\n', at + 1)) starts.push(at + 1);
    this.#lineStarts = starts;
    return starts;
  }
}

export class SourceText {
  readonly text: string;
  readonly #whole: File;
  /** For each character the offset in the file; undefined where the characters stand there one after the other. */
  readonly #offsets: ArrayLike<number> | undefined;
  /** Where this text begins among `#offsets`, or in the file: a part shares the offsets of what it is a part of. */
  readonly #start: number;

  private constructor(text: string, whole: File, offsets: ArrayLike<number> | undefined, start: number) {
    this.text = text;
    this.#whole = whole;
    this.#offsets = offsets;
    this.#start = start;
  }

  get file(): string {
    return this.#whole.name;
  }

  /** What stands for the whole file: the same for every text of it. */
  get whole(): object {
    return this.#whole;
  }

  /** The text of a whole file (or of a command line argument, under a name such as `expression`). */
  static ofFile(file: string, text: string): SourceText {
    return new SourceText(text, new File(file, text), undefined, 0);
  }

  /** Says what of the file may be shown; until then, nothing but punctuation. */
  describe(harmless: Harmless): this {
    this.#whole.harmless = harmless;
    return this;
  }

  /** Whether a word is one of the product's, so that a message may repeat it. */
  knows(word: string): boolean {
    return this.#whole.harmless.words().has(word);
  }

  /** The parts of the file that stand where nobody would write a secret. */
  harmlessRanges(): readonly Range[] {
    return this.#whole.harmless.ranges(this.#whole.text);
  }

  /**
   * A text found inside this one.
   *
   * @param text the inner text as its reader delivers it
   * @param offsets for each character of `text`, and one more for its end, its offset in this text
   */
  embed(text: string, offsets: ArrayLike<number>): SourceText {
    const isPlain = this.#offsets === undefined && this.#start === 0;
    const toWhole = isPlain ? offsets : Array.from(offsets, (offset) => this.#toWhole(offset));
    return new SourceText(text, this.#whole, toWhole, 0);
  }

  /** The part from `start` (inclusive) to `end` (exclusive), at the same places. */
  slice(start: number, end: number = this.text.length): SourceText {
    return new SourceText(this.text.slice(start, end), this.#whole, this.#offsets, this.#start + start);
  }

  /** The offset in the file of the character at `offset` of this text. */
  offsetAt(offset: number): number {
    return this.#toWhole(offset);
  }

  /** Where the character at `offset` of this text stands in the file. */
  placeAt(offset: number): Place {
    const at = this.#toWhole(offset);
    const starts = this.#whole.lineStarts;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return { file: this.file, line: low + 1, column: at - (starts[low] ?? 0) + 1 };
  }

  /** The offset in the file at which a line begins; `line` counts from 1. */
  lineStart(line: number): number {
    return this.#whole.lineStarts[line - 1] ?? this.#whole.text.length;
  }

  /** A line of the file, without its line break; `line` counts from 1. */
  lineText(line: number): string {
    const starts = this.#whole.lineStarts;
    const start = starts[line - 1];
    if (start === undefined) return '';
    const next = starts[line];
    const text = this.#whole.text.slice(start, next === undefined ? undefined : next - 1);
    return text.endsWith('\r') ? text.slice(0, -1) : text;
  }

  #toWhole(offset: number): number {
    const at = this.#start + Math.min(Math.max(offset, 0), this.text.length);
    return this.#offsets === undefined ? at : clampedAt(this.#offsets, at);
  }
}

function clampedAt(offsets: ArrayLike<number>, index: number): number {
  return offsets[Math.min(Math.max(index, 0), offsets.length - 1)] ?? 0;
}
