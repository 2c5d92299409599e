/**
 * @module
 * Functions of `dw::util::Coercions`, which convert as `as` does.
 */
import { MintError } from '../../../diagnostics/mint-error.ts';
import { requireStringLength } from '../../limits.ts';
import { decoded, encoded } from '../binary-text.ts';
import type { Meter } from '../bounds.ts';
import { convert, implied, requireEnglish, type Schema, schemaOf, textOf } from '../conversion.ts';
import { chargeConversion, chargeOperand } from '../cost.ts';
import type { Evaluation } from '../evaluation.ts';
import { wrongType } from '../failures.ts';
import { isNumber, isRoundingMode } from '../numbers.ts';
import { patternOf } from '../regex.ts';
import { namedTypes } from '../type-values.ts';
import { isArray, isTime, Key, ObjectValue, type TimeValue, UriValue, type Value } from '../values.ts';
import {
  anyTime,
  array,
  binary,
  boolean,
  type Form,
  type FunctionRow,
  form,
  number,
  optional,
  type ParameterType,
  regex,
  string,
  typed,
} from './row.ts';

const module = 'dw::util::Coercions';

function as(value: Value, name: string, schema: Schema): Value {
  const type = namedTypes.get(name);
  if (type === undefined) throw new Error(`there is no type ${name}`);
  return convert(value, type, schema);
}

const uri = typed<UriValue>('Uri', (value) => value instanceof UriValue);
const formats: typeof array = { ...array, name: 'Array<Formatter>' };
const textOrNull = typed<string | null>(
  'String | Null',
  (value) => value === null || typeof value === 'string',
  'String',
);

const key = typed<Key>('Key', (value) => value instanceof Key);

/** The engine's `toString` first tries to read a string as a number, then as a date or time. */
const timeOrText: ParameterType<TimeValue> = {
  ...anyTime,
  convert: (value) => {
    if (typeof value !== 'string') return undefined;
    for (const kind of ['Date', 'LocalTime', 'Time'] as const) {
      const found = implied(value, kind);
      if (found !== undefined) return found;
    }
    return undefined;
  },
};

const otherText = typed<string>('String', () => false, 'String');

const maybeText = optional(textOrNull, null);

const roundMode: ParameterType<string | null> = {
  ...maybeText,
  name: 'RoundingMode | Null',
  accepts: (value): value is string | null => value === null || (typeof value === 'string' && isRoundingMode(value)),
  convert: (value) => (value instanceof Key && isRoundingMode(value.name) ? value.name : undefined),
};

/** The cost of parsing a format and a string with it. */
const stepsPerFormat = 40;

/** Converts with the first format that matches; undefined if no format matches. */
function byFormats({ meter }: Evaluation, text: string, type: string, all: readonly Value[]): Value | undefined {
  for (const one of meter.items(all)) {
    meter.charge(stepsPerFormat);
    chargeOperand(text, meter);
    if (!mayHaveFormat(one)) continue;
    try {
      const { format, unit } = schemaOf(one);
      return as(text, type, { format, unit });
    } catch (error) {
      if (!isMisfit(error)) throw error;
      meter.charge(stepsPerMisfit);
    }
  }
  return undefined;
}

/** A string, for example, has no members at all. What has some, but no `format`, asks for no format. */
function mayHaveFormat(one: Value): boolean {
  return one === null || isNumber(one) || isArray(one) || isTime(one) || one instanceof ObjectValue;
}

/** Making an error takes time, because of its stack trace. */
const stepsPerMisfit = 25;

function isMisfit(error: unknown): boolean {
  return error instanceof MintError && (error.code === 'dataweave.conversion' || error.code === 'dataweave.format');
}

function firstFitting(call: Evaluation, text: string, type: string, all: readonly Value[]): Value {
  const found = byFormats(call, text, type, all);
  if (found !== undefined) return found;
  throw new MintError('dataweave.conversion', `The string matches none of the formats for a ${type}.`);
}

/** Forms for other types, by whether they are tried before or after those for strings. */
interface OtherForms {
  readonly before?: readonly Form[];
  readonly after?: readonly Form[];
}

/** Functions that convert a String with a format or a list of formats. */
function parsing(type: string, summary: string, others: OtherForms = {}): readonly FunctionRow[] {
  const forms = [
    ...(others.before ?? []),
    form([string, formats], (call, text, all) => firstFitting(call, text, type, all)),
    form([string, maybeText, maybeText], (_, text, format, locale) => {
      requireEnglish(locale ?? undefined);
      return as(text, type, { format: format ?? undefined });
    }),
    ...(others.after ?? []),
  ];
  const orNull = form([string, formats], (call, text, all) => byFormats(call, text, type, all) ?? null);
  return [
    { module, name: `to${type}`, summary, forms },
    { module, name: `to${type}OrNull`, summary: `As \`to${type}\`, but null if no format matches.`, forms: [orNull] },
  ];
}

/** Converts between a number and a date or period, with an optional unit. */
function counted(parameter: ParameterType, type: string): Form {
  return form([parameter, maybeText], (_, value, unit) => as(value, type, { unit: unit ?? undefined }));
}

function joined(items: readonly Value[], meter: Meter): string {
  let joined = '';
  for (const item of items) {
    chargeConversion(item, meter);
    const text = textOf(item);
    if (text === undefined) throw wrongType('each item of `toString`', 'a String', item);
    joined += text;
    requireStringLength(joined.length);
  }
  return joined;
}

export const coercionRows: readonly FunctionRow[] = [
  {
    module,
    name: 'toString',
    summary: 'A value as a string, with an optional format for numbers and dates, or the encoding for bytes.',
    forms: [
      form([binary, string], ({ meter }, bytes, encoding) => {
        meter.textOf(bytes.length);
        return meter.text(decoded(bytes, encoding));
      }),
      form([number, maybeText, maybeText, roundMode], (_, value, format, locale, roundMode) => {
        requireEnglish(locale ?? undefined);
        return as(value, 'String', { format: format ?? undefined, roundMode: roundMode ?? undefined });
      }),
      form([timeOrText, maybeText, maybeText], (_, value, format, locale) => {
        requireEnglish(locale ?? undefined);
        return as(value, 'String', { format: format ?? undefined });
      }),
      form([key], (_, { name }) => name),
      form([otherText], (_, text) => text),
      form([boolean], (_, value) => String(value)),
      form([uri], (_, { text }) => text),
      form([regex], (_, { source }) => source),
      form([array], ({ meter }, items) => meter.text(joined(meter.items(items), meter))),
    ],
  },
  ...parsing('Number', 'A number from a string, a date (seconds since 1970) or a period.', {
    after: [
      counted(anyTime, 'Number'),
      // The engine converts the number to a DateTime first.
      form([number, maybeText], (_, value, unit) =>
        as(as(value, 'DateTime', {}), 'Number', { unit: unit ?? undefined }),
      ),
    ],
  }),
  {
    module,
    name: 'toBoolean',
    summary: 'A boolean from a string.',
    forms: [form([string], (_, text) => as(text, 'Boolean', {}))],
  },
  ...parsing('Date', 'A date from a string.'),
  ...parsing('DateTime', 'A date and time from a string or the seconds since 1970.', {
    before: [counted(number, 'DateTime')],
  }),
  ...parsing('LocalDateTime', 'A date and time without a time zone from a string.'),
  ...parsing('LocalTime', 'A time from a string.'),
  ...parsing('Time', 'A time with a time zone from a string.'),
  {
    module,
    name: 'toTimeZone',
    summary: 'A time zone from a string.',
    forms: [form([string], (_, text) => as(text, 'TimeZone', {}))],
  },
  {
    module,
    name: 'toPeriod',
    summary: 'A period from a string.',
    forms: [form([string], (_, text) => as(text, 'Period', {}))],
  },
  {
    module,
    name: 'toRegex',
    summary: 'A regular expression from a string.',
    forms: [form([string], ({ meter }, text) => patternOf(text, meter))],
  },
  {
    module,
    name: 'toUri',
    summary: 'A URI from a string.',
    forms: [
      form([string], ({ meter }, text) => {
        meter.scan(text);
        return as(text, 'Uri', {});
      }),
    ],
  },
  {
    module,
    name: 'toArray',
    summary: 'The characters.',
    forms: [form([string], ({ meter }, text) => meter.characters(text))],
  },
  {
    module,
    name: 'toBinary',
    summary: 'The bytes of a string in the given encoding.',
    forms: [
      form([string, string], ({ meter }, text, encoding) => {
        meter.scan(text);
        // The second pass writes the bytes.
        meter.scan(text);
        return encoded(text, encoding);
      }),
    ],
  },
];
