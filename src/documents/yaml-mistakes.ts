/**
 * @module
 * What is wrong with a YAML document that cannot be parsed: one finding, the first that explains the others. The parser
 * says where it cannot go on; the mistake is often above that place, or of another kind. A finding names only places,
 * columns and punctuation, since any text of the file may be a secret.
 */
import { type Document, type ErrorCode, isCollection, isScalar, visit, type YAMLError } from 'yaml';
import type { YamlFinding } from './yaml-bounds.ts';
import { columnAdvice } from './yaml-columns.ts';

/** The errors of one document, and what is needed to look around them. */
interface Mistake {
  readonly text: string;
  readonly error: YAMLError;
  /** The code of the next error, if it is at the same place. */
  readonly then: ErrorCode | undefined;
  /** The line of the error, and where it begins. */
  readonly line: string;
  readonly lineStart: number;
  readonly document: Document.Parsed | undefined;
}

/** Explains what this row knows; undefined if the mistake is another. */
type Explain = (mistake: Mistake) => YamlFinding | undefined;

/** The first finding that explains the errors of a document. @param errors at least one */
export function explainedMistake(
  text: string,
  errors: readonly YAMLError[],
  document: Document.Parsed | undefined,
): YamlFinding {
  const tab = errors.find(({ code }) => code === 'TAB_AS_INDENT');
  const [first, second] = errors;
  const error = tab ?? first;
  if (error === undefined) throw new TypeError('a document without errors has no mistake');
  const at = error.pos[0];
  const lineStart = text.lastIndexOf('\n', at - 1) + 1;
  const then = second?.pos[0] === at && second !== error ? second.code : undefined;
  const mistake = { text, error, then, line: lineAt(text, lineStart), lineStart, document };
  for (const explain of rows) {
    const finding = explain(mistake);
    if (finding !== undefined) return finding;
  }
  return { offset: at, message: `This is not well-formed YAML: ${sentence(error.code, error.message)}` };
}

function lineAt(text: string, start: number): string {
  const end = text.indexOf('\n', start);
  return text.slice(start, end === -1 ? undefined : end).replace(/\r$/, '');
}

const rows: readonly Explain[] = [
  tabs,
  pemLines,
  openQuote,
  textAfterQuote,
  openBracket,
  noSpaceAfterColon,
  noSpaceAfterDash,
  reservedStart,
  twoColons,
  noColon,
  otherColumn,
  badEscape,
  textAfterBar,
  unknownTag,
];

/** Errors of indentation: on a line that begins with a tab, the tab is their cause. Inside brackets it is allowed. */
const indentCodes: ReadonlySet<ErrorCode> = new Set([
  'BAD_INDENT',
  'BLOCK_AS_IMPLICIT_KEY',
  'MISSING_CHAR',
  'MULTILINE_IMPLICIT_KEY',
  'UNEXPECTED_TOKEN',
]);

function tabs({ error, line, lineStart }: Mistake): YamlFinding | undefined {
  const isNamed = error.code === 'TAB_AS_INDENT';
  const spaces = /^ *(?=\t)/.exec(line)?.[0];
  if (!isNamed && (spaces === undefined || !indentCodes.has(error.code) || isInBrackets(error))) return undefined;
  return {
    offset: isNamed ? error.pos[0] : lineStart + (spaces?.length ?? 0),
    message: 'This line is indented with a tab, which YAML does not allow.',
    suggestion: 'Write spaces: `expand -t 2 FILE` converts the whole file.',
  };
}

/** Whether the parser's sentence is about a quote, or the items of brackets, and not about their indentation. */
function isInBrackets({ code, message }: YAMLError): boolean {
  return code !== 'BAD_INDENT' && /\bflow\b|quote/i.test(message);
}

/** A line of PEM at the start of its line, or the line after one. */
function pemLines({ text, line, lineStart }: Mistake): YamlFinding | undefined {
  const above = lineAt(text, text.lastIndexOf('\n', lineStart - 2) + 1);
  if (!pemLine.test(line) && (lineStart === 0 || !pemLine.test(above))) return undefined;
  return {
    offset: lineStart,
    message: 'A string of several lines, such as a key in PEM, is not indented below its key.',
    suggestion: 'Start it with `|`, and indent each of its lines below the key.',
  };
}

const pemLine = /-----(?:BEGIN|END) [A-Z0-9 ]{1,40}-----/;

/** The quoted scalar that reaches to the end of the document. */
function openQuote({ error, document }: Mistake): YamlFinding | undefined {
  if (error.code !== 'MISSING_CHAR' || !/closing ["']quote/.test(error.message)) return undefined;
  const start = lastStart(document, error.pos[0], (node) => isScalar(node) && isQuoted(node.type));
  return { ...noClosingQuote, offset: start ?? error.pos[0] };
}

const noClosingQuote = {
  message: 'The quote that opens here is not closed.',
  suggestion: 'Close it. In single quotes, a quote of the text is written twice; in double quotes, `\\"`.',
};

/** `"a" ++ "b"`, or a quote that another line closes: then the first line has no closing quote. */
function textAfterQuote({ error, document, text }: Mistake): YamlFinding | undefined {
  if (error.code !== 'UNEXPECTED_TOKEN' || !/at node end$/.test(error.message)) return undefined;
  const start = lastStart(document, error.pos[0], (node) => isScalar(node) && isQuoted(node.type));
  if (start === undefined) return undefined;
  if (text.slice(start, error.pos[0]).includes('\n')) return { ...noClosingQuote, offset: start };
  return {
    offset: error.pos[0],
    message: 'There is text after the closing quote.',
    suggestion:
      "Put the whole value in quotes of one kind, and use the other kind in it: `\"#['a' ++ 'b']\"`. Or start it with `|` and write it on the next line.",
  };
}

function isQuoted(type: string | null | undefined): boolean {
  return type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE';
}

/** The `[` or `{` that is open where a line of a map or list begins. */
function openBracket({ error, document, text }: Mistake): YamlFinding | undefined {
  const isOpen = /^Flow (?:map|sequence) in block|to end with [\]}]$|^Expected flow /.test(error.message);
  if (!isOpen) return undefined;
  const start = lastStart(document, error.pos[0], (node) => isCollection(node) && node.flow === true);
  if (start === undefined) return undefined;
  const hash = /\s#\[/.exec(text.slice(start, error.pos[0]));
  if (hash !== null) return { ...expressionComment, offset: start + hash.index + 1 };
  const bracket = text[start] === '{' ? '{' : '[';
  return {
    offset: start,
    message: `The \`${bracket}\` that opens here is not closed.`,
    suggestion: `Close it. A string that begins with \`${bracket}\` needs quotes.`,
  };
}

/** `{ value: #[…] }`: the comment hides the closing bracket. */
const expressionComment = {
  message: 'This `#` begins a comment in YAML, so the rest of the line is not read.',
  suggestion: 'Put the whole expression in quotes: `"#[authentication.principal]"`.',
};

/** Where the last node of this kind before `end` begins. */
function lastStart(
  document: Document.Parsed | undefined,
  end: number,
  fits: (node: unknown) => boolean,
): number | undefined {
  let start: number | undefined;
  if (document === undefined) return undefined;
  visit(document, {
    Node(_key, node) {
      const at = node.range?.[0];
      if (at !== undefined && at < end && (start === undefined || at > start) && fits(node)) start = at;
    },
  });
  return start;
}

/** Keys without quotes: a scheme such as `https:` is followed by slashes. */
const keyWithoutSpace = /^\s*(?:- +)*[\w.$-]{1,64}:(?=[^\s/])(?!.*: )/;

function noSpaceAfterColon({ error, line, lineStart }: Mistake): YamlFinding | undefined {
  if (error.code !== 'MULTILINE_IMPLICIT_KEY' && error.code !== 'MISSING_CHAR') return undefined;
  const found = keyWithoutSpace.exec(line)?.[0];
  if (found === undefined) return undefined;
  return {
    offset: lineStart + found.length - 1,
    message: 'There is no space after this colon, so the line is text and no key with a value.',
    suggestion: 'Write `KEY: VALUE`, with a space after the colon.',
  };
}

function noSpaceAfterDash({ line, lineStart }: Mistake): YamlFinding | undefined {
  const found = /^ *-(?=[\w"'])/.exec(line)?.[0];
  if (found === undefined) return undefined;
  return {
    offset: lineStart + found.length - 1,
    message: 'There is no space after this `-`, so it is no item of a list.',
    suggestion: 'Write `- `, with a space.',
  };
}

function reservedStart({ error, text }: Mistake): YamlFinding | undefined {
  const character = text[error.pos[0]] ?? '';
  if (error.code !== 'BAD_SCALAR_START' || !'@`%'.includes(character)) return undefined;
  return {
    offset: error.pos[0],
    message: `A value cannot begin with ${character === '`' ? 'a backtick' : `\`${character === '@' ? '@' : '%'}\``}.`,
    suggestion: 'Put it in quotes.',
  };
}

/** `a: b: c`; the same error is that of a value above a deeper line, and then a second one follows. */
function twoColons({ error, then, line, lineStart }: Mistake): YamlFinding | undefined {
  const isFirst = line.slice(0, error.pos[0] - lineStart).trim() === '';
  if (error.code !== 'BLOCK_AS_IMPLICIT_KEY' || then !== undefined || isFirst) return undefined;
  const colon = line.indexOf(': ', error.pos[0] - lineStart);
  const offset = colon === -1 ? error.pos[0] : lineStart + colon;
  return {
    offset,
    message: 'This line has a second colon with a space after it.',
    suggestion: 'If it is part of the value, put the value in quotes.',
  };
}

const columnCodes: ReadonlySet<ErrorCode> = new Set(['BAD_INDENT', 'BLOCK_AS_IMPLICIT_KEY', 'MULTILINE_IMPLICIT_KEY']);

function otherColumn({ text, error, then, lineStart }: Mistake): YamlFinding | undefined {
  if (!columnCodes.has(error.code)) return undefined;
  // A value that deeper lines follow: the parser points at the value.
  const isValue = error.code !== 'BAD_INDENT' && then !== undefined && /\S/.test(text.slice(lineStart, error.pos[0]));
  return columnAdvice(text, lineStart, isValue);
}

function noColon({ error, line, lineStart }: Mistake): YamlFinding | undefined {
  const isKey = error.message.startsWith('Implicit map keys') || error.code === 'MULTILINE_IMPLICIT_KEY';
  if (!isKey || /:(?:\s|$)|^\s*- /.test(line)) return undefined;
  return {
    offset: lineStart + line.length - line.trimStart().length,
    message: 'This line has no colon: it is neither a key with a value nor an item of a list.',
    suggestion: 'Write `KEY: VALUE`. A text of several lines starts with `|` behind its key.',
  };
}

function badEscape({ error }: Mistake): YamlFinding | undefined {
  if (error.code !== 'BAD_DQ_ESCAPE') return undefined;
  return {
    offset: error.pos[0],
    message: 'In double quotes, `\\` begins an escape sequence, and this is not one.',
    suggestion: 'Write `\\\\` for one `\\`, or put the value in single quotes.',
  };
}

function textAfterBar({ error }: Mistake): YamlFinding | undefined {
  if (!error.message.startsWith('Block scalar header')) return undefined;
  return {
    offset: error.pos[0],
    message: 'There is text behind the `|` or `>`, which begins a text on the next line.',
    suggestion: 'Write the text on the next line, indented. A value that begins with `|` or `>` needs quotes.',
  };
}

function unknownTag({ error }: Mistake): YamlFinding | undefined {
  if (error.code !== 'TAG_RESOLVE_FAILED') return undefined;
  return {
    offset: error.pos[0],
    message: 'This is not well-formed YAML: A tag cannot be resolved.',
    suggestion:
      "Other tools replace tags such as `!include`; mintproc does not. Write the value itself, or, for a key, `key: { file: … }` in the policy's entry in mintproc.yaml. A string that begins with `!` needs quotes.",
  };
}

/** Used in place of the parser's sentences that quote the file, which may be part of a secret. */
const ownSentences: Readonly<Partial<Record<ErrorCode, string>>> = {
  BAD_ALIAS: 'An anchor or alias has no valid name',
  BAD_COLLECTION_TYPE: 'A tag does not match its value',
  BAD_DIRECTIVE: 'A directive is invalid',
  BAD_PROP_ORDER: 'Anchors and tags must be after the indicator',
  BAD_SCALAR_START: 'Plain value cannot start with this character',
  BLOCK_IN_FLOW: 'Inside `[…]` or `{…}`, a comma is missing, or a line begins a list or map of the other kind',
};

/** Sentences that name only the parser's own tokens, and nothing of the file. */
const unexpectedToken = /^Unexpected (?:[\w-]{1,24} (?:token|at node end)|(?:,|empty item) in [\w ]{1,24})$/;

/** The parser's sentence without quotes from the file. */
function sentence(code: ErrorCode, whole: string): string {
  const message = ownSentences[code] ?? whole.replace(/(?<=\w): .*$/s, '');
  if (message.startsWith('Unexpected ') && !unexpectedToken.test(message)) return 'Unexpected content.';
  return message.endsWith('.') ? message : `${message}.`;
}
