/**
 * @module
 * Where in a YAML file the cursor is: which keys and lists lead there, and whether a key or a value is being written.
 *
 * Between `{ }` and `[ ]` the syntax tree says it. Outside, indentation does: it is right for a line that is still
 * empty, which no tree has.
 */
import type { EditorState, Text } from '@codemirror/state';
import type { SyntaxNode } from '@lezer/common';
import { parsedTree } from './parsed-tree.ts';

export interface YamlPlace {
  readonly kind: 'key' | 'value';
  /** Names, with `[]` for each list inside: `policies[]`, `key`. Of a value, its key is the last. */
  readonly path: readonly string[];
  /** The start of the word at the cursor. */
  readonly from: number;
}

/** Undefined in a comment or in a block of text. */
export function yamlPlace(state: EditorState, at: number): YamlPlace | undefined {
  const node = parsedTree(state, at).resolve(at, -1);
  if (isInside(node, /^Comment$/)) return undefined;
  const flow = outermostFlow(node, at);
  if (flow === undefined) return blockPlace(state.doc, at);
  const line = state.doc.lineAt(flow.from);
  const path = pathOfBlock(state.doc, line.number, flow.from - line.from);
  return flowPlace(state, flow, at, path);
}

function isInside(node: SyntaxNode, name: RegExp): boolean {
  for (let one: SyntaxNode | null = node; one !== null; one = one.parent) if (name.test(one.name)) return true;
  return false;
}

/** A list without brackets has its items in mappings without braces. */
function isFlow(node: SyntaxNode): boolean {
  return /^[{[]$/.test(node.firstChild?.name ?? '');
}

function holds(flow: SyntaxNode, at: number): boolean {
  const isClosed = /^[}\]]$/.test(flow.lastChild?.name ?? '');
  return flow.from < at && !(isClosed && at >= flow.to);
}

function outermostFlow(node: SyntaxNode, at: number): SyntaxNode | undefined {
  let found: SyntaxNode | undefined;
  for (let one: SyntaxNode | null = node; one !== null; one = one.parent) {
    if (isFlow(one) && holds(one, at)) found = one;
  }
  return found;
}

/** The last entry that begins before the cursor and is not ended by a comma. */
function entryAt(flow: SyntaxNode, at: number): SyntaxNode | undefined {
  let entry: SyntaxNode | undefined;
  for (let child = flow.firstChild; child !== null && child.from < at; child = child.nextSibling) {
    if (child.name === ',') entry = undefined;
    else if (child.name === 'Pair' || child.name === 'Item') entry = child;
  }
  return entry;
}

function flowPlace(state: EditorState, flow: SyntaxNode, at: number, path: readonly string[]): YamlPlace {
  const entry = entryAt(flow, at);
  const isList = flow.name === 'FlowSequence';
  const inside = isList ? withItems(path) : path;
  if (entry === undefined) return { kind: isList ? 'value' : 'key', path: inside, from: at };
  if (isList) return valuePlace(state, itemOf(entry.firstChild), at, inside);
  const colon = entry.getChild(':');
  const key = entry.getChild('Key');
  if (colon === null || at < colon.to) return { kind: 'key', path: inside, from: key?.from ?? at };
  const name = key === null ? '' : withoutQuotes(state.sliceDoc(key.from, key.to));
  return valuePlace(state, colon.nextSibling, at, [...inside, name]);
}

/** An item of a list that is not closed is parsed as the key of a mapping without braces. */
function itemOf(node: SyntaxNode | null): SyntaxNode | null {
  if (node?.name !== 'FlowMapping' || isFlow(node)) return node;
  return node.getChild('Pair')?.getChild('Key')?.firstChild ?? node;
}

function valuePlace(state: EditorState, value: SyntaxNode | null, at: number, path: readonly string[]): YamlPlace {
  if (value === null || value.from >= at || value.name === '⚠') return { kind: 'value', path, from: at };
  if (isFlow(value) && holds(value, at)) return flowPlace(state, value, at, path);
  return { kind: 'value', path, from: value.from };
}

interface Mark {
  readonly kind: 'item' | 'key';
  readonly name: string;
  readonly column: number;
  readonly end: number;
}

const keySyntax = /(?:"([^"]*)"|'([^']*)'|([^\s#'"[\]{},&*!|>%@-][^#:]*?|-[^\s#:][^#:]*?))\s*:(?=\s|$)/y;
const itemSyntax = /-(?:\s+|$)/y;

/** The dashes and the key at the start of a line. */
function marksOf(line: string): readonly Mark[] {
  const marks: Mark[] = [];
  let at = /^\s*/.exec(line)?.[0].length ?? 0;
  for (;;) {
    itemSyntax.lastIndex = at;
    const dash = itemSyntax.exec(line);
    if (dash === null) break;
    marks.push({ kind: 'item', name: '', column: at, end: at + 1 });
    at += dash[0].length;
  }
  keySyntax.lastIndex = at;
  const key = keySyntax.exec(line);
  if (key === null) return marks;
  const [written, double, single, plain] = key;
  return [...marks, { kind: 'key', name: double ?? single ?? plain ?? '', column: at, end: at + written.length }];
}

function blockPlace(doc: Text, at: number): YamlPlace {
  const line = doc.lineAt(at);
  const cursor = at - line.from;
  const marks = marksOf(line.text);
  const key = marks.find((mark) => mark.kind === 'key');
  if (key !== undefined && cursor >= key.end) {
    const path = [...pathOfBlock(doc, line.number, key.column), key.name];
    const start = key.end + (/^\s*/.exec(line.text.slice(key.end, cursor))?.[0].length ?? 0);
    return { kind: 'value', path, from: line.from + start };
  }
  const dash = marks.findLast((mark) => mark.kind === 'item' && mark.end <= cursor);
  const first = dash?.end ?? 0;
  const column = first + (/^\s*/.exec(line.text.slice(first, cursor))?.[0].length ?? 0);
  return { kind: 'key', path: pathOfBlock(doc, line.number, column), from: line.from + column };
}

/** Lines above the cursor that are searched for what leads to it. */
const maxLines = 5000;

/** What leads to a column of a line. @param column of the key or value, which is not part of the path */
function pathOfBlock(doc: Text, lineNumber: number, column: number): readonly string[] {
  const found: Mark[] = [];
  const first = Math.max(1, lineNumber - maxLines);
  for (let n = lineNumber; n >= first && !isTop(found.at(-1)); n -= 1) {
    const marks = marksOf(doc.line(n).text).filter((mark) => n < lineNumber || mark.column < column);
    for (const mark of marks.toReversed()) if (leadsTo(mark, found.at(-1), column)) found.push(mark);
  }
  const path: string[] = [];
  for (const { kind, name } of found.toReversed()) path.push(kind === 'key' ? name : `${path.pop() ?? ''}[]`);
  return path;
}

function isTop(mark: Mark | undefined): boolean {
  return mark?.kind === 'key' && mark.column === 0;
}

/** @param inner the mark that it leads to; undefined for what is at the column */
function leadsTo(mark: Mark, inner: Mark | undefined, column: number): boolean {
  const limit = inner?.column ?? column;
  // A list may be indented as its key is.
  return mark.column < limit || (inner?.kind === 'item' && mark.kind === 'key' && mark.column === limit);
}

function withItems(path: readonly string[]): readonly string[] {
  return [...path.slice(0, -1), `${path.at(-1) ?? ''}[]`];
}

function withoutQuotes(text: string): string {
  return text.replace(/^(["'])(.*)\1$/, '$2');
}

/** Whether a word of the tables belongs to a path; `**` begins a pattern that is the end of the path. */
export function isAtPath(pattern: string, path: readonly string[]): boolean {
  if (pattern === '') return path.length === 0;
  const names = pattern.split('.');
  const isEnd = names[0] === '**';
  const wanted = isEnd ? names.slice(1) : names;
  if (isEnd ? path.length < wanted.length : path.length !== wanted.length) return false;
  const rest = path.slice(path.length - wanted.length);
  return wanted.every((name, i) => name === rest[i] || (name.startsWith('*') && isAny(name, rest[i] ?? '')));
}

/** `*` is any name, `*[]` any name of a list. */
function isAny(pattern: string, name: string): boolean {
  return pattern.endsWith('[]') === name.endsWith('[]');
}
