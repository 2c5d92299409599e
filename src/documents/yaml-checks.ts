/**
 * @module
 * The rules for a YAML document beyond its grammar: each key of a map occurs once and is not `__proto__`, each alias
 * refers to an anchor before it, and aliases do not repeat more than an author would. One walk through the document
 * checks all of them.
 */
import {
  type Alias,
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  type Node,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { nameOf } from './plain-yaml.ts';
import { maxErrors, type YamlFinding } from './yaml-bounds.ts';

/** How often aliases may repeat a node. More repetitions are an attack ("billion laughs"). */
const maxRepetitions = 100;

/** Aliases of one document. */
const maxAliases = 1000;

export interface Checked {
  readonly findings: readonly YamlFinding[];
  /** The target of each alias. */
  readonly targets: ReadonlyMap<Alias, Node>;
}

export function checkDocument(document: Document.Parsed): Checked {
  const walk = new Walk(document.range[0]);
  try {
    walk.visit(document.contents);
  } catch (error) {
    if (error !== enough) throw error;
  }
  walk.finish();
  return walk;
}

/** Thrown to end the walk. */
const enough = new Error('the walk through the document has ended');

/** How often an anchored node is repeated, and how often a node inside it is. */
interface Repetition {
  times: number;
  inside: number;
}

class Walk implements Checked {
  readonly findings: YamlFinding[] = [];
  readonly targets = new Map<Alias, Node>();
  readonly #start: number;
  readonly #anchored = new Map<string, Node>();
  readonly #open = new Set<Node>();
  readonly #repetitions = new Map<Node, Repetition>();
  #aliases = 0;
  #repeatsTooOften = false;

  constructor(start: number) {
    this.#start = start;
  }

  visit(node: unknown): void {
    if (isAlias(node)) this.#visitAlias(node);
    if (isScalar(node) || isCollection(node)) this.#noteAnchor(node);
    if (!isCollection(node)) return;
    this.#open.add(node);
    if (isMap(node)) this.#visitMap(node);
    else for (const item of node.items) this.visit(item);
    this.#open.delete(node);
  }

  /** Reports too many repetitions, unless there are other problems, which are easier to understand. */
  finish(): void {
    if (!this.#repeatsTooOften || this.findings.length > 0) return;
    this.findings.push({ offset: this.#start, message: tooManyAliases });
  }

  #noteAnchor(node: Node & { readonly anchor?: string }): void {
    if (node.anchor !== undefined) this.#anchored.set(node.anchor, node);
  }

  #visitMap(map: YAMLMap): void {
    const seen = new Map<string, number>();
    for (const pair of map.items) {
      if (!isPair(pair)) continue;
      const { key, value } = pair;
      if (isScalar(key)) this.#visitKey(key, seen);
      else if (isNode(key)) this.#add({ ...keyIsNotScalar, offset: offsetOf(key) });
      this.visit(value);
    }
  }

  #visitKey(key: Scalar, seen: Map<string, number>): void {
    // `1` and `"1"` are one name in the plain value.
    const name = nameOf(key);
    if (name === '__proto__') this.#add({ ...reservedKey, offset: offsetOf(key) });
    const earlier = seen.get(name);
    if (earlier !== undefined) this.#add({ ...repeatedKey, offset: offsetOf(key), earlier });
    seen.set(name, earlier ?? offsetOf(key));
    this.visit(key);
  }

  #visitAlias(alias: Alias): void {
    this.#aliases += 1;
    if (this.#aliases > maxAliases) this.#end({ offset: this.#start, message: tooManyAliases });
    const target = this.#anchored.get(alias.source);
    if (target === undefined) {
      // The message does not name the alias, which may be a secret that begins with `*`.
      const message = 'There is no anchor with this name before this alias.';
      this.#add({ offset: offsetOf(alias), message, suggestion: 'A string that begins with `*` needs quotes.' });
    } else if (this.#open.has(target)) {
      this.#add({ offset: offsetOf(alias), message: 'This alias is inside the node that it refers to.' });
    } else {
      this.targets.set(alias, target);
      this.#repeat(target);
    }
  }

  #repeat(target: Node): void {
    const known = this.#repetitions.get(target) ?? { times: 1, inside: this.#inside(target) };
    this.#repetitions.set(target, known);
    known.times += 1;
    if (known.times * known.inside > maxRepetitions) this.#repeatsTooOften = true;
  }

  /** The maximum number of repetitions of a node inside this one; 0 if it is empty. */
  #inside(node: unknown): number {
    if (isAlias(node)) {
      const target = this.targets.get(node);
      const known = target && this.#repetitions.get(target);
      return known === undefined ? 0 : known.times * known.inside;
    }
    if (isPair(node)) return Math.max(this.#inside(node.key), this.#inside(node.value));
    if (!isCollection(node)) return 1;
    return node.items.reduce<number>((max, item) => Math.max(max, this.#inside(item)), 0);
  }

  #add(finding: YamlFinding): void {
    this.findings.push(finding);
    if (this.findings.length >= maxErrors) throw enough;
  }

  #end(finding: YamlFinding): never {
    this.findings.push(finding);
    throw enough;
  }
}

/** For example `{{ name }}` in a template that was not rendered: YAML reads a map whose key is a map. */
const keyIsNotScalar = {
  message: 'The key of a map must be a string, not a list, a map or an alias.',
  suggestion: 'A string that begins with `{`, `[` or `*` needs quotes.',
};
/** JavaScript's name of an object's prototype: the entry would be lost silently. */
const reservedKey = { message: 'The key of a map cannot be `__proto__`.', suggestion: 'Write another name.' };
const repeatedKey = { message: 'This map has the same key twice.', suggestion: 'Remove one, or give it another name.' };
const tooManyAliases = 'This document repeats its aliases too often.';

function offsetOf(node: Node): number {
  return node.range?.[0] ?? 0;
}
