/**
 * @module
 * Functions of `dw::core::Types`.
 */
import { MintError } from '../../../diagnostics/mint-error.ts';
import { DeclaredType } from '../declared-types.ts';
import { anyType, baseTypeOf } from '../type-values.ts';
import { emptyObject, ObjectValue, type Signature, type TypeBase, type TypeValue, type Value } from '../values.ts';
import { type FunctionRow, form, type } from './row.ts';

const module = 'dw::core::Types';

/** The functions that test the base of a type. */
const tests: readonly (readonly [name: string, base: TypeBase])[] = [
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

function baseTest([name, base]: (typeof tests)[number]): FunctionRow {
  const summary = `Whether the type is ${base}.`;
  return { module, name, summary, forms: [form([type], (_, value) => value.base === base)] };
}

/** A function that returns a part of a type. */
function part(name: string, summary: string, take: (value: TypeValue) => Value): FunctionRow {
  return { module, name, summary, forms: [form([type], (_, value) => take(value))] };
}

function wrongBase(expected: string): MintError {
  return new MintError('dataweave.type-mismatch', `The base of the type is not ${expected}.`);
}

/** The parts of types that are names of declared types. Each mention of a name is a value of its own. */
const named = new WeakSet<TypeValue>();

function inside(part: TypeValue): TypeValue {
  if (part instanceof DeclaredType) named.add(part);
  return part;
}

function itemsOf(value: TypeValue, base: TypeBase): readonly TypeValue[] {
  if (value.base === base) return value.items.map(inside);
  throw wrongBase(base);
}

function object(members: Readonly<Record<string, Value>>): ObjectValue {
  return new ObjectValue(Object.keys(members), Object.values(members));
}

function fieldsOf({ base, fields }: TypeValue): Value {
  if (base !== 'Object') throw wrongBase('Object');
  return (fields ?? []).map(({ name, type: of, isOptional, isRepeated }) =>
    object({
      key: object({ name: object({ localName: name ?? '_', namespace: null }), attributes: [] }),
      required: !isOptional,
      repeated: isRepeated,
      value: inside(of),
    }),
  );
}

/** @throws MintError `dataweave.unsupported` for the type of a built-in function */
function signatureOf({ base, signature }: TypeValue): Signature {
  if (base !== 'Function') throw wrongBase('Function');
  if (signature !== undefined) return signature;
  throw new MintError('dataweave.unsupported', 'The parameter types of a built-in function are not available.');
}

export const typeRows: readonly FunctionRow[] = [
  ...tests.map(baseTest),
  {
    module,
    name: 'isReferenceType',
    summary: 'Whether the type is a part of another type, which names it.',
    forms: [form([type], (_, value) => value.isReference === true || named.has(value))],
  },
  part('nameOf', 'The name of the type.', ({ name }) => name),
  part('baseTypeOf', 'The built-in type of a declared type.', baseTypeOf),
  part('literalValueOf', 'The value of a type such as `"a"` or `1`.', ({ literal }) => {
    if (literal === undefined) throw wrongBase('Literal');
    return literal;
  }),
  part('metadataOf', 'The options in braces after the type.', ({ metadata }) => metadata ?? emptyObject),
  part('unionItems', 'The types of a union.', (value) => itemsOf(value, 'Union')),
  part('intersectionItems', 'The types of an intersection.', (value) => itemsOf(value, 'Intersection')),
  part('arrayItem', 'The type of the items of an array type.', (value) => itemsOf(value, 'Array')[0] ?? anyType),
  part('objectFields', 'The fields of an object type: `key`, `required`, `repeated` and `value`.', fieldsOf),
  part('functionParamTypes', 'The parameters of a function type: `paramType`, `name` and `optional`.', (value) =>
    signatureOf(value).parameters.map(({ name, type: paramType, isOptional }) =>
      object({ paramType: inside(paramType), name, optional: isOptional }),
    ),
  ),
  part('functionReturnType', 'The result type of a function type; null if it is not declared.', (value) => {
    const { result } = signatureOf(value);
    return result === undefined ? null : inside(result);
  }),
];
