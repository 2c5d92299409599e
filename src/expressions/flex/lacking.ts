/**
 * @module
 * What an expression uses of DataWeave 2.x that Flex Gateway lacks, with the place.
 *
 * Runs only on a source that Flex Gateway's grammar has refused: the grammar of DataWeave reads it, and each node that
 * it makes is looked at. So what stands before a mistake is found too.
 */
import { LocatedError } from '../../diagnostics/problem.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import { isFunctionName } from '../dataweave/modules.ts';
import { parse } from '../dataweave/parser.ts';
import { ParseError } from '../dataweave/reader.ts';
import type { ArrayItem, BinaryOperator, Declaration, Node, SelectorKind } from '../dataweave/syntax.ts';
import { isTime, RegexValue } from '../dataweave/values.ts';
import type { ConstructName } from './constructs.ts';
import { functionValues } from './functions/index.ts';
import { flexKeywords } from './scanner.ts';

export type Finding =
  | { readonly kind: 'construct'; readonly at: number; readonly construct: ConstructName }
  | { readonly kind: 'function'; readonly at: number; readonly name: string }
  /** A name after a dot that Flex Gateway takes only in quotes. */
  | { readonly kind: 'unquoted'; readonly at: number; readonly name: string }
  /** An item of an array that needs parentheses. */
  | { readonly kind: 'item'; readonly at: number; readonly text: string }
  | { readonly kind: 'trailing-comma'; readonly at: number };

export interface Lacking {
  /** The first, by place. */
  readonly first: Finding | undefined;
  /** What is not well formed in DataWeave either. */
  readonly refusal: ParseError | undefined;
}

/**
 * @param from where the header ends, as far as Flex Gateway reads it
 * @param at the furthest place at which the expression still made sense to Flex Gateway
 */
export function findLacking(source: SourceText, from: number, at: number): Lacking {
  const findings: Finding[] = [];
  const notice = (node: Node): void => {
    findings.push(...lacking(node, source.text, findings));
  };
  let refusal: ParseError | undefined;
  try {
    findings.push(...parse(source, { from, notice }).declarations.map(declared));
  } catch (error) {
    if (!(error instanceof LocatedError)) throw error;
    refusal = error instanceof ParseError ? error : undefined;
    findings.push(...refused(source.text, refusal));
    if (findings.length === 0) findings.push(...lackingAt(source.text, at));
  }
  return { first: firstOf(findings), refusal };
}

/** Of two at one place the later: it was made of the earlier. */
function firstOf(findings: readonly Finding[]): Finding | undefined {
  let first: Finding | undefined;
  for (const finding of findings) if (first === undefined || finding.at <= first.at) first = finding;
  return first;
}

const declarations: { readonly [kind in Declaration['kind']]: ConstructName } = {
  var: 'variable',
  fun: 'fun',
  type: 'type',
};

function declared({ kind, at }: Declaration): Finding {
  return { kind: 'construct', at, construct: declarations[kind] };
}

/** @param inside what was found in the nodes below, and before them */
function lacking(node: Node, text: string, inside: readonly Finding[]): readonly Finding[] {
  if (node.kind === 'array') return lackingInArray(node, text, inside);
  if (node.kind === 'name') return lackingName(node, text);
  const unquoted = node.kind === 'select' && text.startsWith('.', node.at) ? unquotedName(text, node.key.start) : [];
  const found = constructOf(node, text);
  return found === undefined ? unquoted : [{ kind: 'construct', ...found }, ...unquoted];
}

interface Placed {
  readonly at: number;
  readonly construct: ConstructName;
}

/** What a node is that Flex Gateway lacks; undefined where it has such nodes. */
function constructOf(node: Node, text: string): Placed | undefined {
  switch (node.kind) {
    case 'literal':
      return placed(lackingLiteral(node, text), node.start);
    case 'text':
      return lackingText(node, text);
    case 'binary':
      return placed(lackingOperators[node.operator], node.start);
    case 'select':
      return placed(lackingSelectors[node.how], node.at);
    case 'negate':
      return { construct: 'arithmetic', at: node.start };
    case 'if':
      return placed(text.startsWith('unless', node.start) ? 'unless' : undefined, node.start);
    case 'do':
      return { construct: text.startsWith('using', node.start) ? 'using' : 'do', at: node.start };
    case 'lambda':
      // The function of a `fun` begins with its name; the `fun` is found as a declaration.
      return placed(/[(<]/.test(text.charAt(node.start)) ? 'lambda' : undefined, node.start);
    case 'object':
      return { construct: 'object', at: node.start };
    case 'match':
    case 'update':
    case 'filter':
    case 'exists':
    case 'as':
    case 'is':
      return { construct: node.kind, at: node.at };
    case 'name':
    case 'array':
    case 'call':
    case 'not':
    case 'assert':
    case 'default':
    case 'logical':
      return undefined;
  }
}

function placed(construct: ConstructName | undefined, at: number): Placed | undefined {
  return construct === undefined ? undefined : { construct, at };
}

const lackingOperators: { readonly [operator in BinaryOperator]: ConstructName | undefined } = {
  '+': 'arithmetic',
  '-': 'arithmetic',
  '*': 'arithmetic',
  '/': 'arithmetic',
  '<<': 'append',
  '>>': 'append',
  '~=': 'similar',
  '<~': 'annotate',
  '==': undefined,
  '!=': undefined,
  '<': undefined,
  '>': undefined,
  '<=': undefined,
  '>=': undefined,
};

const lackingSelectors: { readonly [how in SelectorKind]: ConstructName | undefined } = {
  value: undefined,
  multi: undefined,
  attributes: undefined,
  pair: 'metadata',
  namespace: 'metadata',
  descendant: 'descendants',
  descendants: 'descendants',
  descendantPairs: 'descendants',
  attributesBelow: 'descendants',
};

function lackingLiteral({ value, start }: Node & { kind: 'literal' }, text: string): ConstructName | undefined {
  if (text.startsWith('`', start)) return 'backtick';
  if (value instanceof RegexValue) return 'regex';
  if (isTime(value)) return 'date';
  return startsWith(/-?\d+(?:\.\d+)?[eE]/y, text, start) === undefined ? undefined : 'exponent';
}

/** A string that is nothing but one interpolation is one in Flex Gateway too. */
function lackingText({ parts, start, at }: Node & { kind: 'text' }, text: string): Placed | undefined {
  if (text.startsWith('`', start)) return { construct: 'backtick', at: start };
  return parts.length === 1 ? undefined : { construct: 'interpolation', at };
}

/** Then it is a dollar sign to whoever wrote it. */
function isFirstInString(text: string, at: number): boolean {
  return /^['"]$/.test(text.charAt(at - 1));
}

function isParameter(name: string): boolean {
  return name.startsWith('$');
}

function lackingName({ name: written, start: at }: Node & { kind: 'name' }, text: string): readonly Finding[] {
  const name = written.slice(written.lastIndexOf(':') + 1);
  if (isParameter(name)) return isFirstInString(text, at) ? [] : [{ kind: 'construct', construct: 'parameter', at }];
  if (name === 'to') return [{ kind: 'construct', construct: 'range', at }];
  return isFunctionName(name) && !functionValues.has(name) ? [{ kind: 'function', name, at }] : [];
}

/** `a.x-id` is `a.x` minus `id` in DataWeave, which is not what anybody means. */
function unquotedName(text: string, at: number): readonly Finding[] {
  const name = startsWith(selectorName, text, at);
  if (name === undefined || (/^[A-Za-z]\w*$/.test(name) && !flexKeywords.has(name))) return [];
  return [{ kind: 'unquoted', name, at }];
}

const selectorName = /[A-Za-z_]\w*(?:-[A-Za-z0-9_]+)*/y;

function lackingInArray(
  { items, trailingComma }: Node & { kind: 'array' },
  text: string,
  inside: readonly Finding[],
): readonly Finding[] {
  const found = items.flatMap((item) => lackingItem(item, text, inside));
  return trailingComma === undefined ? found : [...found, { kind: 'trailing-comma', at: trailingComma }];
}

/** An item is a value or stands in parentheses. */
function lackingItem(item: ArrayItem, text: string, inside: readonly Finding[]): readonly Finding[] {
  const { value, condition, start, end } = item;
  if (condition !== undefined) return [{ kind: 'construct', construct: 'condition', at: start }];
  if (value.isEnclosed === true || ['literal', 'text', 'name', 'array'].includes(value.kind)) return [];
  if (inside.some(({ at }) => at >= start && at < end)) return [];
  return [{ kind: 'item', at: start, text: text.slice(start, end).trim() }];
}

/** What Flex Gateway lacks where DataWeave's grammar refuses the expression too, by what stands at the place. */
const refusedToo: readonly (readonly [what: RegExp, construct: ConstructName])[] = [
  [/\.\^/y, 'metadata'],
  [/=(?!=)/y, 'equals'],
  [/\|[^|\n]+\|/y, 'date'],
  [/\/(?:[^/\\\n]|\\.)+\//y, 'regex'],
  [/\{/y, 'object'],
  [/`/y, 'backtick'],
  [/->/y, 'lambda'],
  [/[-+*/]/y, 'arithmetic'],
];

function refused(text: string, refusal: ParseError | undefined): readonly Finding[] {
  if (refusal === undefined) return [];
  const { offset, withoutElse } = refusal;
  if (withoutElse !== undefined) {
    const construct = text.startsWith('unless', withoutElse) ? 'unless' : 'elseless';
    return [{ kind: 'construct', construct, at: withoutElse }];
  }
  if (/\.[*@]?$/.test(text.slice(Math.max(0, offset - 2), offset))) {
    const unquoted = unquotedName(text, offset);
    if (unquoted.length > 0) return unquoted;
  }
  return lackingAt(text, offset);
}

function lackingAt(text: string, at: number): readonly Finding[] {
  const construct = refusedToo.find(([what]) => startsWith(what, text, at) !== undefined)?.[1];
  return construct === undefined ? [] : [{ kind: 'construct', construct, at }];
}

function startsWith(what: RegExp, text: string, at: number): string | undefined {
  what.lastIndex = at;
  return what.exec(text)?.[0];
}
