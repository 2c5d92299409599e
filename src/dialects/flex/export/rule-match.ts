/**
 * @module
 * The `match` of a route in mintproc.yaml for a rule of a gateway's route, whose parts are regular expressions. What a
 * `match` cannot say exactly, it says wider. A dot in the middle of a text is taken for a dot.
 */
import { isPlainPath } from '../address.ts';
import { field } from '../carriers.ts';

export interface RuleMatch {
  readonly pathPrefix?: string;
  readonly host?: string;
  readonly method?: readonly string[];
  readonly headers?: Readonly<Record<string, string | readonly string[] | true>>;
}

/**
 * Which other requests a match is for: none; those for the path itself, where the rule is only for what is below it;
 * or more.
 */
export type Wider = 'no' | 'itself' | 'more';

export interface MatchedRule {
  readonly match: RuleMatch;
  readonly wider: Wider;
}

/**
 * One match for each alternative of the rule's path.
 *
 * @param basePath what paths begin with before the part that the rule compares; plain, without a slash at the end
 */
export function matchesOf(rule: unknown, basePath: string): readonly MatchedRule[] {
  const method = methodsOf(field(rule, 'methods'));
  const host = hostOf(field(rule, 'host'));
  const headers = headersOf(field(rule, 'headers'));
  const others: RuleMatch = {
    ...(host.value === undefined ? {} : { host: host.value }),
    ...(method.value === undefined ? {} : { method: method.value }),
    ...(Object.keys(headers.value).length === 0 ? {} : { headers: headers.value }),
  };
  return pathsOf(field(rule, 'path')).map((path) => {
    const prefix = `${basePath}${path.value}`;
    return {
      match: { ...(prefix === '' ? {} : { pathPrefix: prefix }), ...others },
      wider: [method, host, headers].some(({ wider }) => wider === 'more') ? 'more' : path.wider,
    };
  });
}

interface Said<T> {
  readonly value: T;
  readonly wider: Wider;
}

/** Expressions for every text. */
function isAny(text: unknown): boolean {
  return text === undefined || text === null || /^\^?(?:\.\*|\(\.\*\))\$?$/.test(String(text));
}

function pathsOf(written: unknown): readonly Said<string>[] {
  if (isAny(written)) return [{ value: '', wider: 'no' }];
  const expressions = expanded(String(written));
  return expressions === undefined ? [{ value: '', wider: 'more' }] : expressions.map(pathOf);
}

/** Of one expression. More are taken for one that a match cannot say. */
const maxAlternatives = 32;

/**
 * The alternatives of the whole text and of its groups, as expressions without any. Undefined if there are too many, or
 * some that stay inside.
 */
function expanded(expression: string): readonly string[] | undefined {
  const found = [expression];
  const done: string[] = [];
  for (const one of found) {
    const parts = one.includes('|') ? alternativesOf(one) : [];
    if (parts === undefined || found.length > 2 * maxAlternatives) return undefined;
    if (parts.length === 0) done.push(one);
    found.push(...parts);
  }
  return done;
}

/** Of the text, or of its first inner group with alternatives. */
function alternativesOf(expression: string): readonly string[] | undefined {
  const whole = splitOutside(expression);
  if (whole.length > 1) return whole;
  const group = /\((?:\?:)?([^()[\]\\]*\|[^()[\]\\]*)\)(?![*+?{])/.exec(expression);
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

function pathOf(expression: string): Said<string> {
  const { literal, rest } = literalStart(expression);
  const whole = literal.replace(/\/$/, '');
  const exact = isPlainPath(whole) ? widerThan(rest, whole === literal, whole === '') : undefined;
  return exact === undefined ? { value: wholeSegments(literal), wider: 'more' } : { value: whole, wider: exact };
}

/** How much wider a prefix is than a path with this rest; undefined if the prefix may be narrower. */
function widerThan(rest: Start['rest'], isWithoutSlash: boolean, isEmpty: boolean): Wider | undefined {
  if (rest === 'nothing') return 'more';
  if (rest === 'below-or-itself' && isWithoutSlash) return 'no';
  // For the base path alone, a gateway compares a slash too.
  if (rest === 'any' && !isWithoutSlash) return isEmpty ? 'no' : 'itself';
  return undefined;
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

interface Start {
  /** The text with which every match begins. */
  readonly literal: string;
  readonly rest: 'nothing' | 'any' | 'below-or-itself' | 'other';
}

const ends: readonly (readonly [form: RegExp, rest: Start['rest']])[] = [
  [/^$/, 'nothing'],
  [/^\((?:\?:)?\/\.\*\)\?$/, 'below-or-itself'],
  [/^\.\*$/, 'any'],
];

/** A character that stands for itself. */
const literalCharacter = /^(?:\\([^\w\s])|([\w/~%@:,;=&!'"<>. -]))(?![*+?{])/;

function literalStart(expression: string): Start {
  let rest = expression.replace(/^\^/, '').replace(/(?<!\\)\$$/, '');
  let literal = '';
  for (;;) {
    const end = ends.find(([form]) => form.test(rest));
    if (end !== undefined) return { literal, rest: end[1] };
    const character = literalCharacter.exec(rest);
    const next = character === null ? ungrouped(rest) : rest.slice(character[0].length);
    if (next === undefined) return { literal, rest: 'other' };
    literal += character?.[1] ?? character?.[2] ?? '';
    rest = next;
  }
}

/** The text without the group at its beginning, if that only captures: it has no quantifier and no alternatives. */
function ungrouped(text: string): string | undefined {
  const found = /^\((?:\?:)?([^()|[\]]*)\)(?![*+?{])([\s\S]*)$/.exec(text);
  return found === null ? undefined : `${found[1]}${found[2]}`;
}

/** `GET|POST`, or a list. */
function methodsOf(written: unknown): Said<readonly string[] | undefined> {
  const text = Array.isArray(written) ? written.join('|') : written;
  if (isAny(text)) return { value: undefined, wider: 'no' };
  const names = alternatives(String(text))?.map((name) => name.toUpperCase());
  return names?.every((name) => /^[A-Z]+$/.test(name)) === true
    ? { value: [...new Set(names)], wider: 'no' }
    : { value: undefined, wider: 'more' };
}

function hostOf(written: unknown): Said<string | undefined> {
  if (isAny(written)) return { value: undefined, wider: 'no' };
  const text = String(written).replace(/^\^|\$$/g, '');
  const below = /^\(?\.[*+]\)?\\\.([\s\S]*)$/.exec(text);
  const name = literalText(below?.[1] ?? text);
  if (name === undefined || !/^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.[a-z][a-z0-9-]*$/i.test(name))
    return { value: undefined, wider: 'more' };
  return { value: below === null ? name : `*.${name}`, wider: 'no' };
}

function headersOf(written: unknown): Said<Readonly<Record<string, string | readonly string[] | true>>> {
  const entries = typeof written === 'object' && written !== null ? Object.entries(written) : [];
  const said = entries.map(([name, expression]) => [name, headerOf(expression)] as const);
  // A route has other keys for the host, and no two names that some servers take for one.
  const names = new Set(entries.map(([name]) => name.toLowerCase().replace(/[^a-z0-9]/g, '-')));
  const isPlain = entries.every(([name]) => /^[a-z0-9][a-z0-9_-]*$/i.test(name) && !/^host$/i.test(name));
  if (!isPlain || names.size < entries.length || names.size > maxHeaders) return { value: {}, wider: 'more' };
  return {
    value: Object.fromEntries(said.map(([name, { value }]) => [name, value])),
    wider: said.some(([, { wider }]) => wider === 'more') ? 'more' : 'no',
  };
}

/** In a route. */
const maxHeaders = 32;

function headerOf(written: unknown): Said<string | readonly string[] | true> {
  if (isAny(written)) return { value: true, wider: 'no' };
  const values = alternatives(String(written));
  if (values === undefined || values.some((value) => !/^[!-~](?:[ -~]*[!-~])?$/.test(value))) {
    return { value: true, wider: 'more' };
  }
  const [only, ...more] = values;
  return { value: more.length === 0 && only !== undefined ? only : values, wider: 'no' };
}

/** The alternatives of an expression, if all of them are literal. */
function alternatives(expression: string): readonly string[] | undefined {
  const inner = /^\^?(?:\((?:\?:)?([^()]*)\)|([^()]*))\$?$/.exec(expression);
  const texts = (inner?.[1] ?? inner?.[2])?.split('|').map(literalText);
  return texts?.every((text) => text !== undefined && text !== '') === true
    ? texts.filter((text) => text !== undefined)
    : undefined;
}

/** The only text that the expression matches, with a dot as the character that it hardly stands for: itself. */
function literalText(expression: string): string | undefined {
  const { literal, rest } = literalStart(expression);
  return rest === 'nothing' ? literal : undefined;
}
