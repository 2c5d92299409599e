/**
 * @module
 * Which parts of a YAML file may be shown, by their paths. The file is read again for this, and only if it has a
 * problem, so the serving process keeps nothing of it in memory.
 */
import { isMap, isScalar, isSeq, type Pair, type Scalar } from 'yaml';
import type { Harmless, Range } from '../diagnostics/source-text.ts';
import { nameOf, scalarText } from './plain-yaml.ts';
import { composeWithin } from './yaml-bounds.ts';

/**
 * Patterns for paths with slashes, such as `config/customClaims/0/value`. A path that is not listed may hold a secret.
 * This covers keys that are missing here and keys that an author misspelt.
 */
export interface HarmlessPlaces {
  /** Values that hold only the author's own words. */
  readonly values: readonly RegExp[];
  /** Values of a known form, such as algorithms and numbers. Any other value may be a secret of another key. */
  readonly typed?: readonly (readonly [place: RegExp, form: RegExp])[];
  /** Keys that an author chooses, such as the names of variables. */
  readonly names?: readonly RegExp[];
}

export function harmlessYaml(words: () => ReadonlySet<string>, places: HarmlessPlaces): Harmless {
  return { words, ranges: (text) => new Walk(text, places).run() };
}

/** Words and numbers too short to be a secret. */
export const shortWord = /^[\w.:+-]{1,11}$/;

/** Deeper than any listed path. */
const maxDepth = 24;

class Walk {
  readonly #text: string;
  readonly #places: HarmlessPlaces;
  readonly #ranges: Range[] = [];

  constructor(text: string, places: HarmlessPlaces) {
    this.#text = text;
    this.#places = places;
  }

  run(): readonly Range[] {
    const composed = composeWithin(this.#text);
    if (!composed.ok) return [];
    for (const { errors, contents } of composed.documents) if (errors.length === 0) this.#visit(contents, '', 0);
    return this.#ranges;
  }

  /** Aliases are not followed: their targets are visited themselves. */
  #visit(node: unknown, path: string, depth: number): void {
    if (depth > maxDepth) return;
    if (isScalar(node)) this.#visitValue(node, path);
    else if (isSeq(node))
      for (const [index, item] of node.items.entries()) this.#visit(item, `${path}/${index}`, depth + 1);
    else if (isMap(node)) for (const pair of distinct(node.items)) this.#visitPair(pair, path, depth);
  }

  #visitPair({ key, value }: Pair, path: string, depth: number): void {
    if (!isScalar(key)) return;
    const inner = `${path}/${nameOf(key).replaceAll('/', '~')}`;
    if (fits(this.#places.names, inner) && isMap(value)) this.#add(key);
    this.#visit(value, inner, depth + 1);
  }

  #visitValue(node: Scalar, path: string): void {
    const typed = this.#places.typed?.some(([place, form]) => place.test(path) && form.test(scalarText(node))) ?? false;
    if (typed || fits(this.#places.values, path)) this.#add(node);
  }

  #add(node: Scalar): void {
    const [start, end] = node.range ?? [0, 0];
    const written = this.#text.slice(start, end);
    // A scalar of several lines may have swallowed the next entry, unless it is an expression.
    const isBlock = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED';
    if (written.trimEnd().includes('\n') && !(isBlock && isExpression(String(node.value)))) return;
    // A PEM block is never shown.
    if (written.includes('-----')) return;
    this.#ranges.push([isBlock ? this.#text.indexOf('\n', start) : start, end]);
  }
}

/**
 * The pairs whose key occurs once. If a key occurs twice, one of them was meant to be another key, perhaps a secret's.
 */
function distinct(pairs: readonly Pair[]): readonly Pair[] {
  const counts = new Map<string, number>();
  for (const { key } of pairs) counts.set(nameOf(key), (counts.get(nameOf(key)) ?? 0) + 1);
  return pairs.filter(({ key }) => counts.get(nameOf(key)) === 1);
}

function isExpression(text: string): boolean {
  return /^\s*#\[[\s\S]*\]\s*$/.test(text);
}

function fits(places: readonly RegExp[] | undefined, path: string): boolean {
  return places?.some((place) => place.test(path)) ?? false;
}
