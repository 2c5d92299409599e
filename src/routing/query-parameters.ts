/**
 * @module
 * The parameters of a query in the ways in which servers read them.
 */
import { decodeAll } from './path-decoding.ts';

/** A parameter as a server may read it. */
export interface QueryParameter {
  readonly name: string;
  /** Whether only servers that decode more than once read this name. */
  readonly isDecodedAgain: boolean;
  /** Undefined if servers do not agree on it: an invalid escape, bytes that are not UTF-8 or not encoded. */
  readonly value: string | undefined;
  /** The value for servers that keep `+`, if it differs. */
  readonly withPlus?: string | undefined;
}

/** Parameters by name, including names that a server may read as the given one. */
export class QueryParameters {
  readonly #byName = new Map<string, QueryParameter[]>();

  add(parameter: QueryParameter): void {
    for (const name of readingsOf(parameter.name)) {
      const others = this.#byName.get(name);
      if (others === undefined) this.#byName.set(name, [parameter]);
      else others.push(parameter);
    }
  }

  /** The parameters that some server reads as `name`, in the order of the query. */
  named(name: string): readonly QueryParameter[] {
    return this.#byName.get(plainName(name)) ?? none;
  }
}

const none: readonly QueryParameter[] = [];

/**
 * The name in one form for all names that some server reads as one: in lower case, as ASP.NET compares names, and as
 * PHP reads them: without spaces before, up to a zero byte, and with other characters replaced.
 */
function plainName(name: string): string {
  const end = name.indexOf('\0');
  const read = end === -1 ? name : name.slice(0, end);
  return read.trimStart().replace(/[ .+]/g, '_').toLowerCase();
}

/**
 * The names that servers may read. `a[]` and `a[x]` are parts of `a` in PHP, Rails and Express; PHP replaces a bracket
 * that is not closed.
 */
function readingsOf(name: string): readonly string[] {
  const plain = plainName(name);
  if (!plain.includes('[')) return [plain];
  // `a[x][]` is a part of `a[x]`. Names with more brackets than the first few are no form of a plainer one.
  const ends = Array.from(plain.matchAll(/\[/g), ({ index }) => index).slice(0, maxBrackets);
  const parts = ends.map((end) => plain.slice(0, end));
  return plain.includes(']') ? [plain, ...parts] : [plain, ...parts, plain.replaceAll('[', '_')];
}

/** Whether some server reads one of two different names as the other. */
export function areLookalikeNames(one: string, other: string): boolean {
  return readingsOf(one).includes(plainName(other)) || readingsOf(other).includes(plainName(one));
}

/** A condition's own name may have some. */
const maxBrackets = 8;

/**
 * The parameters of a query as the WHATWG URL standard reads them (section 5.1), decoded once. Undefined if servers do
 * not agree on a name.
 *
 * @param separators `&`, or also `;` as some servers have it (HTML 4.01, appendix B.2.2)
 */
export function parametersOf(query: string, separators: '&' | RegExp): QueryParameters | undefined {
  const parameters = new QueryParameters();
  for (const part of query.split(separators)) {
    if (part === '') continue;
    const [rawName, rawValue] = splitPart(part);
    const name = decodeOnce(rawName);
    const names = name === undefined ? undefined : decodings(name);
    if (names === undefined) return undefined;
    for (const read of names) parameters.add(new LazyParameter(read, read !== name, rawValue));
  }
  return parameters;
}

/** Most parameters concern no route, so their values are not decoded. */
class LazyParameter implements QueryParameter {
  readonly name: string;
  readonly isDecodedAgain: boolean;
  readonly #raw: string;

  constructor(name: string, isDecodedAgain: boolean, raw: string) {
    this.name = name;
    this.isDecodedAgain = isDecodedAgain;
    this.#raw = raw;
  }

  get value(): string | undefined {
    return decodeOnce(this.#raw);
  }

  get withPlus(): string | undefined {
    return this.#raw.includes('+') ? decodeOnce(this.#raw.replaceAll('+', '%2B')) : undefined;
  }
}

function splitPart(part: string): readonly [name: string, value: string] {
  const equals = part.indexOf('=');
  return equals === -1 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)];
}

const encoded = /[%+]/;
const notAscii = /[^!-~]/;

/** RFC 3986 section 2.1, and `+` for a space. Undefined if it is not valid. */
function decodeOnce(text: string): string | undefined {
  if (notAscii.test(text)) return undefined;
  if (!encoded.test(text)) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    return undefined;
  }
}

/**
 * Bounds for the work below, which an unusual query needs: at these limits it is about one RSA signature. @internal
 * Exported for tests of the limits.
 */
export const longestUnusualQuery = 4096;
/** How often a server may decode. @internal Exported for tests of the limits. */
export const maxDecodings = 4;
const maxPossible = 4096;

/**
 * What servers read differently: other separators, escapes of delimiters, of `%` and of a zero byte, and an escaped `=`
 * in a name.
 */
const unusual = /[;?]|%(?:00|2[356]|3[bf])|(?:^|&)[^=&]*%3d/i;

export function isUnusualQuery(query: string): boolean {
  return unusual.test(query);
}

/**
 * Every parameter that some server may find: it may decode repeatedly, before or after it separates parameters, and at
 * other separators. Undefined if the query is too long, decodes too often or has too many of them.
 */
export function possibleParameters(query: string): QueryParameters | undefined {
  const texts = query.length > longestUnusualQuery ? undefined : decodings(query);
  if (texts === undefined) return undefined;
  const parts = new Set(separators.flatMap((separator) => texts.flatMap((text) => text.split(separator))));
  const parameters = new QueryParameters();
  let count = 0;
  for (const part of parts) {
    const [name, value] = splitPart(part);
    const [names, values] = [spellings(name), spellings(value)];
    count += names.size * values.size;
    if (count > maxPossible) return undefined;
    for (const one of names)
      for (const other of values) parameters.add({ name: one, isDecodedAgain: true, value: other });
  }
  return parameters;
}

const separators = ['&', /[&;]/, /[&;?#\0]/] as const;

/** The text, and what it becomes each time that it is decoded. */
function decodings(text: string): readonly string[] | undefined {
  const found = [text];
  for (let before = text; before.includes('%'); ) {
    const after = decodeAll(before);
    if (after === before) return found;
    if (found.length > maxDecodings) return undefined;
    found.push(after);
    before = after;
  }
  return found;
}

/** A part of a text does not decode more often than the text. */
function spellings(text: string): ReadonlySet<string> {
  return new Set((decodings(text) ?? [text]).flatMap((form) => [form, form.replaceAll('+', ' ')]));
}
