/**
 * @module
 * The parts of DataWeave 2.x in an expression that Flex Gateway does not support, with their places.
 *
 * Runs only on a source that Flex Gateway's grammar has refused. The grammar of DataWeave parses the source, and this
 * module looks at each node that it creates. So it also finds what is before a syntax error.
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
  /** A name after a dot that Flex Gateway accepts only in quotes. */
  | { readonly kind: 'unquoted'; readonly at: number; readonly name: string }
  /** An array item that needs parentheses. */
  | { readonly kind: 'item'; readonly at: number; readonly text: string }
  | { readonly kind: 'trailing-comma'; readonly at: number };

export interface Findings {
  /** The finding with the lowest offset. */
  readonly first: Finding | undefined;
  /** The syntax error, if the source is not valid DataWeave either. */
  readonly refusal: ParseError | undefined;
}

/**
 * @param from the end of the header, as far as Flex Gateway parses it
 * @param at the furthest offset up to which the expression made sense to Flex Gateway
 */
export function findUnsupported(source: SourceText, from: number, at: number): Findings {
  const findings: Finding[] = [];
  const notice = (node: Node): void => {
    findings.push(...unsupportedIn(node, source.text, findings));
  };
  let refusal: ParseError | undefined;
  try {
    findings.push(...parse(source, { from, notice }).declarations.map(declared));
  } catch (error) {
    if (!(error instanceof LocatedError)) throw error;
    refusal = error instanceof ParseError ? error : undefined;
    findings.push(...unsupportedByBoth(source.text, refusal));
    if (findings.length === 0) findings.push(...unsupportedAt(source.text, at));
  }
  return { first: firstOf(findings), refusal };
}

/** Of two findings at one offset, the later: its node contains the node of the earlier. */
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
  return { kind: 'construct', construct: declarations[kind], at };
}

/** @param inside the findings in the nodes inside this one, and before them */
function unsupportedIn(node: Node, text: string, inside: readonly Finding[]): readonly Finding[] {
  switch (node.kind) {
    case 'literal':
      return construct(unsupportedLiteral(node, text), node.start);
    case 'text':
      return inString(node, text);
    case 'name':
      return inName(node, text);
    case 'array':
      return inArray(node, text, inside);
    case 'select':
      return inSelector(node, text);
    case 'binary':
      return construct(unsupportedOperators[node.operator], node.start);
    case 'negate':
      return construct('arithmetic', node.start);
    case 'if':
      return text.startsWith('unless', node.start) ? construct('unless', node.start) : [];
    case 'do':
      return construct(text.startsWith('using', node.start) ? 'using' : 'do', node.start);
    case 'lambda':
      // The lambda of a `fun` begins with its name. It is reported as a declaration.
      return /[(<]/.test(text.charAt(node.start)) ? construct('lambda', node.start) : [];
    case 'object':
      return construct('object', node.start);
    case 'match':
    case 'update':
    case 'filter':
    case 'exists':
    case 'as':
    case 'is':
      return construct(node.kind, node.at);
    case 'call':
    case 'not':
    case 'assert':
    case 'default':
    case 'logical':
      return [];
  }
}

function construct(name: ConstructName | undefined, at: number): readonly Finding[] {
  return name === undefined ? [] : [{ kind: 'construct', construct: name, at }];
}

const unsupportedOperators: { readonly [operator in BinaryOperator]: ConstructName | undefined } = {
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

const unsupportedSelectors: { readonly [how in SelectorKind]: ConstructName | undefined } = {
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

function unsupportedLiteral({ value, start }: Node & { kind: 'literal' }, text: string): ConstructName | undefined {
  if (text.startsWith('`', start)) return 'backtick';
  if (value instanceof RegexValue) return 'regex';
  if (isTime(value)) return 'date';
  return matchAt(/-?\d+(?:\.\d+)?[eE]/y, text, start) === undefined ? undefined : 'exponent';
}

/** Flex Gateway supports a string that consists of one interpolation. */
function inString({ parts, start, at }: Node & { kind: 'text' }, text: string): readonly Finding[] {
  if (text.startsWith('`', start)) return construct('backtick', start);
  return parts.length === 1 ? [] : construct('interpolation', at);
}

function inSelector({ how, at, key }: Node & { kind: 'select' }, text: string): readonly Finding[] {
  const unquoted = text.startsWith('.', at) ? unquotedName(text, key.start) : [];
  return [...construct(unsupportedSelectors[how], at), ...unquoted];
}

/** A dollar sign there is usually meant as the character. */
function isFirstInString(text: string, at: number): boolean {
  return /^['"]$/.test(text.charAt(at - 1));
}

function isParameter(name: string): boolean {
  return name.startsWith('$');
}

function inName({ name: written, start: at }: Node & { kind: 'name' }, text: string): readonly Finding[] {
  const name = written.slice(written.lastIndexOf(':') + 1);
  if (isParameter(name)) return isFirstInString(text, at) ? [] : construct('parameter', at);
  if (name === 'to') return construct('range', at);
  return isFunctionName(name) && !functionValues.has(name) ? [{ kind: 'function', name, at }] : [];
}

/** `a.x-id` is `a.x` minus `id` in DataWeave. Its author almost certainly means the name `x-id`. */
function unquotedName(text: string, at: number): readonly Finding[] {
  const name = matchAt(selectorName, text, at);
  if (name === undefined || (/^[A-Za-z]\w*$/.test(name) && !flexKeywords.has(name))) return [];
  return [{ kind: 'unquoted', name, at }];
}

const selectorName = /[A-Za-z_]\w*(?:-[A-Za-z0-9_]+)*/y;

function inArray(
  { items, trailingComma }: Node & { kind: 'array' },
  text: string,
  inside: readonly Finding[],
): readonly Finding[] {
  const found = items.flatMap((item) => inItem(item, text, inside));
  return trailingComma === undefined ? found : [...found, { kind: 'trailing-comma', at: trailingComma }];
}

/** The kinds of node that need no parentheses as an array item. */
const valueKinds: ReadonlySet<Node['kind']> = new Set(['literal', 'text', 'name', 'array']);

function inItem(item: ArrayItem, text: string, inside: readonly Finding[]): readonly Finding[] {
  const { value, condition, start, end } = item;
  if (condition !== undefined) return construct('condition', start);
  if (value.isEnclosed === true || valueKinds.has(value.kind)) return [];
  if (inside.some(({ at }) => at >= start && at < end)) return [];
  return [{ kind: 'item', at: start, text: text.slice(start, end).trim() }];
}

/** The unsupported construct at a place where DataWeave's grammar refuses the expression too. */
const constructsByText: readonly (readonly [syntax: RegExp, name: ConstructName])[] = [
  [/\.\^/y, 'metadata'],
  [/=(?!=)/y, 'equals'],
  [/\|[^|\n]+\|/y, 'date'],
  [/\/(?:[^/\\\n]|\\.)+\//y, 'regex'],
  [/\{/y, 'object'],
  [/`/y, 'backtick'],
  [/->/y, 'lambda'],
  [/[-+*/]/y, 'arithmetic'],
];

function unsupportedByBoth(text: string, refusal: ParseError | undefined): readonly Finding[] {
  if (refusal === undefined) return [];
  const { offset, withoutElse } = refusal;
  if (withoutElse !== undefined) {
    return construct(text.startsWith('unless', withoutElse) ? 'unless' : 'elseless', withoutElse);
  }
  if (/\.[*@]?$/.test(text.slice(Math.max(0, offset - 2), offset))) {
    const unquoted = unquotedName(text, offset);
    if (unquoted.length > 0) return unquoted;
  }
  return unsupportedAt(text, offset);
}

function unsupportedAt(text: string, at: number): readonly Finding[] {
  return construct(constructsByText.find(([syntax]) => matchAt(syntax, text, at) !== undefined)?.[1], at);
}

/** The match of a sticky regular expression at an offset. */
function matchAt(syntax: RegExp, text: string, at: number): string | undefined {
  syntax.lastIndex = at;
  return syntax.exec(text)?.[0];
}
