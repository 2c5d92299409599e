/**
 * @module
 * What a YAML document must hold to beyond its grammar: each key of a map stands once, each alias repeats an anchor before
 * it, and aliases repeat no more than an author would. One walk through the document finds all of it.
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
  type YAMLMap,
} from 'yaml';
import { nameOf } from './plain-yaml.ts';
import { mostErrors, type YamlFinding } from './yaml-bounds.ts';

/** YAML aliases may repeat a node; more repetitions than this are an attack ("billion laughs"). */
const mostAliases = 100;

/** Aliases of one document. */
export const mostLookups = 1000;

export interface Checked {
  readonly findings: readonly YamlFinding[];
  /** What each alias repeats. */
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

/** Thrown where nothing more is to be looked at. */
const enough = new Error('enough is known of the document');

/** How often an anchored node is repeated, and how often what is inside it is. */
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

  /** What else is wrong explains itself better. */
  finish(): void {
    if (!this.#repeatsTooOften || this.findings.length > 0) return;
    this.findings.push({ offset: this.#start, message: tooManyAliases });
  }

  #noteAnchor(node: Node & { readonly anchor?: string }): void {
    if (node.anchor !== undefined) this.#anchored.set(node.anchor, node);
  }

  #visitMap(map: YAMLMap): void {
    const seen = new Set<string>();
    for (const pair of map.items) {
      if (!isPair(pair)) continue;
      const { key, value } = pair;
      if (isScalar(key)) {
        // `1` and `"1"` are one name in the plain value.
        const name = nameOf(key);
        if (seen.has(name)) this.#add({ offset: offsetOf(key), message: repeatedKey });
        seen.add(name);
        this.visit(key);
      } else if (isNode(key)) this.#add({ ...keyIsNoText, offset: offsetOf(key) });
      this.visit(value);
    }
  }

  #visitAlias(alias: Alias): void {
    this.#aliases += 1;
    if (this.#aliases > mostLookups) this.#end({ offset: this.#start, message: tooManyAliases });
    const target = this.#anchored.get(alias.source);
    if (target === undefined) {
      // Not the alias itself: it may be a secret that begins with a star.
      const message = 'No anchor of this name stands before this alias.';
      this.#add({ offset: offsetOf(alias), message, suggestion: 'A text that begins with `*` needs quotes.' });
    } else if (this.#open.has(target)) {
      this.#add({ offset: offsetOf(alias), message: 'This alias stands inside of what it repeats.' });
    } else {
      this.targets.set(alias, target);
      this.#repeat(target);
    }
  }

  #repeat(target: Node): void {
    const known = this.#repetitions.get(target) ?? { times: 1, inside: this.#inside(target) };
    this.#repetitions.set(target, known);
    known.times += 1;
    if (known.times * known.inside > mostAliases) this.#repeatsTooOften = true;
  }

  /** The most repetitions of anything inside a node; 0 where it holds nothing. */
  #inside(node: unknown): number {
    if (isAlias(node)) {
      const target = this.targets.get(node);
      const known = target && this.#repetitions.get(target);
      return known === undefined ? 0 : known.times * known.inside;
    }
    if (isPair(node)) return Math.max(this.#inside(node.key), this.#inside(node.value));
    if (!isCollection(node)) return 1;
    return node.items.reduce<number>((most, item) => Math.max(most, this.#inside(item)), 0);
  }

  #add(finding: YamlFinding): void {
    this.findings.push(finding);
    if (this.findings.length >= mostErrors) throw enough;
  }

  #end(finding: YamlFinding): never {
    this.findings.push(finding);
    throw enough;
  }
}

/** `{{ name }}` of a template that was not filled in is a map with such a key. */
const keyIsNoText = {
  message: 'The key of a map is a list, a map or an alias, and must be a string.',
  suggestion: 'A string that begins with `{`, `[` or `*` needs quotes.',
};
const repeatedKey = 'This is not well-formed YAML: Map keys must be unique.';
const tooManyAliases = 'This document repeats its aliases too often.';

function offsetOf(node: Node): number {
  return node.range?.[0] ?? 0;
}
