/**
 * @module
 * Writes a YAML document with comments for a person to read and edit. What fits on a line, and has no comment in it, is
 * written on that line.
 */
import { oneLine } from '../diagnostics/one-line.ts';
import { yamlEntry, yamlFlow } from './write-yaml.ts';

/** A value with comment lines before it. */
export class Commented {
  readonly lines: readonly string[];
  readonly value: YamlValue;

  constructor(lines: readonly string[], value: YamlValue) {
    this.lines = lines;
    this.value = value;
  }
}

export type YamlValue =
  | string
  | number
  | boolean
  | null
  | Commented
  | readonly YamlValue[]
  | { readonly [key: string]: YamlValue };

const longestFlow = 100;

/** The entries of a mapping at the top level, each a block. */
export function writeYaml(entries: { readonly [key: string]: YamlValue }): string {
  return blockEntries(entries, '')
    .map((line) => `${line}\n`)
    .join('');
}

function blockEntries(entries: { readonly [key: string]: YamlValue }, indent: string): readonly string[] {
  return Object.entries(entries).flatMap(([key, value]) => entryLines(key, value, indent));
}

function entryLines(key: string, value: YamlValue, indent: string): readonly string[] {
  if (value instanceof Commented) return [...commentLines(value, indent), ...entryLines(key, value.value, indent)];
  const flow = flowOf(value, (plain) => yamlEntry(key, plain), indent);
  if (flow !== undefined) return [`${indent}${flow}`];
  const head = `${indent}${yamlFlow(key)}:`;
  return [head, ...(isList(value) ? listLines(value, indent) : blockEntries(asMap(value), `${indent}  `))];
}

function listLines(items: readonly YamlValue[], indent: string): readonly string[] {
  return items.flatMap((item) => itemLines(item, `${indent}  `));
}

function itemLines(item: YamlValue, indent: string): readonly string[] {
  if (item instanceof Commented) return [...commentLines(item, indent), ...itemLines(item.value, indent)];
  const flow = flowOf(item, yamlFlow, indent);
  if (flow !== undefined) return [`${indent}- ${flow}`];
  // A list in a list is only in values that were given as they are.
  if (isList(item)) return [`${indent}- ${yamlFlow(withoutComments(item))}`];
  const lines = blockEntries(asMap(item), `${indent}  `);
  const first = lines.findIndex((line) => !line.trimStart().startsWith('#'));
  return lines.map((line, index) => (index === first ? `${indent}- ${line.slice(indent.length + 2)}` : line));
}

/** On one line; undefined if it is too long or has a comment. A scalar is always on one line. */
function flowOf(value: YamlValue, write: (plain: unknown) => string, indent: string): string | undefined {
  if (hasComment(value)) return undefined;
  const flow = write(value);
  const isEmpty = isCollection(value) && Object.keys(value).length === 0;
  return !isCollection(value) || isEmpty || indent.length + flow.length <= longestFlow ? flow : undefined;
}

function hasComment(value: YamlValue): boolean {
  if (value instanceof Commented) return true;
  return isCollection(value) && Object.values(value).some(hasComment);
}

function commentLines({ lines }: Commented, indent: string): readonly string[] {
  return lines.map((line) => (line === '' ? `${indent}#` : `${indent}# ${oneLine(line)}`));
}

function withoutComments(value: YamlValue): unknown {
  if (value instanceof Commented) return withoutComments(value.value);
  if (isList(value)) return value.map(withoutComments);
  if (!isCollection(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutComments(inner)]));
}

function isCollection(value: YamlValue): value is readonly YamlValue[] | { readonly [key: string]: YamlValue } {
  return typeof value === 'object' && value !== null;
}

function isList(value: YamlValue): value is readonly YamlValue[] {
  return Array.isArray(value);
}

function asMap(value: YamlValue): { readonly [key: string]: YamlValue } {
  return isCollection(value) && !isList(value) && !(value instanceof Commented) ? value : {};
}
