/**
 * @module
 * Functions of `dw::core::Types`.
 */
import { MintError } from '../../../diagnostics/mint-error.ts';
import { namedTypes } from '../type-values.ts';
import type { TypeValue, Value } from '../values.ts';
import { type FullRow, form, type } from './row.ts';

const module = 'dw::core::Types';

/** What is asked by `is…Type`, where the base of the type is named otherwise. */
const questions: readonly (readonly [name: string, base: string])[] = [
  ['isAnyType', 'Any'],
  ['isArrayType', 'Array'],
  ['isBinaryType', 'Binary'],
  ['isBooleanType', 'Boolean'],
  ['isDateTimeType', 'DateTime'],
  ['isDateType', 'Date'],
  ['isFunctionType', 'Function'],
  ['isIntersectionType', 'Intersection'],
  ['isKeyType', 'Key'],
  ['isLiteralType', 'Literal'],
  ['isLocalDateTimeType', 'LocalDateTime'],
  ['isLocalTimeType', 'LocalTime'],
  ['isNothingType', 'Nothing'],
  ['isNullType', 'Null'],
  ['isNumberType', 'Number'],
  ['isObjectType', 'Object'],
  ['isPeriodType', 'Period'],
  ['isRangeType', 'Range'],
  ['isRegexType', 'Regex'],
  ['isStringType', 'String'],
  ['isTimeType', 'Time'],
  ['isTimeZoneType', 'TimeZone'],
  ['isTypeType', 'Type'],
  ['isUnionType', 'Union'],
];

function itemsOf(value: TypeValue, base: string): readonly Value[] {
  if (value.base === base) return value.items;
  throw new MintError('dataweave.type-mismatch', `The type is no ${base}.`);
}

function question([name, base]: (typeof questions)[number]): FullRow {
  const summary = `Whether the type is ${base}.`;
  return { module, name, summary, forms: [form([type], (_, value) => value.base === base)] };
}

export const typeRows: readonly FullRow[] = [
  ...questions.map(question),
  { module, name: 'nameOf', summary: 'The name of the type.', forms: [form([type], (_, value) => value.name)] },
  {
    module,
    name: 'unionItems',
    summary: 'The types of which a value may be one.',
    forms: [form([type], (_, value) => itemsOf(value, 'Union'))],
  },
  {
    module,
    name: 'intersectionItems',
    summary: 'The types of which a value must be each.',
    forms: [form([type], (_, value) => itemsOf(value, 'Intersection'))],
  },
  {
    module,
    name: 'arrayItem',
    summary: 'The type of the items of an array type.',
    forms: [form([type], (_, value) => itemsOf(value, 'Array')[0] ?? namedTypes.get('Any') ?? null)],
  },
];
