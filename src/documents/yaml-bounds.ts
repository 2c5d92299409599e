/**
 * @module
 * Composes the documents of a YAML text within limits of depth, size and errors. The `yaml` package has no limits: 4 MB
 * of `a: [` took it a minute and 2 GB. Its lexer yields one lexeme at a time, so that the first lexeme over a limit
 * stops the reading before anything is composed.
 */
import { Composer, CST, type Document, type ErrorCode, Lexer, Parser, type YAMLError } from 'yaml';

/** Nesting of lists and maps. No policy, API or configuration nests deeper. */
const maxDepth = 64;

/**
 * Lexemes of one file: keys, values, indicators, comments and line breaks, without spaces. Each takes some 500 bytes
 * until the document is composed. A policy of 20,000 claims has 200,000 of them, a configuration of 5,000 policies and
 * routes 180,000.
 */
const maxLexemes = 500_000;

/** Each alias is looked up among the anchors. */
const maxAnchors = 10_000;

/** Each document of a file has its own schema. */
const maxDocuments = 10_000;

/** Errors that are reported. An author fixes the first ones; the others often follow from them. */
export const maxErrors = 100;

export interface YamlFinding {
  readonly offset: number;
  readonly message: string;
  readonly suggestion?: string;
  readonly isTooLarge?: true;
  /** The earlier place of the same key. */
  readonly earlier?: number;
}

export type Composed =
  | { readonly ok: true; readonly documents: readonly Document.Parsed[] }
  /** The errors before the limit was reached, and the limit. */
  | { readonly ok: false; readonly errors: readonly YAMLError[]; readonly bound: YamlFinding };

export function composeWithin(text: string): Composed {
  const composer = new Composer({
    prettyErrors: false,
    logLevel: 'silent',
    // The package compares each key with all before it; `yaml-checks.ts` looks them up instead.
    uniqueKeys: false,
    // No schema here uses these types, and the package compares the keys of an `!!omap` in the same way.
    resolveKnownTags: false,
    customTags: (tags) => tags.filter((tag) => typeof tag === 'string' || tag.tag !== 'tag:yaml.org,2002:omap'),
  });
  const errors = stopAtErrors(composer);
  try {
    return { ok: true, documents: Array.from(composer.compose(tokensWithin(text))) as Document.Parsed[] };
  } catch (error) {
    if (!(error instanceof Excess)) throw error;
    return { ok: false, errors, bound: error.finding };
  }
}

type ComposeErrorHandler = (
  place: number | [number, number] | [number, number, number] | { offset: number; source?: string },
  code: ErrorCode,
  message: string,
  warning?: boolean,
) => void;

/** A limit was reached. */
class Excess extends Error {
  readonly finding: YamlFinding;

  constructor(finding: YamlFinding) {
    super(finding.message);
    this.finding = finding;
  }
}

/**
 * Stops at too many errors: a text can have one in each character. The package has no limit for them, and its own
 * handler is the only hook. There, an unknown tag is a warning, although it changes the value that follows; here it is
 * an error. Other warnings are dropped.
 */
function stopAtErrors(composer: Composer): readonly YAMLError[] {
  const found: YAMLError[] = [];
  const keep: ComposeErrorHandler = composer['onError'];
  const stop: ComposeErrorHandler = (place, code, message, warning) => {
    if (warning === true && code !== 'TAG_RESOLVE_FAILED') return;
    if (found.length >= maxErrors) throw new Excess(tooManyErrors(found.at(-1)?.pos[0] ?? 0));
    keep(place, code, message);
    const error = composer['errors'].at(-1);
    if (error !== undefined) found.push(error);
  };
  composer['onError'] = stop;
  return found;
}

function tooManyErrors(offset: number): YamlFinding {
  return { offset, message: `This is not YAML: it has more than ${maxErrors} errors.` };
}

/** The tokens of the package's own parser, up to the first limit. */
function* tokensWithin(text: string): Generator<CST.Token, void> {
  const parser = new Parser();
  const count = { lexemes: 0, anchors: 0, documents: 0, errors: 0 };
  for (const lexeme of new Lexer().lex(text)) {
    countLexeme(lexeme, count, parser.offset);
    for (const token of parser.next(lexeme)) {
      if (token.type === 'error' && ++count.errors > maxErrors) throw new Excess(tooManyErrors(token.offset));
      if (token.type === 'document') count.documents += 1;
      yield token;
    }
    checkDepth(parser, lexeme);
  }
  yield* parser.end();
}

/** The stack holds the document, the collections that are open in it, and the scalar that was read last. */
function checkDepth({ stack, offset }: Parser, lexeme: string): void {
  const top = stack.at(-1);
  if (stack.length <= maxDepth + 1 || top === undefined || !('items' in top)) return;
  const message = `Lists and maps nest more than ${maxDepth} levels deep.`;
  throw new Excess({ offset: offset - lexeme.length, message, isTooLarge: true });
}

/** Spaces, and the lexer's own marks for the start of a document and of a scalar. */
function isUncounted(lexeme: string): boolean {
  return lexeme.startsWith(' ') || lexeme.startsWith('\t') || lexeme === CST.DOCUMENT || lexeme === CST.SCALAR;
}

type Count = Record<'lexemes' | 'anchors' | 'documents', number>;

function countLexeme(lexeme: string, count: Count, offset: number): void {
  if (lexeme.startsWith('&')) count.anchors += 1;
  if (!isUncounted(lexeme)) count.lexemes += 1;
  for (const { what, max, noun } of limits) {
    if (count[what] <= max) continue;
    const message = `The file has more than ${max} ${noun}.`;
    throw new Excess({ offset, message, suggestion: 'Split it into several files.', isTooLarge: true });
  }
}

const limits: readonly { readonly what: keyof Count; readonly max: number; readonly noun: string }[] = [
  { what: 'lexemes', max: maxLexemes, noun: 'keys, values and indicators' },
  { what: 'anchors', max: maxAnchors, noun: 'anchors' },
  { what: 'documents', max: maxDocuments, noun: 'documents' },
];
