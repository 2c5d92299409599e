/**
 * @module
 * Functions of `dw::core::Types`.
 */
import { MintError } from '../../../diagnostics/mint-error.ts';
import { anyType, baseTypeOf } from '../type-values.ts';
import { emptyObject, ObjectValue, type Signature, type TypeBase, type TypeValue, type Value } from '../values.ts';
import { type FunctionRow, form, type } from './row.ts';

const module = 'dw::core::Types';

/** What is asked by `is…Type`, where the base of the type is named otherwise. */
const questions: readonly (readonly [name: string, base: TypeBase])[] = [
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
  ['isNamespaceType', 'Namespace'],
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
  ['isUriType', 'Uri'],
];

function question([name, base]: (typeof questions)[number]): FunctionRow {
  const summary = `Whether the type is ${base}.`;
  return { module, name, summary, forms: [form([type], (_, value) => value.base === base)] };
}

/** A row that takes a type apart. */
function part(name: string, summary: string, take: (value: TypeValue) => Value): FunctionRow {
  return { module, name, summary, forms: [form([type], (_, value) => take(value))] };
}

function isNoSuch(what: string): MintError {
  return new MintError('dataweave.type-mismatch', `The type is no ${what}.`);
}

function itemsOf(value: TypeValue, base: TypeBase): readonly TypeValue[] {
  if (value.base === base) return value.items;
  throw isNoSuch(base);
}

function object(members: Readonly<Record<string, Value>>): ObjectValue {
  return new ObjectValue(Object.keys(members), Object.values(members));
}

function fieldsOf({ base, fields }: TypeValue): Value {
  if (base !== 'Object') throw isNoSuch('Object');
  return (fields ?? []).map(({ name, type: of, isOptional, isRepeated }) =>
    object({
      key: object({ name: object({ localName: name ?? '_', namespace: null }), attributes: [] }),
      required: !isOptional,
      repeated: isRepeated,
      value: of,
    }),
  );
}

/** @throws MintError `dataweave.unsupported` for the type of a function of the language */
function signatureOf({ base, signature }: TypeValue): Signature {
  if (base !== 'Function') throw isNoSuch('Function');
  if (signature !== undefined) return signature;
  throw new MintError('dataweave.unsupported', 'What a function of the language takes is not known as types.');
}

export const typeRows: readonly FunctionRow[] = [
  ...questions.map(question),
  part(
    'isReferenceType',
    'Whether the type stands inside its own declaration.',
    ({ isReference }) => isReference === true,
  ),
  part('nameOf', 'The name of the type.', ({ name }) => name),
  part('baseTypeOf', 'The type of the language under a type that is declared.', baseTypeOf),
  part('literalValueOf', 'The value of a type such as `"a"` or `1`.', ({ literal }) => {
    if (literal === undefined) throw isNoSuch('Literal');
    return literal;
  }),
  part('metadataOf', 'What stands in braces after the type.', ({ metadata }) => metadata ?? emptyObject),
  part('unionItems', 'The types of which a value may be one.', (value) => itemsOf(value, 'Union')),
  part('intersectionItems', 'The types of which a value must be each.', (value) => itemsOf(value, 'Intersection')),
  part('arrayItem', 'The type of the items of an array type.', (value) => itemsOf(value, 'Array')[0] ?? anyType),
  part('objectFields', 'The members that an object type names: `key`, `required`, `repeated` and `value`.', fieldsOf),
  part('functionParamTypes', 'The parameters of a function type: `paramType`, `name` and `optional`.', (value) =>
    signatureOf(value).parameters.map(({ name, type: paramType, isOptional }) =>
      object({ paramType, name, optional: isOptional }),
    ),
  ),
  part(
    'functionReturnType',
    'What a function type gives; null where it is not declared.',
    (value) => signatureOf(value).result ?? null,
  ),
];
