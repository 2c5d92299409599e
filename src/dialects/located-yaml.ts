/**
 * @module
 * YAML that remembers where everything stands: documents, the place of every key and value, and scalars as embedded
 * source text. What the values must look like is said by a zod schema; `readShape` turns its findings into problems.
 */
import {
  type Document,
  type ErrorCode,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type ParsedNode,
  parseAllDocuments,
  visit,
} from 'yaml';
import type { Code } from '../diagnostics/codes.ts';
import { type ProblemDetails, type Problems, problemAt } from '../diagnostics/problem.ts';
import type { SourceText } from '../diagnostics/source-text.ts';
import type { DocumentFile } from './document-file.ts';
import { nameOf, PlainPlaces, plainYaml, scalarText } from './plain-yaml.ts';
import { scalarOffsets } from './yaml-scalar.ts';

export type YamlPath = readonly (string | number)[];

/** YAML aliases may repeat a node; more repetitions than this are an attack ("billion laughs"). */
const mostAliases = 100;

/** Each alias is looked up by a walk through the document, so their number is bounded before any is followed. */
export const mostLookups = 1000;

/** Where the parts of a document stand. */
export interface YamlPlaces {
  /** The offset of the value at `path`; of its nearest existing ancestor where there is none. */
  offsetOf(path: YamlPath): number;
  /** The offset of the key that the last part of `path` names, or of the value in a list. */
  keyOffsetOf(path: YamlPath): number;
  /** The scalar at `path` as source text; `text` is what the YAML reader made of it. */
  scalarAt(path: YamlPath): SourceText;
}

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

  scalarAt(path: YamlPath): SourceText {
    return this.#places.scalarAt(path);
  }

  report(problems: Problems, path: YamlPath, code: Code, details: ProblemDetails): void {
    problems.add(problemAt(this.source, this.offsetOf(path), code, details));
  }
}

/** The places of a document that was parsed here. */
class ParsedPlaces implements YamlPlaces {
  readonly #source: SourceText;
  readonly #document: Document.Parsed;

  constructor(source: SourceText, document: Document.Parsed) {
    this.#source = source;
    this.#document = document;
  }

  offsetOf(path: YamlPath): number {
    return this.#nodeAt(path)?.range?.[0] ?? this.#document.range[0];
  }

  keyOffsetOf(path: YamlPath): number {
    const parent = this.#nodeAt(path.slice(0, -1));
    const last = path.at(-1);
    if (isMap(parent)) {
      for (const pair of parent.items) {
        if (isPair(pair) && isScalar(pair.key) && nameOf(pair.key) === String(last)) {
          return (pair.key as ParsedNode).range[0];
        }
      }
    }
    return this.offsetOf(path);
  }

  scalarAt(path: YamlPath): SourceText {
    const node = this.#nodeAt(path);
    if (!isScalar(node)) throw new TypeError(`no scalar at ${path.join('.')}`);
    const text = scalarText(node);
    return this.#source.embed(text, scalarOffsets(node, this.#source.text, text));
  }

  #nodeAt(path: YamlPath): Node | undefined {
    let node = this.#resolve(this.#document.contents);
    for (const part of path) {
      const child = this.#resolve(childOf(node, part));
      if (child === undefined) return node;
      node = child;
    }
    return node;
  }

  #resolve(node: unknown): Node | undefined {
    if (isAlias(node)) return this.#resolve(node.resolve(this.#document));
    return typeof node === 'object' && node !== null ? (node as Node) : undefined;
  }
}

/** The node of an item or a member. A key need not be text: it is found by what it is called in the plain value. */
function childOf(node: Node | undefined, part: string | number): unknown {
  if (isSeq(node)) return node.get(part, true);
  if (!isMap(node)) return undefined;
  return node.get(part, true) ?? node.items.find(({ key }) => nameOf(key) === part)?.value;
}

/** Every document of a YAML file. Syntax errors are reported under `code`, and such a document is left out. */
export function readYaml(file: DocumentFile, problems: Problems, code: Code): LocatedYaml[] {
  const { source, given } = file;
  if (given?.kind === 'yaml') {
    return given.documents.map((plain) => new LocatedYaml(source, plain.value, new PlainPlaces(source, plain)));
  }
  const documents = parseAllDocuments(source.text, { keepSourceTokens: true, prettyErrors: false, logLevel: 'silent' });
  if (!Array.isArray(documents)) return [];
  const read: { readonly document: Document.Parsed; readonly value: unknown }[] = [];
  for (const document of documents) {
    for (const error of document.errors) {
      const message = `This is not well-formed YAML: ${sentence(error.message)}`;
      problems.add(problemAt(source, error.pos[0], code, { message, suggestion: remedies[error.code] }));
    }
    if (document.errors.length > 0 || reportManyAliases(document, source, problems, code)) continue;
    if (reportLostAliases(document, source, problems, code)) continue;
    try {
      read.push({ document, value: document.toJS({ maxAliasCount: mostAliases }) });
    } catch (error) {
      if (!(error instanceof ReferenceError)) throw error;
      problems.add(problemAt(source, document.range[0], code, tooManyAliases));
    }
  }
  file.keep(() => ({ kind: 'yaml', documents: read.map(({ document, value }) => plainYaml(document, value)) }));
  return read.map(({ document, value }) => new LocatedYaml(source, value, new ParsedPlaces(source, document)));
}

/** What most likely went wrong, by the YAML reader's code. */
const remedies: Readonly<Partial<Record<ErrorCode, string>>> = {
  BAD_INDENT: 'Begin the keys of one map in one column, and indent every line of a long text below its `|`.',
  MULTILINE_IMPLICIT_KEY:
    'A text of several lines, such as a key in PEM, begins with `|`, and each of its lines is indented below that.',
  TAB_AS_INDENT: 'Indent with blanks.',
};

const tooManyAliases = { message: 'This document repeats its aliases too often.' };

function reportManyAliases(document: Document.Parsed, source: SourceText, problems: Problems, code: Code): boolean {
  let aliases = 0;
  visit(document, {
    Alias() {
      aliases++;
      return aliases > mostLookups ? visit.BREAK : undefined;
    },
  });
  if (aliases > mostLookups) problems.add(problemAt(source, document.range[0], code, tooManyAliases));
  return aliases > mostLookups;
}

/** An alias without its anchor is found by the reader only when it makes plain data, and then without a place. */
function reportLostAliases(document: Document, source: SourceText, problems: Problems, code: Code): boolean {
  let lost = false;
  visit(document, {
    Alias(_key, alias) {
      if (alias.resolve(document) !== undefined) return;
      lost = true;
      // Not the alias itself: it may be a secret that begins with a star.
      const message = 'No anchor of this name stands before this alias.';
      const suggestion = 'A text that begins with `*` needs quotes.';
      problems.add(problemAt(source, alias.range?.[0] ?? 0, code, { message, suggestion }));
    },
  });
  return lost;
}

/** The reader's sentence without what it quotes from the file after a colon, which may be a secret. */
function sentence(whole: string): string {
  const message = whole.replace(/(?<=\w): .*$/s, '');
  return message.endsWith('.') ? message : `${message}.`;
}
