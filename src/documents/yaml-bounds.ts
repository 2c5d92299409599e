/**
 * @module
 * Composes the documents of a YAML text within bounds of depth, size and errors. The `yaml` package has none: 4 MB of
 * `a: [` took it a minute and 2 GB. Its lexer hands over one lexeme at a time, so the first one too many ends the
 * reading before anything is composed of the text.
 */
import { Composer, CST, type Document, type ErrorCode, Lexer, Parser, type YAMLError } from 'yaml';

/** Collections of any kind inside each other: more than any policy, API or configuration has. */
export const deepest = 64;

/**
 * Lexemes of one file: its keys, values, marks, comments and line breaks; blanks are not counted. One takes some 500
 * bytes until the document stands. A policy of 20,000 claims has 200,000 of them, a configuration of 5,000 policies and
 * routes 180,000.
 */
export const mostLexemes = 500_000;

/** Each alias is looked up among the anchors. */
export const mostAnchors = 10_000;

/** Each document of a file has a schema of its own. */
export const mostDocuments = 10_000;

/** An author mends the first errors; the others often follow from them. */
export const mostErrors = 100;

export interface YamlFinding {
  readonly offset: number;
  readonly message: string;
  readonly suggestion?: string;
  readonly isTooLarge?: true;
}

export type Composed =
  | { readonly ok: true; readonly documents: readonly Document.Parsed[] }
  /** What was found before a bound was reached, and the bound last. */
  | { readonly ok: false; readonly errors: readonly YAMLError[]; readonly bound: YamlFinding };

export function composeWithin(text: string): Composed {
  const composer = new Composer({
    prettyErrors: false,
    logLevel: 'silent',
    // Compares each key with all before it; `yaml-checks.ts` looks them up instead.
    uniqueKeys: false,
    // No reader here knows what to make of them, and the keys of an `!!omap` are compared in the same way.
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

/** Ends the reading of a text. */
class Excess extends Error {
  readonly finding: YamlFinding;

  constructor(finding: YamlFinding) {
    super(finding.message);
    this.finding = finding;
  }
}

/**
 * A text of nothing but errors has one in every character. The package has no bound for them, and no hook but its own
 * handler. An unknown tag is a warning there, and the value that stands behind it becomes another one; here it is an error.
 * Other warnings are not kept.
 */
function stopAtErrors(composer: Composer): readonly YAMLError[] {
  const found: YAMLError[] = [];
  const keep: ComposeErrorHandler = composer['onError'];
  const stop: ComposeErrorHandler = (place, code, message, warning) => {
    if (warning === true && code !== 'TAG_RESOLVE_FAILED') return;
    if (found.length >= mostErrors) throw new Excess(tooManyErrors(found.at(-1)?.pos[0] ?? 0));
    keep(place, code, message);
    const error = composer['errors'].at(-1);
    if (error !== undefined) found.push(error);
  };
  composer['onError'] = stop;
  return found;
}

function tooManyErrors(offset: number): YamlFinding {
  return { offset, message: `This is not YAML: it has more than ${mostErrors} errors.` };
}

/** The tokens that the package's own parser makes of the text, while it stays within the bounds. */
function* tokensWithin(text: string): Generator<CST.Token, void> {
  const parser = new Parser();
  const count = { lexemes: 0, anchors: 0, documents: 0, errors: 0 };
  for (const lexeme of new Lexer().lex(text)) {
    countLexeme(lexeme, count, parser.offset);
    for (const token of parser.next(lexeme)) {
      if (token.type === 'error' && ++count.errors > mostErrors) throw new Excess(tooManyErrors(token.offset));
      if (token.type === 'document') count.documents += 1;
      yield token;
    }
    // On the stack are the document, the collections that are open in it, and the scalar that was read last.
    const top = parser.stack.at(-1);
    if (parser.stack.length > deepest + 1 && top !== undefined && 'items' in top) {
      const message = `Lists and maps nest deeper than ${deepest} levels.`;
      throw new Excess({ offset: parser.offset - lexeme.length, message, isTooLarge: true });
    }
  }
  yield* parser.end();
}

/** Blanks, and the lexer's own marks: a document begins, a scalar follows. */
function isUncounted(lexeme: string): boolean {
  return lexeme.startsWith(' ') || lexeme.startsWith('\t') || lexeme === CST.DOCUMENT || lexeme === CST.SCALAR;
}

type Count = Record<'lexemes' | 'anchors' | 'documents', number>;

function countLexeme(lexeme: string, count: Count, offset: number): void {
  if (lexeme.startsWith('&')) count.anchors += 1;
  if (!isUncounted(lexeme)) count.lexemes += 1;
  for (const { what, most, called } of counted) {
    if (count[what] <= most) continue;
    const message = `The file has more than ${most} ${called}.`;
    throw new Excess({ offset, message, suggestion: 'Divide it into several files.', isTooLarge: true });
  }
}

const counted: readonly { readonly what: keyof Count; readonly most: number; readonly called: string }[] = [
  { what: 'lexemes', most: mostLexemes, called: 'keys, values and marks' },
  { what: 'anchors', most: mostAnchors, called: 'anchors' },
  { what: 'documents', most: mostDocuments, called: 'documents' },
];
