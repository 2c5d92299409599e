/**
 * @module
 * What messages repeat: every string that is put into a sentence has to be known to be harmless.
 */

import { inserted } from './inserted/index.ts';
import type { SourceFile } from './source-file.ts';

/** Functions that judge a string themselves (`src/diagnostics/harmless.ts`), or name the type of a value only. */
const judging = /^(?:called|calledFile|nameOr|plainNames|notThere|calledElement|typeName|typesOf)\(/;

/** Words of the product and numbers, by what they are called everywhere: limits, lengths, the nearest known name. */
const known =
  /^(?:guess|near)$|^(?:limits|dataweaveLimits)\.\w+$|^(?:longest|max|deepest|largest|oldest)[A-Z]?\w*$|^[\w.]+\.length$|\.reason$|^[\w.]+ \/ 1000$|^\w+ \+ 1$|^[^'`]+ \? '[^'`]*' : '[^'`]*'$/;

/** The rooms that read what authors write, and those that compute with values of requests. */
const rooms =
  /^src\/(?:cli|configuration|decision|dialects|documents|expressions|identity|jose|keys|mint|net|request|routing|verification)\//;

/** Data without any input: the examples that documentation and `mintproc help` show. */
const examples = 'src/cli/help/rule-examples/';

/**
 * One line for each string of unknown origin that a sentence of the file repeats, and for each row that is no more
 * needed.
 */
export function messageFindings({ path, text }: SourceFile): string[] {
  if (!rooms.test(path) || path.startsWith(examples)) return [];
  const allowed = inserted[path.slice('src/'.length)] ?? [];
  const found = unjudged(text).filter(({ expression }) => !known.test(expression));
  const raw = found.filter(({ expression }) => !allowed.includes(expression));
  const gone = allowed.filter((expression) => !found.some((one) => one.expression === expression));
  return [
    ...raw.map(
      ({ around, expression }) =>
        `${path}: \`${around}\` repeats ${expression}: judge it by src/diagnostics/harmless.ts, or list it in test/architecture/inserted/ where it cannot come from a file`,
    ),
    ...gone.map(
      (expression) => `${path}: no sentence repeats ${expression}; take it out of test/architecture/inserted/`,
    ),
  ];
}

interface Inserted {
  /** The sentence's own text. */
  readonly around: string;
  readonly expression: string;
}

/** A sentence has two words; what has fewer is a name, a path or a part of a format. */
const sentence = /[A-Za-z]{2,}[\s\S]* [a-z]{2,}/;

/** What the sentences of a source text insert that no function has judged. */
function unjudged(text: string): readonly Inserted[] {
  return templatesIn(text).flatMap(({ around, expressions }) =>
    sentence.test(around)
      ? expressions.filter((expression) => !judging.test(expression)).map((expression) => ({ around, expression }))
      : [],
  );
}

interface Template {
  readonly around: string;
  readonly expressions: readonly string[];
}

/** The template literals of a text, inner ones too; comments are recognised by their stars and slashes alone. */
function templatesIn(text: string): Template[] {
  const found: Template[] = [];
  const code = text.replace(/^\s*(?:\/?\*|\/\/).*$/gm, '');
  for (let at = code.indexOf('`'); at !== -1; at = code.indexOf('`', at)) at = readTemplate(code, at + 1, found);
  return found;
}

/** @returns the offset behind the closing quote */
function readTemplate(code: string, start: number, found: Template[]): number {
  let around = '';
  const expressions: string[] = [];
  let at = start;
  while (at < code.length && code[at] !== '`') {
    if (code[at] === '\\') {
      around += code.slice(at, at + 2);
      at += 2;
    } else if (code.startsWith('${', at)) {
      const end = endOfExpression(code, at + 2, found);
      expressions.push(withoutTemplates(code.slice(at + 2, end - 1)));
      around += '…';
      at = end;
    } else around += code[at++];
  }
  if (expressions.length > 0) found.push({ around, expressions });
  return at + 1;
}

/** A template inside an expression is one of its own. */
function withoutTemplates(expression: string): string {
  return expression
    .replace(/`(?:[^`\\]|\\.)*`/g, '`…`')
    .replace(/\s+/g, ' ')
    .trim();
}

/** @returns the offset behind the closing brace */
function endOfExpression(code: string, start: number, found: Template[]): number {
  let depth = 1;
  let at = start;
  while (at < code.length && depth > 0) {
    const character = code[at];
    if (character === '`') at = readTemplate(code, at + 1, found);
    else {
      if (character === '{') depth += 1;
      if (character === '}') depth -= 1;
      at += 1;
    }
  }
  return at;
}
