/**
 * @module
 * Functions of `dw::core::URL`.
 */
import { MintError } from '../../../diagnostics/mint-error.ts';
import { implied } from '../conversion.ts';
import type { Evaluation } from '../evaluation.ts';
import { mismatch } from '../failures.ts';
import { ObjectBuilder, type Value } from '../values.ts';
import { array, type FullRow, form, string } from './row.ts';

const module = 'dw::core::URL';

function coding(name: string, summary: string, code: (text: string) => string): FullRow {
  const run = ({ meter }: Evaluation, text: string): string => {
    meter.scan(text);
    try {
      return meter.text(code(text));
    } catch (error) {
      if (!(error instanceof URIError)) throw error;
      throw new MintError('dataweave.conversion', 'The text is not well encoded.');
    }
  };
  return { module, name, summary, forms: [form([string], run)] };
}

/** The parts with the values between them, each value encoded as a part of a URI. */
function compose({ meter }: Evaluation, parts: readonly Value[], values: readonly Value[]): string {
  let made = textAt(parts, 0);
  values.forEach((_, i) => {
    made += encodeURIComponent(textAt(values, i)) + textAt(parts, i + 1);
    meter.textOf(made.length);
  });
  return made;
}

function textAt(items: readonly Value[], at: number): string {
  const text = implied(items[at] ?? null, 'String');
  if (typeof text === 'string') return text;
  throw mismatch('each part of a URI', 'a String', items[at] ?? null);
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
  const isValid = found !== null && /^(?:[A-Za-z][\w+.-]*)?$/.test(found[1] ?? '');
  uri.add('isValid', isValid);
  uri.add('raw', text);
  if (isValid) for (const [name, value] of fieldsOf(found)) if (value !== undefined) uri.add(name, value);
  return uri.build();
}

function fieldsOf(found: RegExpExecArray): readonly (readonly [name: string, value: Value | undefined])[] {
  const [, scheme, authority, path = '', query, fragment] = found;
  const isOpaque = scheme !== undefined && authority === undefined && !path.startsWith('/');
  const [, user, host, port] = /^(?:(.*)@)?(.*?)(?::(\d{1,5}))?$/.exec(authority ?? '') ?? [];
  return [
    ['host', host === '' ? undefined : host],
    ['authority', authority],
    ['fragment', fragment && decode(fragment)],
    ['path', isOpaque ? undefined : decode(path)],
    ['port', port && Number(port)],
    ['query', query && decode(query)],
    ['scheme', scheme],
    ['user', user],
    ['isAbsolute', scheme !== undefined],
    ['isOpaque', isOpaque],
  ];
}

export const urlRows: readonly FullRow[] = [
  coding('encodeURI', 'The text with what no URI may hold encoded.', encodeURI),
  coding('encodeURIComponent', 'The text with what no part of a URI may hold encoded.', encodeURIComponent),
  coding('decodeURI', 'The text with all encoded characters decoded.', decodeURIComponent),
  coding('decodeURIComponent', 'The text with all encoded characters decoded.', decodeURIComponent),
  { module, name: 'parseURI', summary: 'The parts of a URI.', forms: [form([string], parse)] },
  {
    module,
    name: 'compose',
    summary: 'A URI from texts and the values between them: compose`https://a/$(b)` encodes what `b` is.',
    forms: [form([array, array], compose)],
  },
];
