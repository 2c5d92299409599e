/**
 * @module
 * Functions of `dw::util::Coercions`: what `as` does, as functions.
 */
import { decoded, encoded } from '../binary-text.ts';
import { convert, type Schema, textOf } from '../conversion.ts';
import { mismatch } from '../failures.ts';
import { namedTypes } from '../type-values.ts';
import type { Value } from '../values.ts';
import {
  anyTime,
  array,
  binary,
  boolean,
  type Form,
  type FullRow,
  form,
  number,
  optional,
  type ParameterType,
  string,
} from './row.ts';

const module = 'dw::util::Coercions';

function as(value: Value, name: string, schema: Schema): Value {
  const type = namedTypes.get(name);
  if (type === undefined) throw new Error(`there is no type ${name}`);
  return convert(value, type, schema);
}

/** A row that converts a String, by a format where one is given, and what else these forms take. */
function parsing(name: string, type: string, summary: string, ...others: readonly Form[]): FullRow {
  const forms = [
    form([string], (_, text) => as(text, type, {})),
    form([string, string], (_, text, format) => as(text, type, { format })),
    ...others,
  ];
  return { module, name, summary, forms };
}

/** A number by a unit of time, or a time as one. */
function counted(parameter: ParameterType, type: string): Form {
  return form([parameter, optional(string, 'seconds')], (_, value, unit) => as(value, type, { unit }));
}

function joined(items: readonly Value[]): string {
  return items
    .map((item) => {
      const text = textOf(item);
      if (text === undefined) throw mismatch('each item', 'a String', item);
      return text;
    })
    .join('');
}

export const coercionRows: readonly FullRow[] = [
  {
    module,
    name: 'toString',
    summary: 'A number, boolean, date or type as text, by a format where one is given; bytes by their encoding.',
    forms: [
      form([binary, string], ({ meter }, bytes, encoding) => meter.text(decoded(bytes, encoding))),
      form([number], (_, value) => as(value, 'String', {})),
      form([number, string], (_, value, format) => as(value, 'String', { format })),
      form([anyTime], (_, value) => as(value, 'String', {})),
      form([anyTime, string], (_, value, format) => as(value, 'String', { format })),
      form([boolean], (_, value) => String(value)),
      form([string], (_, text) => text),
      form([array], ({ meter }, items) => meter.text(joined(meter.items(items)))),
    ],
  },
  parsing(
    'toNumber',
    'Number',
    'A number from text, a date (seconds since 1970) or a period.',
    counted(anyTime, 'Number'),
    counted(number, 'Number'),
  ),
  {
    module,
    name: 'toBoolean',
    summary: 'A boolean from text.',
    forms: [form([string], (_, text) => as(text, 'Boolean', {}))],
  },
  parsing('toDate', 'Date', 'A date from text.'),
  parsing('toDateTime', 'DateTime', 'A date and time from text or seconds since 1970.', counted(number, 'DateTime')),
  parsing('toLocalDateTime', 'LocalDateTime', 'A date and time without zone from text.'),
  parsing('toLocalTime', 'LocalTime', 'A time from text.'),
  parsing('toTime', 'Time', 'A time with a zone from text.'),
  {
    module,
    name: 'toTimeZone',
    summary: 'A time zone from text.',
    forms: [form([string], (_, text) => as(text, 'TimeZone', {}))],
  },
  {
    module,
    name: 'toPeriod',
    summary: 'A period from text.',
    forms: [form([string], (_, text) => as(text, 'Period', {}))],
  },
  {
    module,
    name: 'toRegex',
    summary: 'A regular expression from text.',
    forms: [form([string], (_, text) => as(text, 'Regex', {}))],
  },
  { module, name: 'toUri', summary: 'The text.', forms: [form([string], (_, text) => text)] },
  {
    module,
    name: 'toArray',
    summary: 'The characters.',
    forms: [form([string], ({ meter }, text) => meter.items(text.split('')))],
  },
  {
    module,
    name: 'toBinary',
    summary: 'The bytes of a text in an encoding.',
    forms: [form([string, string], (_, text, encoding) => encoded(text, encoding))],
  },
];
