/**
 * @module
 * YAML that remembers where everything stands: documents, the place of every key and value, and scalars as embedded
 * source text. What the values must look like is said by a zod schema; `readShape` turns its findings into problems.
 */
import {
  type Alias,
  type Document,
  type ErrorCode,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type YAMLError,
} from 'yaml';
import type { Code } from '../diagnostics/codes.ts';
import { type ProblemDetails, type Problems, problemAt } from '../diagnostics/problem.ts';
import type { SourceText } from '../diagnostics/source-text.ts';
import type { DocumentFile } from './document-file.ts';
import { PlainPlaces, plainYaml, scalarText } from './plain-yaml.ts';
import { composeWithin, type YamlFinding } from './yaml-bounds.ts';
import { checkDocument } from './yaml-checks.ts';
import { YamlKeys } from './yaml-keys.ts';
import type { YamlPath, YamlPlaces } from './yaml-places.ts';
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
  readonly #targets: ReadonlyMap<Alias, Node>;
  readonly #keys = new YamlKeys();

  /** @param targets what each alias of the document repeats */
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

  scalarAt(path: YamlPath): SourceText {
    const node = this.#nodeAt(path);
    if (!isScalar(node)) throw new TypeError(`no scalar at ${path.join('.')}`);
    const text = scalarText(node);
    return this.#source.embed(text, scalarOffsets(node, this.#source.text, text));
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

  /** The node of an item or a member. A key need not be text: it is found by what it is called in the plain value. */
  #childOf(node: Node | undefined, part: string | number): unknown {
    if (isSeq(node)) return node.get(part, true);
    if (!isMap(node)) return undefined;
    return this.#keys.pairOf(node, part)?.value ?? this.#keys.pairNamed(node, String(part))?.value;
  }
}

/** A document that is sound, and what each alias of it repeats. */
interface Sound {
  readonly document: Document.Parsed;
  readonly targets: ReadonlyMap<Alias, Node>;
  readonly value: unknown;
}

/**
 * Every document of a YAML file. Syntax errors are reported under `code`, and such a document is left out; of a file that
 * goes beyond a bound (`yaml-bounds.ts`), nothing is read.
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
    for (const error of composed.errors) add(described(error));
    add(composed.bound);
    return [];
  }
  const sound = composed.documents.flatMap((document): Sound[] => {
    const { targets, findings } = checkDocument(document);
    const wrong = [...document.errors.map(described), ...findings];
    for (const finding of wrong) add(finding);
    return wrong.length === 0 ? plainly(document, targets, add) : [];
  });
  file.keep(() => ({ kind: 'yaml', documents: sound.map((one) => plainYaml(one.document, one.value, one.targets)) }));
  return sound.map(
    ({ document, targets, value }) => new LocatedYaml(source, value, new ParsedPlaces(source, document, targets)),
  );
}

function tooLargeOf(code: Code): Code {
  return code === 'config.syntax' ? 'config.too-large' : 'policy.too-large';
}

function described({ code, message, pos }: YAMLError): YamlFinding {
  const suggestion = remedies[code];
  return {
    offset: pos[0],
    message: `This is not well-formed YAML: ${sentence(code, message)}`,
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

/** The merge keys of YAML 1.1 are followed, and their mistakes found, only when plain data is made. */
function plainly(
  document: Document.Parsed,
  targets: ReadonlyMap<Alias, Node>,
  add: (finding: YamlFinding) => void,
): Sound[] {
  try {
    return [{ document, targets, value: document.toJS({ maxAliasCount: -1 }) }];
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    add({ offset: document.range[0], message: 'This is not well-formed YAML: something is merged that is no map.' });
    return [];
  }
}

/** What most likely went wrong, by the YAML reader's code. */
const remedies: Readonly<Partial<Record<ErrorCode, string>>> = {
  BAD_INDENT: 'Begin the keys of one map in one column, and indent every line of a long text below its `|`.',
  MULTILINE_IMPLICIT_KEY:
    'A text of several lines, such as a key in PEM, begins with `|`, and each of its lines is indented below that.',
  TAB_AS_INDENT: 'Indent with blanks.',
};

/** For the sentences in which the reader repeats something of the file, which may be a part of a secret. */
const ownSentences: Readonly<Partial<Record<ErrorCode, string>>> = {
  BAD_ALIAS: 'An anchor or alias has no valid name',
  BAD_COLLECTION_TYPE: 'A tag does not fit what it stands before',
  BAD_DIRECTIVE: 'A directive is invalid',
  BAD_DQ_ESCAPE: 'Invalid escape sequence',
  BAD_PROP_ORDER: 'Anchors and tags must be after the indicator',
  BAD_SCALAR_START: 'Plain value cannot start with this character',
  TAG_RESOLVE_FAILED: 'A tag cannot be resolved',
};

/** Names of the reader's own tokens, which are no part of the file. */
const unexpectedToken = /^Unexpected (?:[\w-]{1,24} (?:token|at node end)|(?:,|empty item) in [\w ]{1,24})$/;

/** The reader's sentence without what it quotes from the file. */
function sentence(code: ErrorCode, whole: string): string {
  const message = ownSentences[code] ?? whole.replace(/(?<=\w): .*$/s, '');
  if (message.startsWith('Unexpected ') && !unexpectedToken.test(message)) return 'Something stands here that cannot.';
  return message.endsWith('.') ? message : `${message}.`;
}
