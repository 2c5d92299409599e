/**
 * @module
 * A YAML document as plain data, which can be passed to another process: its value, and the places that a policy needs
 * once it has been checked.
 */
import { type Alias, type Document, isAlias, isMap, isScalar, isSeq, type Node, type YAMLMap } from 'yaml';
import type { SourceText } from '../diagnostics/source-text.ts';
import type { YamlPath, YamlPlaces } from './yaml-places.ts';

export interface PlainYaml {
  readonly value: unknown;
  /** The places as JSON. Parsing it takes a quarter of the time that deserialising the small objects would take. */
  readonly places: string;
}

/** The place of one node of a document. */
type PlainNode =
  /** The offset of a scalar whose text is its value converted to a string. */
  | number
  /** A scalar with another text, such as `1.0`. */
  | { readonly at: number; readonly text: string }
  /** A list or a map: its offset, then its items, or its values in JavaScript's order of its keys. */
  | PlainNodes
  | OrderedNodes;

type PlainNodes = readonly [offset: number, ...inner: PlainNode[]];

/** A map whose keys are written in another order than JavaScript gives them. */
interface OrderedNodes {
  readonly nodes: PlainNodes;
  readonly names: readonly string[];
}

type Targets = ReadonlyMap<Alias, Node>;

/** @param targets what each alias of the document repeats */
export function plainYaml(document: Document.Parsed, value: unknown, targets: Targets): PlainYaml {
  return { value, places: JSON.stringify(plainNode(document.contents, targets, value)) };
}

function plainNode(node: unknown, targets: Targets, value: unknown): PlainNode {
  if (isAlias(node)) return plainNode(targets.get(node), targets, value);
  const at = offsetOf(node);
  if (isScalar(node)) {
    const text = scalarText(node);
    return text === String(node.value) ? at : { at, text };
  }
  if (isSeq(node) && Array.isArray(value)) {
    return [at, ...node.items.map((item, index) => plainNode(item, targets, value[index]))];
  }
  if (isMap(node)) {
    const inner = new Map(node.items.map((pair) => [nameOf(pair.key), pair.value]));
    const members = Object.entries(value ?? {});
    const nodes: PlainNodes = [at, ...members.map(([name, member]) => plainNode(inner.get(name), targets, member))];
    const names = namesOf(node);
    return names.every((name, index) => name === members[index]?.[0]) ? nodes : { nodes, names };
  }
  return at;
}

/** The names of a map's keys in the order in which they are written. */
export function namesOf(map: YAMLMap): readonly string[] {
  return map.items.map(({ key }) => nameOf(key));
}

/** The name of a map's key in the plain value, where the keys `1:`, `true:` and an empty key are strings. */
export function nameOf(key: unknown): string {
  const value: unknown = isScalar(key) ? key.value : key;
  return value === null ? '' : String(value);
}

function offsetOf(node: unknown): number {
  const range: unknown = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined;
  return Array.isArray(range) && typeof range[0] === 'number' ? range[0] : 0;
}

/** The value of a scalar if it is a string, else the scalar as its author wrote it. */
export function scalarText({
  value,
  source,
}: {
  readonly value: unknown;
  readonly source?: string | undefined;
}): string {
  return typeof value === 'string' ? value : String(source ?? value);
}

/** The places of a document that another process parsed: where each value starts, and nothing finer. */
export class PlainPlaces implements YamlPlaces {
  readonly #source: SourceText;
  readonly #value: unknown;
  readonly #root: PlainNode;
  /** For each map that was searched, the positions of its names. */
  readonly #positions = new WeakMap<object, ReadonlyMap<string, number>>();

  constructor(source: SourceText, { value, places }: PlainYaml) {
    this.#source = source;
    this.#value = value;
    this.#root = JSON.parse(places) as PlainNode;
  }

  offsetOf(path: YamlPath): number {
    const { node } = this.#find(path);
    if (typeof node === 'number') return node;
    return isScalarText(node) ? node.at : nodesOf(node)[0];
  }

  keyOffsetOf(path: YamlPath): number {
    return this.offsetOf(path);
  }

  namesAt(path: YamlPath): readonly string[] {
    const { node, value } = this.#find(path);
    if (typeof node === 'object' && 'names' in node) return node.names;
    return Array.isArray(node) && !Array.isArray(value) ? Object.keys(value ?? {}) : [];
  }

  scalarAt(path: YamlPath): SourceText {
    const { node, value } = this.#find(path);
    if (typeof node === 'number') return this.#source.embed(String(value), [node]);
    if (!isScalarText(node)) throw new TypeError(`no scalar at ${path.join('.')}`);
    return this.#source.embed(node.text, [node.at]);
  }

  unclearBelow(): readonly [] {
    return [];
  }

  /** The node at `path`, or its nearest existing ancestor. */
  #find(path: YamlPath): { readonly node: PlainNode; readonly value: unknown } {
    let node = this.#root;
    let value = this.#value;
    for (const part of path) {
      const position = this.#positionOf(part, value);
      const inner = typeof node === 'object' && !isScalarText(node) ? nodesOf(node) : undefined;
      const child: PlainNode | undefined = position === undefined ? undefined : inner?.[position + 1];
      if (child === undefined) break;
      node = child;
      value = (value as Readonly<Record<string | number, unknown>>)[part];
    }
    return { node, value };
  }

  #positionOf(part: string | number, value: unknown): number | undefined {
    if (typeof value !== 'object' || value === null) return undefined;
    if (Array.isArray(value)) return Number(part);
    const known = this.#positions.get(value) ?? new Map(Object.keys(value).map((name, index) => [name, index]));
    this.#positions.set(value, known);
    return known.get(String(part));
  }
}

function nodesOf(node: PlainNodes | OrderedNodes): PlainNodes {
  return 'nodes' in node ? node.nodes : node;
}

function isScalarText(node: PlainNode): node is Extract<PlainNode, { readonly text: string }> {
  return typeof node === 'object' && 'text' in node;
}
