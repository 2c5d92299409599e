/**
 * @module
 * Path patterns by their segments, so that a path finds the patterns that match it without trying all of them.
 *
 * A path follows at most two branches at each segment, that of its text and that of `*`. The branches are no more than
 * the patterns.
 */
import { anySegment, type Ending, type PathPattern, type Segment } from './path-pattern.ts';

class Node<V> {
  readonly children = new Map<string, Node<V>>();
  wildcard: Node<V> | undefined;
  /** Of the patterns that end here, by what they match after it. */
  readonly values: Partial<Record<Ending, V>> = {};

  childFor(segment: Segment): Node<V> {
    if (segment === anySegment) {
      this.wildcard ??= new Node();
      return this.wildcard;
    }
    const found = this.children.get(segment);
    if (found !== undefined) return found;
    const made = new Node<V>();
    this.children.set(segment, made);
    return made;
  }
}

/** A path that a request may have. */
export interface RequestedPath {
  /** One of `pathInterpretations`. */
  readonly path: string;
  /** Whether `*` matches a segment without any characters: some servers say so. */
  readonly countsEmpty: boolean;
}

export class PathTree<V> {
  readonly #root = new Node<V>();

  /** The value of a pattern. */
  getOrAdd({ segments, ending }: PathPattern, make: () => V): V {
    let node = this.#root;
    for (const segment of segments) node = node.childFor(segment);
    const value = node.values[ending] ?? make();
    node.values[ending] = value;
    return value;
  }

  /** The values of the patterns that match a path, in no order. */
  matching({ path, countsEmpty }: RequestedPath): readonly V[] {
    const found: V[] = [];
    const steps: Step<V>[] = path.startsWith('/') ? [{ node: this.#root, at: 0 }] : [];
    // Steps are added to the list while it is iterated.
    for (const { node, at } of steps) {
      addValues(found, node, endingsOf(path.length - at, countsEmpty));
      if (at === path.length) continue;
      const slash = path.indexOf('/', at + 1);
      const end = slash === -1 ? path.length : slash;
      addStep(steps, node.children.get(path.slice(at + 1, end)), end);
      if (countsEmpty || end > at + 1) addStep(steps, node.wildcard, end);
    }
    return found;
  }

  /** The values of the patterns that match every path that this pattern matches, in no order. */
  covering({ segments, ending }: PathPattern): readonly V[] {
    const found: V[] = [];
    const steps: Step<V>[] = [{ node: this.#root, at: 0 }];
    for (const { node, at } of steps) {
      const segment = segments[at];
      addValues(found, node, segment === undefined ? endingsCovering[ending] : beforeMore);
      if (segment === undefined) continue;
      if (segment !== anySegment) addStep(steps, node.children.get(segment), at + 1);
      addStep(steps, node.wildcard, at + 1);
    }
    return found;
  }
}

interface Step<V> {
  readonly node: Node<V>;
  /** The end of what led to the node: in the path, where a slash follows or nothing; or the number of segments. */
  readonly at: number;
}

function addStep<V>(steps: Step<V>[], node: Node<V> | undefined, at: number): void {
  if (node !== undefined) steps.push({ node, at });
}

function addValues<V>(found: V[], { values }: Node<V>, endings: readonly Ending[]): void {
  for (const ending of endings) {
    const value = values[ending];
    if (value !== undefined) found.push(value);
  }
}

/** The endings that match this number of characters, the first of which is a slash. */
function endingsOf(length: number, countsEmpty: boolean): readonly Ending[] {
  if (length === 0) return atEnd;
  if (length > 1) return beforeMore;
  return countsEmpty ? beforeEmpty : beforeSlash;
}

const atEnd: readonly Ending[] = ['anything', 'nothing', 'slash'];
const beforeSlash: readonly Ending[] = ['anything', 'slash'];
const beforeEmpty: readonly Ending[] = ['anything', 'slash', 'more'];
const beforeMore: readonly Ending[] = ['anything', 'more'];

/** By what a pattern matches after its segments: what matches all of that. */
const endingsCovering: Readonly<Record<Ending, readonly Ending[]>> = {
  nothing: atEnd,
  slash: beforeSlash,
  more: beforeMore,
  anything: ['anything'],
};
