/**
 * @module
 * Reads YAML and keeps the place of every key and value. Scalars are embedded source text. A zod schema says what the
 * values must be; `readShape` turns its issues into problems.
 */
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml';
import type { Code } from '../diagnostics/codes.ts';
import { type Problem, type ProblemDetails, type Problems, problemAt } from '../diagnostics/problem.ts';
import type { Place, SourceText } from '../diagnostics/source-text.ts';
import type { DocumentFile } from './document-file.ts';
import { nameOf, namesOf, PlainPlaces, plainYaml, scalarText } from './plain-yaml.ts';
import { unclearScalars } from './unclear-scalars.ts';
import { composeWithin, type YamlFinding } from './yaml-bounds.ts';
import { checkDocument } from './yaml-checks.ts';
import { explainedMistake } from './yaml-mistakes.ts';
import type { UnclearScalar, YamlPath, YamlPlaces } from './yaml-places.ts';
import { scalarOffsets } from './yaml-scalar.ts';

export class LocatedYaml implements YamlPlaces {
  readonly source: SourceText;
  /** The document as plain data. */
  readonly value: unknown;
  readonly #places: YamlPlaces;

  constructor(source: SourceText, value: unknown, places: YamlPlaces) {
    this.source = source;
    this.value = value;
    this.#places = places;
  }

  offsetOf(path: YamlPath): number {
    return this.#places.offsetOf(path);
  }

  keyOffsetOf(path: YamlPath): number {
    return this.#places.keyOffsetOf(path);
  }

  namesAt(path: YamlPath): readonly string[] {
    return this.#places.namesAt(path);
  }

  scalarAt(path: YamlPath): SourceText {
    return this.#places.scalarAt(path);
  }

  unclearBelow(path: YamlPath, ours: boolean): readonly UnclearScalar[] {
    return this.#places.unclearBelow(path, ours);
  }

  /** Reports them. A file with the code of a policy has other readers than mintproc. */
  reportUnclear(problems: Problems, path: YamlPath, code: 'policy.unclear-value' | 'config.unclear-value'): void {
    for (const { path: at, message, suggestion } of this.unclearBelow(path, code === 'config.unclear-value')) {
      this.report(problems, at, code, { message, suggestion });
    }
  }

  placeAt(path: YamlPath): Place {
    return this.source.placeAt(this.offsetOf(path));
  }

  problemAt(path: YamlPath, code: Code, details: ProblemDetails): Problem {
    return { ...problemAt(this.source, this.offsetOf(path), code, details), path };
  }

  report(problems: Problems, path: YamlPath, code: Code, details: ProblemDetails): void {
    problems.add(this.problemAt(path, code, details));
  }
}

interface Keys {
  /** By the key's value: a number is another key than its digits. */
  readonly exact: ReadonlyMap<unknown, Pair>;
  /** By the key's name. */
  readonly named: ReadonlyMap<string, Pair>;
}

/** The pairs of each map by key. The `yaml` package searches a map from its start each time. */
class YamlKeys {
  readonly #known = new WeakMap<YAMLMap, Keys>();

  pairOf(map: YAMLMap, key: string | number): Pair | undefined {
    return this.#keysOf(map).exact.get(key);
  }

  /** The pair whose key has this name, whatever its type. */
  pairNamed(map: YAMLMap, name: string): Pair | undefined {
    return this.#keysOf(map).named.get(name);
  }

  #keysOf(map: YAMLMap): Keys {
    const known = this.#known.get(map);
    if (known !== undefined) return known;
    const exact = new Map<unknown, Pair>();
    const named = new Map<string, Pair>();
    for (const pair of map.items.filter(isPair)) {
      const { key } = pair;
      if (isScalar(key) && !exact.has(key.value)) exact.set(key.value, pair);
      if (!named.has(nameOf(key))) named.set(nameOf(key), pair);
    }
    const keys = { exact, named };
    this.#known.set(map, keys);
    return keys;
  }
}

/** The places of a document that was parsed here. */
class ParsedPlaces implements YamlPlaces {
  readonly #source: SourceText;
  readonly #document: Document.Parsed;
  readonly #targets: ReadonlyMap<Alias, Node>;
  readonly #keys = new YamlKeys();

  /** @param targets the target of each alias */
  constructor(source: SourceText, document: Document.Parsed, targets: ReadonlyMap<Alias, Node>) {
    this.#source = source;
    this.#document = document;
    this.#targets = targets;
  }

  offsetOf(path: YamlPath): number {
    return this.#nodeAt(path)?.range?.[0] ?? this.#document.range[0];
  }

  keyOffsetOf(path: YamlPath): number {
    const parent = this.#nodeAt(path.slice(0, -1));
    const last = path.at(-1);
    const key = isMap(parent) ? this.#keys.pairNamed(parent, String(last))?.key : undefined;
    if (isScalar(key)) return key.range?.[0] ?? this.offsetOf(path);
    return this.offsetOf(path);
  }

  namesAt(path: YamlPath): readonly string[] {
    const node = this.#nodeAt(path);
    return isMap(node) ? namesOf(node) : [];
  }

  scalarAt(path: YamlPath): SourceText {
    const node = this.#nodeAt(path);
    if (!isScalar(node)) throw new TypeError(`no scalar at ${path.join('.')}`);
    const text = scalarText(node);
    return this.#source.embed(text, scalarOffsets(node, this.#source.text, text));
  }

  unclearBelow(path: YamlPath, ours: boolean): readonly UnclearScalar[] {
    return unclearScalars(this.#nodeAt(path), path, ours);
  }

  #nodeAt(path: YamlPath): Node | undefined {
    let node = this.#resolve(this.#document.contents);
    for (const part of path) {
      const child = this.#resolve(this.#childOf(node, part));
      if (child === undefined) return node;
      node = child;
    }
    return node;
  }

  #resolve(node: unknown): Node | undefined {
    if (isAlias(node)) return this.#resolve(this.#targets.get(node));
    return typeof node === 'object' && node !== null ? (node as Node) : undefined;
  }

  /** The node of an item or a member. A key that is not a string is found by its name in the plain value. */
  #childOf(node: Node | undefined, part: string | number): unknown {
    if (isSeq(node)) return node.get(part, true);
    if (!isMap(node)) return undefined;
    return this.#keys.pairOf(node, part)?.value ?? this.#keys.pairNamed(node, String(part))?.value;
  }
}

/** A document without errors, and the target of each alias. */
interface ValidDocument {
  readonly document: Document.Parsed;
  readonly targets: ReadonlyMap<Alias, Node>;
  readonly value: unknown;
}

/**
 * Every document of a YAML file. Syntax errors are reported under `code`, and such a document is left out. If the file
 * exceeds a limit (`yaml-bounds.ts`), nothing is read.
 */
export function readYaml(file: DocumentFile, problems: Problems, code: Code): LocatedYaml[] {
  const { source, given } = file;
  if (given?.kind === 'yaml') {
    return given.documents.map((plain) => new LocatedYaml(source, plain.value, new PlainPlaces(source, plain)));
  }
  const composed = composeWithin(source.text);
  const add = ({ offset, message, suggestion, isTooLarge }: YamlFinding): void => {
    problems.add(problemAt(source, offset, isTooLarge ? tooLargeOf(code) : code, { message, suggestion }));
  };
  if (!composed.ok) {
    // Too many errors follow from the first; a limit on size is a problem of its own.
    const explained =
      composed.errors.length === 0 ? undefined : explainedMistake(source.text, composed.errors, undefined);
    if (explained !== undefined) add(explained);
    if (explained === undefined || composed.bound.isTooLarge) add(composed.bound);
    return [];
  }
  const valid = composed.documents.flatMap((document): ValidDocument[] => {
    if (document.errors.length > 0) {
      add(explainedMistake(source.text, document.errors, document));
      return [];
    }
    const { targets, findings } = checkDocument(document);
    for (const finding of findings) add(withLine(finding, source));
    return findings.length === 0 ? withValue(document, targets, add) : [];
  });
  file.keep(() => ({ kind: 'yaml', documents: valid.map((one) => plainYaml(one.document, one.value, one.targets)) }));
  return valid.map(
    ({ document, targets, value }) => new LocatedYaml(source, value, new ParsedPlaces(source, document, targets)),
  );
}

/** Names the line of the earlier place. */
function withLine(finding: YamlFinding, source: SourceText): YamlFinding {
  if (finding.earlier === undefined) return finding;
  const { line } = source.placeAt(finding.earlier);
  return { ...finding, message: `This map has the same key in line ${line} already.` };
}

function tooLargeOf(code: Code): Code {
  switch (code) {
    case 'config.syntax':
      return 'config.too-large';
    case 'trial.syntax':
      return 'trial.too-large';
    default:
      return 'policy.too-large';
  }
}

/** Converts a document to plain data. Only this follows the merge keys of YAML 1.1 and finds mistakes in them. */
function withValue(
  document: Document.Parsed,
  targets: ReadonlyMap<Alias, Node>,
  add: (finding: YamlFinding) => void,
): ValidDocument[] {
  try {
    return [{ document, targets, value: document.toJS({ maxAliasCount: -1 }) }];
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    add({
      offset: document.range[0],
      message: 'This is not well-formed YAML: the value of a merge key (`<<`) is not a map.',
    });
    return [];
  }
}
