/**
 * @module
 * A file of an export without one of its parts, for each part. Spaces stand where it was, so that no other place moves.
 */
import { isMap, isPair, isScalar, isSeq, parseAllDocuments } from 'yaml';

export interface Deletion {
  /** The file, and where in it the part was. */
  readonly part: string;
  readonly name: string;
  readonly text: string;
}

export function deletionsIn(name: string, text: string): readonly Deletion[] {
  const parts = name.endsWith('.xml') ? xmlParts(text) : name.endsWith('.yaml') ? yamlParts(text) : [];
  return parts.map(({ path, from, to }) => ({ part: `${name} ${path}`, name, text: blanked(text, from, to) }));
}

function blanked(text: string, from: number, to: number): string {
  return text.slice(0, from) + text.slice(from, to).replace(/[^\n]/g, ' ') + text.slice(to);
}

interface Part {
  readonly path: string;
  readonly from: number;
  readonly to: number;
}

const tag = /<(\/?)([\w-]+)((?:\s+[\w-]+="[^"]*")*)\s*(\/?)>/g;

/** Elements and attributes, of files without comments and CDATA. */
function xmlParts(text: string): readonly Part[] {
  const parts: Part[] = [];
  const open: { readonly path: string; readonly from: number }[] = [];
  for (const { 0: whole, 1: closing, 2: name = '', 3: attributes = '', 4: empty, index } of text.matchAll(tag)) {
    const to = index + whole.length;
    if (closing !== '') {
      const { path = '', from = 0 } = open.pop() ?? {};
      parts.push({ path, from, to });
      continue;
    }
    const path = `${open.at(-1)?.path ?? ''}/${name}`;
    for (const { 0: attribute, 1: key, index: at } of attributes.matchAll(/\s+([\w-]+)="[^"]*"/g)) {
      const from = index + 1 + name.length + at;
      parts.push({ path: `${path}@${key}`, from, to: from + attribute.length });
    }
    if (empty === '') open.push({ path, from: index });
    else parts.push({ path, from: index, to });
  }
  return parts;
}

/** Members and items, of files in block style. */
function yamlParts(text: string): readonly Part[] {
  return parseAllDocuments(text).flatMap((document) => ('contents' in document ? partsIn(document.contents, '') : []));
}

function partsIn(node: unknown, path: string): readonly Part[] {
  if (!isMap(node) && !isSeq(node)) return [];
  return node.items.flatMap((item: unknown, index): readonly Part[] => {
    const [first, value] = isPair(item) ? [item.key, item.value] : [item, item];
    const own = `${path}/${isPair(item) && isScalar(item.key) ? String(item.key.value) : index}`;
    const [from] = rangeOf(first);
    const [, to] = value === null ? rangeOf(first) : rangeOf(value);
    return [{ path: own, from, to }, ...partsIn(value, own)];
  });
}

function rangeOf(node: unknown): readonly [from: number, to: number] {
  const range = isScalar(node) || isMap(node) || isSeq(node) ? node.range : undefined;
  if (!range) throw new TypeError('the node has no place');
  return [range[0], range[1]];
}
