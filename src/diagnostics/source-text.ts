/**
 * @module
 * Text that an author wrote, with the place in a file of each of its characters.
 *
 * The expression of a policy is inside a YAML or XML scalar, whose text differs from the file (indentation removed,
 * lines folded, escapes resolved). `embed` keeps the mapping, so that an error in the expression points into the file.
 */

/** A place in a file; both numbers count from 1, columns in UTF-16 units as editors do. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** `file:line:column`, which editors and terminals turn into a link. */
export function placeText({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`;
}

/** A part of a file: the offset of its first character, and the offset after its last. */
export type Range = readonly [start: number, end: number];

/** What may be shown of a kind of file, whatever its author wrote (`shown-lines.ts`). */
export interface Harmless {
  /** The words of the product in such files: keys, elements, algorithms. */
  words(): ReadonlySet<string>;
  /** The parts of the text at places where nobody would write a secret. */
  ranges(text: string): readonly Range[];
}

const nothingHarmless: Harmless = { words: () => new Set(), ranges: () => [] };

/** The whole text: for one that the user is typing. */
export const whollyHarmless: Harmless = { words: () => new Set(), ranges: (text) => [[0, text.length]] };

/** What all parts of one file share. */
class File {
  readonly name: string;
  readonly text: string;
  harmless: Harmless = nothingHarmless;
  #lineStarts: number[] | undefined;

  constructor(name: string, text: string) {
    this.name = name;
    this.text = text;
  }

  /** The offset of each line; computed once. */
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
  /** The offset in the file of each character; undefined if the characters are contiguous there. */
  readonly #offsets: ArrayLike<number> | undefined;
  /** The start of this text in `#offsets` or in the file: a slice shares the offsets of its source. */
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

  /** Identifies the file: the same object for every text of it. */
  get whole(): object {
    return this.#whole;
  }

  /** The text of a whole file (or of a command line argument, under a name such as `expression`). */
  static ofFile(file: string, text: string): SourceText {
    return new SourceText(text, new File(file, text), undefined, 0);
  }

  /** Sets what may be shown of the file; without it, only punctuation. */
  describe(harmless: Harmless): this {
    this.#whole.harmless = harmless;
    return this;
  }

  /** Whether a word is one of the product's, so that a message may repeat it. */
  knows(word: string): boolean {
    return this.#whole.harmless.words().has(word);
  }

  /** The parts of the file at places where nobody would write a secret. */
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

  /** The place in the file of the character at `offset` of this text. */
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
