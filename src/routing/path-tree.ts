/**
 * @module
 * Path patterns by their segments, so that a path finds the patterns that match it without trying all of them.
 *
 * A path follows at most two branches at each segment, that of its text and that of `*`. The branches are no more than
 * the patterns.
 */
import { anySegment, type Ending, noText, type PathPattern, type Segment } from './path-pattern.ts';

class Node<V> {
  /** Undefined if there is none: most of many nodes are the last of a pattern. */
  children: Map<string, Node<V>> | undefined;
  wildcard: Node<V> | undefined;
  /** Of the patterns that end here, by what they match after it. */
  nothing: V | undefined;
  slash: V | undefined;
  more: V | undefined;
  anything: V | undefined;

  childFor(segment: Segment): Node<V> {
    if (segment === anySegment) {
      this.wildcard ??= new Node();
      return this.wildcard;
    }
    this.children ??= new Map();
    const found = this.children.get(segment);
    if (found !== undefined) return found;
    const made = new Node<V>();
    this.children.set(segment, made);
    return made;
  }
}

export class PathTree<V> {
  readonly #root = new Node<V>();

  /** The value of a pattern. */
  getOrAdd({ segments, ending }: PathPattern, make: () => V): V {
    let node = this.#root;
    for (const segment of segments) node = node.childFor(segment);
    const value = node[ending] ?? make();
    node[ending] = value;
    return value;
  }

  /** The values of the patterns that match a path, in no order. */
  matching(path: string): readonly V[] {
    const found: V[] = [];
    if (path.startsWith('/')) collectMatching(this.#root, path, 0, found);
    return found;
  }

  /** The values of the patterns that match every path that this pattern matches, in no order. */
  covering(pattern: PathPattern): readonly V[] {
    const found: V[] = [];
    collectCovering(this.#root, pattern, 0, found);
    return found;
  }
}

/** @param at the end of what led to the node: a slash follows, or nothing */
function collectMatching<V>(node: Node<V>, path: string, at: number, found: V[]): void {
  addMatching(node, path, at, found);
  if (at === path.length) return;
  const slash = path.indexOf('/', at + 1);
  const end = slash === -1 ? path.length : slash;
  const child = node.children?.get(path.slice(at + 1, end));
  if (child !== undefined) collectMatching(child, path, end, found);
  if (node.wildcard !== undefined && end > at + 1) collectMatching(node.wildcard, path, end, found);
}

function addMatching<V>(node: Node<V>, path: string, at: number, found: V[]): void {
  const length = path.length - at;
  add(node.anything, found);
  if (length === 0) add(node.nothing, found);
  if (length < 2 || (length === 2 && path.endsWith(noText))) add(node.slash, found);
  if (length > 1) add(node.more, found);
}

/** @param at the number of segments that led to the node */
function collectCovering<V>(node: Node<V>, pattern: PathPattern, at: number, found: V[]): void {
  const segment = pattern.segments[at];
  addCovering(node, segment === undefined ? pattern.ending : 'more', found);
  if (segment === undefined) return;
  const child = segment === anySegment ? undefined : node.children?.get(segment);
  if (child !== undefined) collectCovering(child, pattern, at + 1, found);
  if (node.wildcard !== undefined) collectCovering(node.wildcard, pattern, at + 1, found);
}

/** @param ending what the covered pattern has after the node's segments */
function addCovering<V>(node: Node<V>, ending: Ending, found: V[]): void {
  add(node.anything, found);
  if (ending === 'nothing') add(node.nothing, found);
  if (ending === 'nothing' || ending === 'slash') add(node.slash, found);
  if (ending === 'more') add(node.more, found);
}

function add<V>(value: V | undefined, found: V[]): void {
  if (value !== undefined) found.push(value);
}
