/**
 * @module
 * The highlighting of expressions, of both profiles and of the templates and variables of the other dialects. It reads
 * words and does not check: what is wrong with an expression, the process says.
 */
import { StreamLanguage, type StringStream } from '@codemirror/language';

interface Reading {
  /** The quote or the end of a comment that is still open. */
  open: string | undefined;
  /** Whether the last token was an operand, after which `/` divides. */
  isAfterOperand: boolean;
}

const keywords =
  /^(?:and|as|async|case|default|do|else|enum|for|from|fun|if|import|input|is|match|matches|not|ns|or|output|private|throw|type|unless|update|using|var|yield)$/;
const atoms = /^(?:true|false|null)$/;
const inputs = /^(?:attributes|authentication|vars|payload)$/;

function restOfString(stream: StringStream, reading: Reading): string {
  const { open } = reading;
  while (!stream.eol()) {
    const next = stream.next();
    if (next === '\\') stream.next();
    else if (next === open) {
      reading.open = undefined;
      break;
    }
  }
  return 'string';
}

function restOfComment(stream: StringStream, reading: Reading): string {
  if (stream.skipTo('*/')) {
    stream.match('*/');
    reading.open = undefined;
  } else stream.skipToEnd();
  return 'comment';
}

function word(stream: StringStream, reading: Reading, text: string, isMember: boolean): string {
  reading.isAfterOperand = true;
  if (isMember) return 'propertyName';
  if (atoms.test(text)) return 'atom';
  if (keywords.test(text)) {
    reading.isAfterOperand = false;
    return 'keyword';
  }
  if (inputs.test(text)) return 'variableName.special';
  return stream.match(/^\s*\(/, false) !== null || text.includes('::') ? 'variableName.function' : 'variableName';
}

/** Tokens whose first character says what they are. */
const symbols: readonly (readonly [pattern: RegExp, token: string, isOperand: boolean])[] = [
  [/^\/\/.*/, 'comment', false],
  [/^\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/, 'number', true],
  [/^\|[-+:.\w]+\|/, 'literal', true],
  [/^\$+/, 'variableName.special', true],
  [/^(?:\+\+|--|->|=>|<=|>=|[=!~]=|[-+*/<>=!?&|~@^#])/, 'operator', false],
  [/^[)\]}]/, 'bracket', true],
  [/^[([{]/, 'bracket', false],
  [/^[,;:.]/, 'punctuation', false],
];

function token(stream: StringStream, reading: Reading): string | null {
  if (reading.open === '*/') return restOfComment(stream, reading);
  if (reading.open !== undefined) return restOfString(stream, reading);
  if (stream.eatSpace()) return null;
  return wordAt(stream, reading) ?? openingAt(stream, reading) ?? symbolAt(stream, reading);
}

function wordAt(stream: StringStream, reading: Reading): string | undefined {
  const isMember = stream.string.charAt(stream.pos - 1) === '.' && stream.string.charAt(stream.pos - 2) !== '.';
  const name = stream.match(/^[A-Za-z_]\w*(?:::[A-Za-z_]\w*)*/);
  return Array.isArray(name) ? word(stream, reading, name[0], isMember) : undefined;
}

/** What begins here and may go on in the next line, or is a regular expression. */
function openingAt(stream: StringStream, reading: Reading): string | undefined {
  if (stream.match('/*')) {
    reading.open = '*/';
    return restOfComment(stream, reading);
  }
  const quote = stream.eat(/['"`]/);
  if (quote) {
    reading.open = quote;
    reading.isAfterOperand = true;
    return restOfString(stream, reading);
  }
  if (reading.isAfterOperand || !stream.match(/^\/(?![/*])(?:[^/\\]|\\.)+\//)) return undefined;
  reading.isAfterOperand = true;
  return 'regexp';
}

function symbolAt(stream: StringStream, reading: Reading): string | null {
  for (const [pattern, kind, isOperand] of symbols) {
    if (!stream.match(pattern)) continue;
    reading.isAfterOperand = isOperand;
    return kind;
  }
  stream.next();
  return null;
}

export const expressionLanguage = StreamLanguage.define<Reading>({
  name: 'expression',
  startState: () => ({ open: undefined, isAfterOperand: false }),
  copyState: (reading) => ({ ...reading }),
  token,
  languageData: {
    commentTokens: { line: '//', block: { open: '/*', close: '*/' } },
    closeBrackets: { brackets: ['(', '[', '{', "'", '"', '`'] },
  },
});
