/**
 * @module
 * Functions of `dw::core::URL`.
 */
import { MintError } from '../../../diagnostics/mint-error.ts';
import type { Meter } from '../bounds.ts';
import { implied } from '../conversion.ts';
import { chargeConversion } from '../cost.ts';
import type { Evaluation } from '../evaluation.ts';
import { wrongType } from '../failures.ts';
import { ObjectBuilder, type Value } from '../values.ts';
import { array, type FunctionRow, form, string } from './row.ts';

const module = 'dw::core::URL';

/** Characters that are encoded or decoded in one step, as a power of two. */
const charactersPerStep = 4;

type Code = (text: string) => string;

/** @throws MintError `dataweave.conversion` for a lone surrogate or an invalid percent-encoding */
function coded(text: string, code: Code): string {
  try {
    return code(text);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    throw new MintError('dataweave.conversion', 'The string has a lone surrogate or an invalid percent-encoding.');
  }
}

/**
 * As Java decodes: `+` is a space, and bytes that are no UTF-8 become U+FFFD.
 *
 * @throws URIError for an invalid percent-encoding
 */
function decoded(text: string): string {
  if (/%(?![\da-f]{2})/i.test(text)) throw new URIError('invalid percent-encoding');
  return text
    .replaceAll('+', ' ')
    .replace(/(?:%[\da-f]{2})+/gi, (run) => utf8.decode(Buffer.from(bytesOf(run.replaceAll('%', '')), 'hex')));
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** A half of a character is one U+FFFD, not one for each byte. */
function bytesOf(hex: string): string {
  return hex
    .replace(/(..)/g, '$1 ')
    .replace(/ed [ab]. [89ab]. /gi, 'efbfbd')
    .replaceAll(' ', '');
}

/** The engine encodes `+`, too. */
function encoded(text: string): string {
  return encodeURI(text).replaceAll('+', '%2B');
}

function coding(name: string, summary: string, code: Code): FunctionRow {
  const run = ({ meter }: Evaluation, text: string): string => {
    meter.charge(text.length >> charactersPerStep);
    return meter.text(coded(text, code));
  };
  return { module, name, summary, forms: [form([string], run)] };
}

/** The parts with the percent-encoded values between them. */
function compose({ meter }: Evaluation, parts: readonly Value[], values: readonly Value[]): string {
  let made = textAt(parts, 0, meter);
  values.forEach((_, i) => {
    made += coded(textAt(values, i, meter), encodeURIComponent) + textAt(parts, i + 1, meter);
    meter.textOf(made.length);
  });
  return made;
}

function textAt(items: readonly Value[], at: number, meter: Meter): string {
  chargeConversion(items[at] ?? null, meter);
  const text = implied(items[at] ?? null, 'String');
  if (typeof text === 'string') return text;
  throw wrongType('each part of `compose`', 'a String', items[at] ?? null);
}

/** RFC 3986, appendix B. */
const parts = /^(?:([^:/?#]+):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s;

const legal = /^(?:[\w\-.~:/?#[\]@!$&'()*+,;=]|[\u0080-\uffff]|%[0-9a-fA-F]{2})*$/;

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function parse({ meter }: Evaluation, text: string): Value {
  meter.scan(text);
  const found = legal.test(text) ? parts.exec(text) : null;
  const uri = new ObjectBuilder();
  const isValid = found !== null && /^(?:[A-Za-z][\w+.-]*)?$/.test(found[1] ?? '') && hasValidBrackets(found);
  uri.add('isValid', isValid);
  uri.add('raw', text);
  if (isValid) for (const [name, value] of fieldsOf(found)) if (value !== undefined) uri.add(name, value);
  return uri.build();
}

/** Brackets are allowed around an IPv6 address, in a query and in a fragment. A URI such as `a:b` has no path. */
function hasValidBrackets(found: RegExpExecArray): boolean {
  const [, , authority, path = ''] = found;
  if (!isOpaqueUri(found) && /[[\]]/.test(path)) return false;
  return authority === undefined || /^[^[\]]*(?:\[[\da-fA-F:.]+\](?::\d*)?)?$/.test(authority);
}

function isOpaqueUri([, scheme, authority, path = '']: RegExpExecArray): boolean {
  return scheme !== undefined && authority === undefined && !path.startsWith('/');
}

function fieldsOf(found: RegExpExecArray): readonly (readonly [name: string, value: Value | undefined])[] {
  const [, scheme, authority, path = '', query, fragment] = found;
  const isOpaque = isOpaqueUri(found);
  const { user, host, port } = authorityParts(authority ?? '');
  return [
    ['host', host],
    ['authority', authority],
    ['fragment', fragment && decode(fragment)],
    ['path', isOpaque ? undefined : decode(path)],
    ['port', port],
    ['query', query && decode(query)],
    ['scheme', scheme],
    ['user', user],
    ['isAbsolute', scheme !== undefined],
    ['isOpaque', isOpaque],
  ];
}

interface Authority {
  readonly user?: string;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
}

/** `user@host:80`. An authority with a line separator has no parts. */
function authorityParts(text: string): Authority {
  if (/[\u2028\u2029]/.test(text)) return {};
  const at = text.lastIndexOf('@');
  const place = text.slice(at + 1);
  const colon = place.lastIndexOf(':');
  const hasPort = colon !== -1 && /^\d{1,5}$/.test(place.slice(colon + 1, colon + 7));
  const host = hasPort ? place.slice(0, colon) : place;
  return {
    ...(at === -1 ? {} : { user: text.slice(0, at) }),
    host: host === '' ? undefined : host,
    port: hasPort ? Number(place.slice(colon + 1)) : undefined,
  };
}

export const urlRows: readonly FunctionRow[] = [
  coding('encodeURI', 'The string with the characters encoded that a URI must not contain, and `+`.', encoded),
  coding(
    'encodeURIComponent',
    'The string with the characters encoded that a component of a URI must not contain.',
    encodeURIComponent,
  ),
  coding('decodeURI', 'The string with all percent-encoded characters decoded, and `+` as a space.', decoded),
  coding('decodeURIComponent', 'The string with all percent-encoded characters decoded, and `+` as a space.', decoded),
  { module, name: 'parseURI', summary: 'The parts of a URI.', forms: [form([string], parse)] },
  {
    module,
    name: 'compose',
    summary: 'A URI from strings and the values between them: compose`https://a/$(b)` encodes the value of `b`.',
    forms: [form([array, array], compose)],
  },
];
