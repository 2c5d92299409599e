/**
 * @module
 * Functions of `dw::core::URL`.
 */
import { MintError } from '../../../diagnostics/mint-error.ts';
import type { Evaluation } from '../evaluation.ts';
import { ObjectBuilder, type Value } from '../values.ts';
import { type FullRow, form, string } from './row.ts';

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
];
