/**
 * @module
 * Functions of `dw::util::Coercions`: what `as` does, as functions.
 */
import { MintError } from '../../../diagnostics/mint-error.ts';
import { requireStringLength } from '../../limits.ts';
import { decoded, encoded } from '../binary-text.ts';
import type { Meter } from '../bounds.ts';
import { convert, requireEnglish, type Schema, schemaOf, textOf } from '../conversion.ts';
import { chargeConversion, chargeOperand } from '../cost.ts';
import type { Evaluation } from '../evaluation.ts';
import { mismatch } from '../failures.ts';
import { patternOf } from '../regex.ts';
import { namedTypes } from '../type-values.ts';
import { ObjectValue, UriValue, type Value } from '../values.ts';
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
const textOrNull = typed<string | null>('String | Null', (value) => value === null || typeof value === 'string');

const maybeText = optional(textOrNull, null);

/** Reading a format and a text by it takes about as long. */
const stepsPerFormat = 40;

/** What the first of the formats makes that takes the text; undefined where none does. */
function byFormats({ meter }: Evaluation, text: string, type: string, all: readonly Value[]): Value | undefined {
  for (const one of meter.items(all)) {
    if (!(one instanceof ObjectValue)) return undefined;
    meter.charge(stepsPerFormat);
    chargeOperand(text, meter);
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

/** An error takes its time to be made. */
const stepsPerMisfit = 25;

function isMisfit(error: unknown): boolean {
  return error instanceof MintError && (error.code === 'dataweave.conversion' || error.code === 'dataweave.format');
}

function firstFitting(call: Evaluation, text: string, type: string, all: readonly Value[]): Value {
  const found = byFormats(call, text, type, all);
  if (found !== undefined) return found;
  throw new MintError('dataweave.conversion', `None of the formats makes a ${type} of the text.`);
}

/** Rows that convert a String, by a format or the first of several that fits, and what else these forms take. */
function parsing(type: string, summary: string, ...others: readonly Form[]): readonly FunctionRow[] {
  const forms = [
    form([string, formats], (call, text, all) => firstFitting(call, text, type, all)),
    form([string, maybeText, maybeText], (_, text, format, locale) => {
      requireEnglish(locale ?? undefined);
      return as(text, type, { format: format ?? undefined });
    }),
    ...others,
  ];
  const orNull = form([string, formats], (call, text, all) => byFormats(call, text, type, all) ?? null);
  return [
    { module, name: `to${type}`, summary, forms },
    { module, name: `to${type}OrNull`, summary: `As \`to${type}\`, and null where no format fits.`, forms: [orNull] },
  ];
}

/** A number by a unit of time, or a time as one. */
function counted(parameter: ParameterType, type: string): Form {
  return form([parameter, maybeText], (_, value, unit) => as(value, type, { unit: unit ?? undefined }));
}

function joined(items: readonly Value[], meter: Meter): string {
  let joined = '';
  for (const item of items) {
    chargeConversion(item, meter);
    const text = textOf(item);
    if (text === undefined) throw mismatch('each item', 'a String', item);
    joined += text;
    requireStringLength(joined.length);
  }
  return joined;
}

export const coercionRows: readonly FunctionRow[] = [
  {
    module,
    name: 'toString',
    summary: 'A number, boolean, date or type as text, by a format where one is given; bytes by their encoding.',
    forms: [
      form([binary, string], ({ meter }, bytes, encoding) => {
        meter.textOf(bytes.length);
        return meter.text(decoded(bytes, encoding));
      }),
      form([number, maybeText, maybeText, maybeText], (_, value, format, locale, roundMode) => {
        requireEnglish(locale ?? undefined);
        return as(value, 'String', { format: format ?? undefined, roundMode: roundMode ?? undefined });
      }),
      form([anyTime, maybeText, maybeText], (_, value, format, locale) => {
        requireEnglish(locale ?? undefined);
        return as(value, 'String', { format: format ?? undefined });
      }),
      form([boolean], (_, value) => String(value)),
      form([uri], (_, { text }) => text),
      form([regex], (_, { source }) => source),
      form([string], (_, text) => text),
      form([array], ({ meter }, items) => meter.text(joined(meter.items(items), meter))),
    ],
  },
  ...parsing(
    'Number',
    'A number from text, a date (seconds since 1970) or a period.',
    counted(anyTime, 'Number'),
    // The engine makes a moment of the number first.
    form([number, maybeText], (_, value, unit) => as(as(value, 'DateTime', {}), 'Number', { unit: unit ?? undefined })),
  ),
  {
    module,
    name: 'toBoolean',
    summary: 'A boolean from text.',
    forms: [form([string], (_, text) => as(text, 'Boolean', {}))],
  },
  ...parsing('Date', 'A date from text.'),
  ...parsing('DateTime', 'A date and time from text or seconds since 1970.', counted(number, 'DateTime')),
  ...parsing('LocalDateTime', 'A date and time without zone from text.'),
  ...parsing('LocalTime', 'A time from text.'),
  ...parsing('Time', 'A time with a zone from text.'),
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
    forms: [form([string], ({ meter }, text) => patternOf(text, meter))],
  },
  {
    module,
    name: 'toUri',
    summary: 'A URI from text.',
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
    summary: 'The bytes of a text in an encoding.',
    forms: [
      form([string, string], ({ meter }, text, encoding) => {
        meter.scan(text);
        // The bytes are written as well.
        meter.scan(text);
        return encoded(text, encoding);
      }),
    ],
  },
];
