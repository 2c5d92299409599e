/**
 * @module
 * The form of a case, as a view of its YAML: it reads the members that it shows, and an edit changes these alone.
 *
 * The text is parsed with YAML's failsafe schema, so that each scalar stays as it is written: numbers keep their
 * digits, quotes stay, and so do comments, other members and the order.
 */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  Pair,
  parseDocument,
  Scalar,
  stringify,
  YAMLMap,
} from 'yaml';
import type { JsonValue } from '../../diagnostics/json.ts';
import type { Preset } from '../interface.ts';

export type Row = readonly [name: string, value: string];

export interface CaseFields {
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly at: string;
  readonly from: string;
  /** A header that is repeated has a row for each value. */
  readonly headers: readonly Row[];
  /** Values as YAML in one line; undefined for nobody. */
  readonly claims: readonly Row[] | undefined;
  readonly certificate: Readonly<Record<CertificateField, string>>;
  readonly hasCertificate: boolean;
}

export const certificateFields = ['subject', 'uri', 'dns', 'hash'] as const;
export type CertificateField = (typeof certificateFields)[number];

const certificatePaths = {
  subject: ['certificate', 'subject'],
  uri: ['certificate', 'uri'],
  dns: ['certificate', 'dns'],
  hash: ['certificate', 'hash'],
} as const satisfies Record<CertificateField, readonly string[]>;

/** Where each field is in a case. */
const paths = {
  method: ['request', 'method'],
  path: ['request', 'path'],
  host: ['request', 'host'],
  at: ['at'],
  from: ['caller', 'from'],
  ...certificatePaths,
} as const;

export type TextField = keyof typeof paths;

const parsing = { schema: 'failsafe', prettyErrors: false } as const;
const writing = { lineWidth: 0 } as const;
/** An alias of an alias of … would be written out into a huge value. */
const maxAliases = 100;

/** Undefined if the text is not YAML, or not a map. */
export function readFields(text: string): CaseFields | undefined {
  const document = parsed(text);
  if (document === undefined) return undefined;
  const written: unknown = document.getIn(['caller', 'claims'], true);
  const claims = isAlias(written) ? written.resolve(document) : written;
  const scalar = (field: TextField): string => scalarText(document, paths[field]);
  return {
    method: scalar('method'),
    path: scalar('path'),
    host: scalar('host'),
    at: scalar('at'),
    from: scalar('from'),
    headers: headerRows(document),
    claims: isMap(claims) ? claims.items.map((pair) => [keyText(pair), inlineText(pair.value)]) : undefined,
    certificate: { subject: scalar('subject'), uri: scalar('uri'), dns: scalar('dns'), hash: scalar('hash') },
    hasCertificate: isMap(document.get('certificate', true)),
  };
}

/** A document whose top is a map, perhaps an empty one. */
function parsed(text: string): Document | undefined {
  const document: Document = parseDocument(text, parsing);
  if (document.errors.length > 0) return undefined;
  const top: unknown = document.contents;
  if (top === null || (isScalar(top) && top.value === '')) document.contents = new YAMLMap();
  return isMap(document.contents) ? document : undefined;
}

function scalarText(document: Document, path: readonly string[]): string {
  const parent = path.length === 1 ? document.contents : document.get(path[0], true);
  const node = isMap(parent) ? parent.get(path.at(-1), true) : undefined;
  return isScalar(node) ? String(node.value) : '';
}

function keyText(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : '';
}

function headerRows(document: Document): Row[] {
  const request = document.get('request', true);
  const headers = isMap(request) ? request.get('headers', true) : undefined;
  if (!isMap(headers)) return [];
  return headers.items.flatMap((pair) => {
    const values = isSeq(pair.value) ? pair.value.items : [pair.value];
    return values.map((value): Row => [keyText(pair), isScalar(value) ? String(value.value) : '']);
  });
}

/** `alice`, `[admin, ops]`, `{ a: 1 }`, `"42"`: the value in one line, without comments. */
function inlineText(node: unknown): string {
  if (!isNode(node)) return '';
  const copy = node.clone() as Node;
  flatten(copy);
  const holder: Document = parseDocument('', parsing);
  holder.contents = copy;
  return holder.toString(writing).trimEnd();
}

function isNode(node: unknown): node is Node {
  return isScalar(node) || isMap(node) || isSeq(node);
}

/** Makes a copy fit into one line. */
function flatten(node: unknown): void {
  if (!isNode(node)) return;
  node.comment = null;
  node.commentBefore = null;
  if (isScalar(node)) {
    if (node.type === Scalar.BLOCK_FOLDED || node.type === Scalar.BLOCK_LITERAL) node.type = Scalar.QUOTE_DOUBLE;
    return;
  }
  if (!isMap(node) && !isSeq(node)) return;
  node.flow = true;
  for (const item of node.items) {
    if (item instanceof Pair) {
      flatten(item.key);
      flatten(item.value);
    } else flatten(item);
  }
}

/** With another value; an empty one removes the member, so that its default is used. */
export function setField(text: string, field: TextField, value: string): string {
  return edited(text, (document) => {
    const path = paths[field];
    if (value === '') remove(document, path);
    else put(mapAt(document, path.slice(0, -1)), path.at(-1) ?? '', nodeOf(value), isSameText);
  });
}

/** Rows without a name are not written; rows of one name become a list. */
export function setHeaders(text: string, rows: readonly Row[]): string {
  const named = new Map<string, string[]>();
  for (const [name, value] of rows) {
    if (name !== '') named.set(name, [...(named.get(name) ?? []), value]);
  }
  const nodes = [...named].map(([name, values]): [string, Node] => {
    const [first = ''] = values;
    return [name, nodeOf(values.length > 1 ? values : first)];
  });
  return setRows(text, ['request', 'headers'], nodes, isSameText);
}

/** @returns undefined if a value is not YAML in one line */
export function setClaims(text: string, rows: readonly Row[]): string | undefined {
  const nodes: [string, Node][] = [];
  for (const [name, value] of rows) {
    const node = valueNode(value);
    if (node === undefined) return undefined;
    if (name !== '') nodes.push([name, node]);
  }
  return edited(setRows(text, ['caller', 'claims'], nodes), (document) => {
    if (nodes.length === 0) put(mapAt(document, ['caller']), 'claims', emptyMap());
  });
}

/** Whether the value of a claim can be written. */
export function isValue(value: string): boolean {
  return valueNode(value) !== undefined;
}

function valueNode(value: string): Node | undefined {
  if (value.trim() === '' || /[\r\n]/.test(value)) return undefined;
  // As a member of a flow map, where the value has to end.
  const document = parseDocument(`{ a: ${value} }`, parsing);
  if (document.errors.length > 0 || !isMap(document.contents)) return undefined;
  const [pair, ...others] = document.contents.items;
  const node: unknown = pair?.value;
  return others.length === 0 && isNode(node) ? node : undefined;
}

function emptyMap(): YAMLMap {
  const map = new YAMLMap();
  map.flow = true;
  return map;
}

/** Replaces what a preset knows: its caller and its certificate. */
export function applyPreset(text: string, members: Preset['members']): string {
  return edited(text, (document) => {
    for (const [name, value] of Object.entries(members)) {
      if (value === null) document.delete(name);
      else put(mapAt(document, []), name, nodeOf(value as JsonValue));
    }
  });
}

/** Whether the case has just what the preset would give it. */
export function hasPreset(text: string, members: Preset['members']): boolean {
  const is = parseDocument(text, { prettyErrors: false });
  if (is.errors.length > 0) return false;
  const value: unknown = is.toJS({ maxAliasCount: maxAliases });
  const record = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  return (['caller', 'certificate'] as const).every(
    (name) => JSON.stringify(record[name] ?? null) === JSON.stringify(members[name]),
  );
}

/** The text stays as it is if it cannot be parsed: then the form is not shown. */
function edited(text: string, edit: (document: Document) => void): string {
  const document = parsed(text);
  if (document === undefined) return text;
  edit(document);
  const written = document.toString(writing);
  return written === '{}\n' ? '' : written;
}

/** Whether two values are the same, so that the older one stays as it is written. */
type Same = (old: Node, node: Node) => boolean;

const isSameValue: Same = (old, node) => inlineText(old) === inlineText(node);
/** Where each scalar is a string, quotes make no difference. */
const isSameText: Same = (old, node) =>
  isScalar(old) && isScalar(node) ? old.value === node.value : isSameValue(old, node);

function setRows(
  text: string,
  path: readonly string[],
  rows: readonly (readonly [string, Node])[],
  isSame: Same = isSameValue,
): string {
  return edited(text, (document) => {
    if (rows.length === 0) return remove(document, path);
    const map = mapAt(document, path);
    const names = new Set(rows.map(([name]) => name));
    // A name that alone is different was changed: what stands around it stays.
    if (map.items.length === rows.length) rename(map, rows);
    map.items = map.items.filter((pair) => names.has(keyText(pair)));
    for (const [name, node] of rows) put(map, name, node, isSame);
  });
}

function rename(map: YAMLMap, rows: readonly (readonly [string, Node])[]): void {
  const present = new Set(map.items.map(keyText));
  for (const [index, [name]] of rows.entries()) {
    const key: unknown = map.items[index]?.key;
    if (isScalar(key) && !present.has(name)) key.value = name;
  }
}

/** Puts a value where another one was, with the comments of that. */
function put(map: YAMLMap, name: string, node: Node, isSame: Same = isSameValue): void {
  const pair = map.items.find((item) => keyText(item) === name);
  if (pair === undefined) {
    map.items.push(new Pair(nodeOf(name), node));
    return;
  }
  const old: unknown = pair.value;
  if (isNode(old)) {
    if (isSame(old, node)) return;
    node.comment = old.comment ?? null;
    node.commentBefore = old.commentBefore ?? null;
    if (old.spaceBefore === true) node.spaceBefore = true;
  }
  pair.value = node;
}

/** The map at a path; it is made where something else or nothing is. */
function mapAt(document: Document, path: readonly string[]): YAMLMap {
  let map = document.contents;
  if (!isMap(map)) throw new Error('The top of a case is a map.');
  for (const name of path) {
    const inner: unknown = map.get(name, true);
    const next: YAMLMap = isMap(inner) ? (inner as YAMLMap) : new YAMLMap();
    if (next !== inner) {
      next.flow = map.flow === true;
      put(map as YAMLMap, name, next);
    }
    map = next;
  }
  return map as YAMLMap;
}

/** Removes a member, and the maps around it that are empty then. */
function remove(document: Document, path: readonly string[]): void {
  if (!document.hasIn(path)) return;
  document.deleteIn(path);
  const around = path.slice(0, -1);
  const parent = around.length > 0 ? document.getIn(around, true) : undefined;
  if (isMap(parent) && parent.items.length === 0) document.deleteIn(around);
}

/** Quoted where YAML would read another type. */
function nodeOf(value: JsonValue): Node {
  const text = stringify(value, { lineWidth: 0, blockQuote: false });
  const node: unknown = parseDocument(text, parsing).contents;
  if (!isNode(node)) throw new Error('A JSON value can be written as YAML.');
  return node;
}
