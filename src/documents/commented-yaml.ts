/**
 * @module
 * Writes YAML with comments for a user to read and to change: block style, two spaces for each level, comments above
 * what they explain, and parts that are proposed only as comments.
 */
import { yamlFlow } from './write-yaml.ts';

/** Data of a file that is written. An entry of a map whose value is undefined is left out. */
export type Written =
  | string
  | number
  | boolean
  | Flow
  | Literal
  | Noted
  | Proposed
  | readonly Written[]
  | { readonly [key: string]: Written | undefined };

/** A value that is written on one line. */
export class Flow {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }
}

/**
 * A text of several lines that is the value of a key, written as it is. It begins with a letter, ends with a line break
 * and has no other control characters.
 */
export class Literal {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** An entry of a map or list with a comment above it. */
export class Noted {
  readonly comment: string;
  readonly value: Written;

  constructor(comment: string, value: Written) {
    this.comment = comment;
    this.value = value;
  }
}

/** An entry that is written as a comment: it is in force once `# ` is removed from its lines. */
export class Proposed {
  /** What to do with it. */
  readonly comment: string;
  readonly value: Written;

  constructor(comment: string, value: Written) {
    this.comment = comment;
    this.value = value;
  }
}

/** One entry on one line, with a comment above it. */
export function notedFlow(comment: string, value: unknown): Noted {
  return new Noted(comment, new Flow(value));
}

/** @param documents written one after the other, with `---` between them */
export function commentedYaml(heading: string, documents: readonly Written[]): string {
  const bodies = documents.map((document) => `${linesOf(document, 0).join('\n')}\n`);
  return `${commentLines(heading, 0).join('\n')}\n\n${bodies.join('---\n')}`;
}

const maxColumns = 120;

function linesOf(value: Written, indent: number): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item: Written) => entryLines(item, indent, itemLines));
  if (!isMap(value)) return [`${spaces(indent)}${onOneLine(value)}`];
  return Object.entries(value).flatMap(([key, own]) =>
    own === undefined ? [] : entryLines(own, indent, (bare, at) => memberLines(key, bare, at)),
  );
}

/** An entry with its comment. @param write writes the entry without it */
function entryLines(
  entry: Written,
  indent: number,
  write: (bare: Written, indent: number) => readonly string[],
): readonly string[] {
  if (entry instanceof Noted) return [...commentLines(entry.comment, indent), ...write(entry.value, indent)];
  if (!(entry instanceof Proposed)) return write(entry, indent);
  const proposed = write(entry.value, 0).map((line) => `${spaces(indent)}# ${line}`);
  return [...commentLines(entry.comment, indent), ...proposed];
}

function itemLines(item: Written, indent: number): readonly string[] {
  if (!isBlock(item)) return [`${spaces(indent)}- ${onOneLine(item)}`];
  const lines = linesOf(item, indent + 2);
  const [first = ''] = lines;
  // A comment on the line of the dash would be easy to overlook.
  if (first.trimStart().startsWith('#')) return [`${spaces(indent)}-`, ...lines];
  return [`${spaces(indent)}- ${first.trimStart()}`, ...lines.slice(1)];
}

function memberLines(key: string, value: Written, indent: number): readonly string[] {
  const name = `${spaces(indent)}${yamlFlow(key)}:`;
  if (value instanceof Literal) return [`${name} |`, ...literalLines(value, indent + 2)];
  return isBlock(value) ? [name, ...linesOf(value, indent + 2)] : [`${name} ${onOneLine(value)}`];
}

function literalLines({ text }: Literal, indent: number): readonly string[] {
  const lines = text.trimEnd().split('\n');
  return lines.map((line) => (line === '' ? '' : `${spaces(indent)}${line}`));
}

/** Whether a value takes lines of its own. */
function isBlock(value: Written): value is readonly Written[] | { readonly [key: string]: Written | undefined } {
  if (Array.isArray(value)) return value.length > 0;
  return isMap(value) && Object.values(value).some((own) => own !== undefined);
}

function onOneLine(value: Written): string {
  if (value instanceof Literal) return yamlFlow(value.text);
  return yamlFlow(value instanceof Flow ? value.value : value);
}

function isMap(value: Written): value is { readonly [key: string]: Written | undefined } {
  return typeof value === 'object' && !Array.isArray(value) && Object.getPrototypeOf(value) === Object.prototype;
}

/** Paragraphs are separated by line breaks; each is wrapped. */
function commentLines(text: string, indent: number): readonly string[] {
  const width = maxColumns - indent - '# '.length;
  return text.split('\n').flatMap((paragraph) => wrapped(paragraph, width).map((line) => comment(line, indent)));
}

/** A carriage return would end the comment, and what follows would be data. */
function comment(line: string, indent: number): string {
  return `${spaces(indent)}# ${line.replace(/\p{C}|[\u2028\u2029]/gu, '?')}`.trimEnd();
}

function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

function spaces(count: number): string {
  return ' '.repeat(count);
}
