/**
 * @module
 * The paths of a regular expression as `path` and `pathPrefix` of a route can say them. What they cannot say exactly,
 * they say wider. A dot in the middle of a text is taken for a dot.
 */
import { isPlainPath } from '../address.ts';

/**
 * How the requests of a match differ from those of the rule: not at all; those whose path ends with the slash that the
 * rule ends with are missing; or there are more.
 */
export type Difference = 'none' | 'final-slash' | 'more';

/** What a path has after the base path: all of its segments, or the first ones. */
export interface PathPart {
  readonly form: 'whole' | 'beginning';
  readonly text: string;
  readonly differs: Difference;
}

/** One part for each alternative. Every path that the expression matches has one of them. */
export function pathsOf(expression: string): readonly PathPart[] {
  return expanded(expression)?.flatMap(partsOf) ?? [{ form: 'beginning', text: '', differs: 'more' }];
}

/** The only text that the expression matches; undefined if there are others. */
export function literalText(expression: string): string | undefined {
  const { literal, rest } = beginningOf(expression);
  return rest === 'nothing' && !literal.includes('*') ? literal : undefined;
}

/**
 * The texts that an expression with alternatives has while it is expanded. With more, it is one that a match cannot
 * say. @internal Exported for the test of the limit.
 */
export const maxTexts = 64;

/**
 * The alternatives of the whole text and of its groups, as expressions without any. Undefined if there are too many, or
 * some that stay inside.
 */
function expanded(expression: string): readonly string[] | undefined {
  const found = [expression];
  const done: string[] = [];
  for (const one of found) {
    const parts = one.includes('|') ? alternativesOf(one) : [];
    if (parts === undefined || found.length > maxTexts) return undefined;
    if (parts.length === 0) done.push(one);
    found.push(...parts);
  }
  return done;
}

/** Of the text, or of its first inner group with alternatives. */
function alternativesOf(expression: string): readonly string[] | undefined {
  const whole = splitOutside(expression);
  if (whole.length > 1) return whole;
  const group = /\((?:\?:)?([^()[\]\\?]*\|[^()[\]\\?]*)\)(?![*+?{])/.exec(expression);
  if (group?.[1] === undefined) return undefined;
  const before = expression.slice(0, group.index);
  const after = expression.slice(group.index + group[0].length);
  return group[1].split('|').map((part) => `${before}${part}${after}`);
}

/** The parts between the `|` that are in no group and in no class. */
function splitOutside(expression: string): readonly string[] {
  const parts = [''];
  let depth = 0;
  for (const [token] of expression.matchAll(/\\[\s\S]|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]|[\s\S]/g)) {
    if (token === '(') depth += 1;
    if (token === ')') depth -= 1;
    if (token === '|' && depth === 0) parts.push('');
    else parts.push(`${parts.pop() ?? ''}${token}`);
  }
  return parts;
}

function partsOf(expression: string): readonly PathPart[] {
  const { literal, rest, isWider } = beginningOf(expression);
  const text = literal.replace(/\/$/, '');
  const parts = isPlainPath(text.replaceAll('/*', '')) ? plainParts(rest, text, text === literal) : undefined;
  if (parts === undefined) return [{ form: 'beginning', text: wholeSegments(literal), differs: 'more' }];
  return isWider ? parts.map((part) => ({ ...part, differs: 'more' })) : parts;
}

/** Undefined if no part is for all paths with this beginning and rest. */
function plainParts(rest: Rest, text: string, isWithoutSlash: boolean): readonly PathPart[] | undefined {
  const whole: PathPart = { form: 'whole', text, differs: 'none' };
  const below: PathPart = { ...whole, text: `${text}/**` };
  const hasAny = text.includes('*');
  if (rest === 'nothing') return [isWithoutSlash ? whole : { ...whole, text: `${text}/`, differs: 'more' }];
  if (rest === 'below-or-itself' && isWithoutSlash) return hasAny ? [whole, below] : [{ ...whole, form: 'beginning' }];
  if (rest !== 'any' || isWithoutSlash) return undefined;
  // For the base path alone, a gateway compares a slash too.
  return text === '' ? [{ ...whole, form: 'beginning' }] : [{ ...below, differs: 'final-slash' }];
}

/** The segments that are complete, up to the first that is not plain. */
function wholeSegments(literal: string): string {
  const segments = literal.split('/').slice(1, -1);
  const plain = segments.findIndex((segment) => !isPlainPath(`/${segment}`));
  return segments
    .slice(0, plain === -1 ? undefined : plain)
    .map((segment) => `/${segment}`)
    .join('');
}

type Rest = 'nothing' | 'any' | 'below-or-itself' | 'other';

interface Beginning {
  /** The text with which every match begins, with `*` for a segment of any text. */
  readonly literal: string;
  readonly rest: Rest;
  /** Whether a `*` stands for a segment of some texts. */
  readonly isWider: boolean;
}

const ends: readonly (readonly [form: RegExp, rest: Rest])[] = [
  [/^$/, 'nothing'],
  [/^\((?:\?:)?\/\.\*\)\?$/, 'below-or-itself'],
  [/^\.\*$/, 'any'],
];

function beginningOf(expression: string): Beginning {
  let text = expression.replace(/^\^/, '').replace(/(?<!\\)\$$/, '');
  let literal = '';
  let isWider = false;
  for (;;) {
    const end = ends.find(([form]) => form.test(text));
    if (end !== undefined) return { literal, rest: end[1], isWider };
    const next = nextOf(text, literal.endsWith('/'));
    if (next === undefined) return { literal, rest: 'other', isWider };
    literal += next.literal;
    isWider ||= next.isWider;
    text = next.text;
  }
}

interface Next extends Omit<Beginning, 'rest'> {
  readonly text: string;
}

/** A character that stands for itself. */
const character = /^(?:\\([^\w\s*])|([\w/~%@:,;=&!'"<>. -]))(?![*+?{])/;

/** A whole segment of any text, or of some texts. */
const anySegment = /^(?:(\[\^\/\]\+)|\[[^\]/\\]+\](?:\+|\{\d+\})|\\[dw](?:\+|\{\d+\}))(?=\)?(?:\/|\((?:\?:)?\/|$))/;

/** @param isAtSegment whether a segment begins here */
function nextOf(text: string, isAtSegment: boolean): Next | undefined {
  const plain = character.exec(text);
  if (plain !== null) {
    return { literal: plain[1] ?? plain[2] ?? '', text: text.slice(plain[0].length), isWider: false };
  }
  const segment = isAtSegment ? anySegment.exec(text) : null;
  if (segment !== null) {
    return { literal: '*', text: text.slice(segment[0].length), isWider: segment[1] === undefined };
  }
  const rest = ungrouped(text);
  return rest === undefined ? undefined : { literal: '', text: rest, isWider: false };
}

/** The text without the group at its beginning, if that only captures: it has no quantifier and no alternatives. */
function ungrouped(text: string): string | undefined {
  const found = /^\((?:\?:)?((?:\[[^\]]*\]|[^()|[\]?])*)\)(?![*+?{])([\s\S]*)$/.exec(text);
  return found === null ? undefined : `${found[1]}${found[2]}`;
}
