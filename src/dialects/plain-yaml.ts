/**
 * @module
 * A YAML document as plain data that another process can be handed: its value, and of its places what a policy that was
 * checked already still needs.
 */
import { type Document, isAlias, isMap, isScalar, isSeq, type Node } from 'yaml';
import type { SourceText } from '../diagnostics/source-text.ts';
import type { YamlPath, YamlPlaces } from './located-yaml.ts';

export interface PlainYaml {
  readonly value: unknown;
  readonly root: PlainNode;
}

/** What stands somewhere in a document. */
type PlainNode =
  /** A scalar of which the value is the text, or writes itself so: its offset. */
  | number
  /** A scalar that is written otherwise, such as `1.0`. */
  | readonly [offset: number, text: string]
  | { readonly at: number; readonly items: readonly PlainNode[] }
  | { readonly at: number; readonly members: ReadonlyMap<string, PlainNode> };

export function plainYaml(document: Document.Parsed, value: unknown): PlainYaml {
  return { value, root: plainNode(document.contents, document, new Map()) };
}

/** @param known nodes that aliases lead to, so that repeating one costs nothing */
function plainNode(node: unknown, document: Document, known: Map<Node, PlainNode>): PlainNode {
  if (isAlias(node)) {
    const target = node.resolve(document);
    const before = target && known.get(target);
    return before ?? plainNode(target, document, known);
  }
  const at = offsetOf(node);
  if (isScalar(node)) {
    const text = scalarText(node);
    return text === String(node.value) ? at : [at, text];
  }
  if (isSeq(node)) {
    return remembered(known, node, { at, items: node.items.map((item) => plainNode(item, document, known)) });
  }
  if (isMap(node)) {
    const members = new Map<string, PlainNode>();
    for (const { key, value } of node.items) {
      members.set(isScalar(key) ? String(key.value) : String(key), plainNode(value, document, known));
    }
    return remembered(known, node, { at, members });
  }
  return at;
}

function remembered(known: Map<Node, PlainNode>, node: Node, plain: PlainNode): PlainNode {
  known.set(node, plain);
  return plain;
}

function offsetOf(node: unknown): number {
  const range: unknown = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined;
  return Array.isArray(range) && typeof range[0] === 'number' ? range[0] : 0;
}

/** A scalar as its author wrote it, where its value is not text. */
export function scalarText({
  value,
  source,
}: {
  readonly value: unknown;
  readonly source?: string | undefined;
}): string {
  return typeof value === 'string' ? value : String(source ?? value);
}

/** Places of a document that was handed over: each scalar's beginning, and nothing finer. */
export class PlainPlaces implements YamlPlaces {
  readonly #source: SourceText;
  readonly #plain: PlainYaml;

  constructor(source: SourceText, plain: PlainYaml) {
    this.#source = source;
    this.#plain = plain;
  }

  offsetOf(path: YamlPath): number {
    const { node } = this.#find(path);
    if (typeof node === 'number') return node;
    return isScalarText(node) ? node[0] : node.at;
  }

  keyOffsetOf(path: YamlPath): number {
    return this.offsetOf(path);
  }

  scalarAt(path: YamlPath): SourceText {
    const { node, value } = this.#find(path);
    if (typeof node === 'number') return this.#source.embed(String(value), [node]);
    if (!isScalarText(node)) throw new TypeError(`no scalar at ${path.join('.')}`);
    const [offset, text] = node;
    return this.#source.embed(text, [offset]);
  }

  /** What stands at `path`, or its nearest ancestor that is there. */
  #find(path: YamlPath): { readonly node: PlainNode; readonly value: unknown } {
    let node = this.#plain.root;
    let value = this.#plain.value;
    for (const part of path) {
      const child = childOf(node, part);
      if (child === undefined) break;
      node = child;
      value = (value as Readonly<Record<string | number, unknown>>)[part];
    }
    return { node, value };
  }
}

function isScalarText(node: PlainNode): node is Extract<PlainNode, readonly [number, string]> {
  return Array.isArray(node);
}

function childOf(node: PlainNode, part: string | number): PlainNode | undefined {
  if (typeof node === 'number' || isScalarText(node)) return undefined;
  if ('items' in node) return node.items[Number(part)];
  return node.members.get(String(part));
}
