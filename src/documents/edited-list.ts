/**
 * @module
 * Edits a list of maps in the text of a YAML file: members are set, items are removed and added. Everything else stays
 * as it is, comments, order and layout included; the `yaml` package only says where things are.
 *
 * The result is read again and compared with what it must say: a layout that is not understood here is never written.
 */
import { isDeepStrictEqual } from 'node:util';
import { type Document, isMap, isPair, isScalar, isSeq, type Node, type Pair, parseDocument, type YAMLMap } from 'yaml';
import { yamlFlow } from './write-yaml.ts';
import type { YamlPath } from './yaml-places.ts';

/** A map of a list. Its values are strings. */
export type ListItem = Readonly<Record<string, string>>;

export interface ListEdit {
  /** Where the list is. */
  readonly path: YamlPath;
  /** By the index of the item: the members that are set. A member that is not there is added as the last one. */
  readonly set: ReadonlyMap<number, ListItem>;
  /** The indexes of the items that are removed. The last item cannot be removed. */
  readonly removed: ReadonlySet<number>;
  /** Added after the last item. */
  readonly added: readonly ListItem[];
}

/** The new text; undefined if the list is written in a way that is not understood here, such as with an alias. */
export function editList(text: string, edit: ListEdit): string | undefined {
  const document = parseDocument(text);
  const list = document.errors.length === 0 ? document.getIn(edit.path, true) : undefined;
  if (!isSeq(list) || list.items.length === 0 || !list.items.every((item) => isMap(item) && hasRange(item))) {
    return undefined;
  }
  const splices = splicesOf(text, list.items as RangedMap[], list.flow === true, edit);
  if (splices === undefined) return undefined;
  const edited = spliced(text, splices);
  const read = parseDocument(edited);
  if (read.errors.length > 0 || !isDeepStrictEqual(read.toJS(), expected(document, edit))) return undefined;
  return edited;
}

function expected(document: Document, { path, set, removed, added }: ListEdit): unknown {
  const value = structuredClone(document.toJS());
  const list = path.reduce((inner: never, name) => inner[name], value as never) as ListItem[];
  const items = list.map((item, index) => ({ ...item, ...set.get(index) }));
  list.splice(0, list.length, ...items.filter((_, index) => !removed.has(index)), ...added);
  return value;
}

type RangedMap = YAMLMap & { readonly range: NonNullable<Node['range']> };

function hasRange(item: YAMLMap): item is RangedMap {
  return item.range !== undefined && item.range !== null && item.items.length > 0;
}

/** The text between two offsets is replaced. */
interface Splice {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

function spliced(text: string, splices: readonly Splice[]): string {
  let edited = text;
  for (const splice of splices.toSorted((a, b) => b.from - a.from)) {
    edited = edited.slice(0, splice.from) + splice.text + edited.slice(splice.to);
  }
  return edited;
}

/** Undefined if one of the changes cannot be written. */
function splicesOf(
  text: string,
  items: readonly RangedMap[],
  isFlow: boolean,
  { set, removed, added }: ListEdit,
): readonly Splice[] | undefined {
  const changes = items.flatMap((item, index): readonly (Splice | undefined)[] => {
    if (removed.has(index)) return [isFlow ? withoutFlowItem(item, items[index + 1]) : withoutBlockItem(text, item)];
    return withMembers(text, item, Object.entries(set.get(index) ?? {}));
  });
  const last = items.at(-1);
  if (last !== undefined && added.length > 0) {
    changes.push(isFlow ? flowAddition(last, added) : blockAddition(text, last, added));
  }
  const splices = changes.filter((change) => change !== undefined);
  return splices.length < changes.length ? undefined : splices.reduce(joined, []);
}

/** Members and an item may be added at the same place, the end of the last item: the members come first. */
function joined(splices: readonly Splice[], next: Splice): readonly Splice[] {
  const same = splices.find(({ from, to }) => from === to && from === next.from && to === next.to);
  if (same === undefined) return [...splices, next];
  return splices.map((splice) => (splice === same ? { ...same, text: same.text + next.text } : splice));
}

function withoutFlowItem({ range }: RangedMap, next: RangedMap | undefined): Splice | undefined {
  return next && { from: range[0], to: next.range[0], text: '' };
}

/** Comments above an item stay: they may be about the list. */
function withoutBlockItem(text: string, item: RangedMap): Splice | undefined {
  const dash = dashBefore(text, item);
  if (dash === undefined) return undefined;
  return { from: text.lastIndexOf('\n', dash.at) + 1, to: endOfLine(text, contentEnd(item)), text: '' };
}

function withMembers(
  text: string,
  item: RangedMap,
  members: readonly (readonly [string, string])[],
): readonly (Splice | undefined)[] {
  if (members.length === 0) return [];
  const known = new Map(item.items.filter(isPair).map((pair) => [isScalar(pair.key) ? pair.key.value : '', pair]));
  const isJson = isQuoted(item);
  const set = members
    .filter(([name]) => known.has(name))
    .map(([name, value]) => withValue(known.get(name), value, isJson));
  const missing = members.filter(([name]) => !known.has(name));
  if (missing.length === 0) return set;
  if (item.flow === true) {
    const end = contentEnd(item.items.at(-1)?.value);
    const added = missing.map((member) => `, ${flowMember(member, isJson)}`).join('');
    return [...set, end === undefined ? undefined : { from: end, to: end, text: added }];
  }
  const column = columnOf(text, item.range[0]);
  return [
    ...set,
    linesAfter(
      text,
      contentEnd(item),
      missing.map((member) => `${' '.repeat(column)}${blockMember(member)}`),
    ),
  ];
}

function withValue(pair: Pair | undefined, value: string, isJson: boolean): Splice | undefined {
  const node = pair?.value;
  if (!isScalar(node) || !node.range) return undefined;
  return { from: node.range[0], to: node.range[1], text: isJson ? JSON.stringify(value) : yamlFlow(value) };
}

function flowAddition(last: RangedMap, added: readonly ListItem[]): Splice {
  const text = added.map((item) => `, ${flowItem(item, isQuoted(last))}`).join('');
  return { from: last.range[1], to: last.range[1], text };
}

function blockAddition(text: string, last: RangedMap, added: readonly ListItem[]): Splice | undefined {
  const dash = dashBefore(text, last);
  if (dash === undefined) return undefined;
  const indent = ' '.repeat(columnOf(text, dash.at));
  const isFlow = last.flow === true;
  const lines = added.flatMap((item) => {
    if (isFlow) return [`${indent}- ${flowItem(item, isQuoted(last))}`];
    return Object.entries(item).map((member, index) => `${indent}${index === 0 ? '- ' : '  '}${blockMember(member)}`);
  });
  return linesAfter(text, contentEnd(last), lines);
}

function flowItem(item: ListItem, isJson: boolean): string {
  const members = Object.entries(item).map((member) => flowMember(member, isJson));
  return isJson ? `{${members.join(',')}}` : `{ ${members.join(', ')} }`;
}

function flowMember([name, value]: readonly [string, string], isJson: boolean): string {
  return isJson ? `${JSON.stringify(name)}:${JSON.stringify(value)}` : `${name}: ${yamlFlow(value)}`;
}

function blockMember([name, value]: readonly [string, string]): string {
  return `${name}: ${yamlFlow(value)}`;
}

/** A file that is JSON stays JSON. */
function isQuoted({ items }: YAMLMap): boolean {
  const key = items.find(isPair)?.key;
  return isScalar(key) && key.type === 'QUOTE_DOUBLE';
}

/** The dash of an item of a block list; undefined if something else is before the item. */
function dashBefore(text: string, { range }: RangedMap): { readonly at: number } | undefined {
  const before = /^[ ]*-[ ]+$/.exec(text.slice(text.lastIndexOf('\n', range[0] - 1) + 1, range[0]));
  return before === null ? undefined : { at: range[0] - before[0].length + before[0].indexOf('-') };
}

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1);
}

/** Where the content of a node ends. A block collection may include the lines after it. */
function contentEnd(node: unknown): number | undefined {
  if (isMap(node) && node.flow !== true) {
    const last = node.items.filter(isPair).at(-1);
    return contentEnd(last?.value);
  }
  const range = typeof node === 'object' && node !== null && 'range' in node ? (node as Node).range : undefined;
  return range?.[1];
}

/** The offset after the end of the line. */
function endOfLine(text: string, offset = text.length): number {
  if (offset > 0 && text[offset - 1] === '\n') return offset;
  const end = text.indexOf('\n', offset);
  return end === -1 ? text.length : end + 1;
}

/** Adds lines after the line in which the content ends. */
function linesAfter(text: string, content: number | undefined, lines: readonly string[]): Splice | undefined {
  if (content === undefined) return undefined;
  const at = endOfLine(text, content);
  const end = text.includes('\r\n') ? '\r\n' : '\n';
  const isAtEnd = at === text.length && !text.endsWith('\n');
  const added = isAtEnd ? lines.map((line) => `${end}${line}`) : lines.map((line) => `${line}${end}`);
  return { from: at, to: at, text: added.join('') };
}
