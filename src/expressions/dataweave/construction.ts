/**
 * @module
 * Compiles interpolated strings, objects, `as` and `is`.
 */
import { LocatedError, problemAt } from '../../diagnostics/problem.ts';
import { requireStringLength } from '../limits.ts';
import type { Meter } from './bounds.ts';
import type { Compiling } from './compiling.ts';
import { convert, implied, type Schema, schemaOf, textOf } from './conversion.ts';
import { chargeConversion, chargeOperand, chargeType } from './cost.ts';
import type { Frame, Run } from './evaluation.ts';
import { Absence, wrongType } from './failures.ts';
import { isNumber } from './numbers.ts';
import { requireCondition } from './operators.ts';
import { chargePattern } from './regex.ts';
import type { Scope } from './scope.ts';
import type { Node, NodeOf, ObjectField } from './syntax.ts';
import { isArray, Key, ObjectBuilder, ObjectValue, type TypeValue, type Value } from './values.ts';

export function compileText(node: NodeOf<'text'>, scope: Scope, compiling: Compiling): Run {
  const { meter } = compiling.evaluation;
  const parts = node.parts.map((part) => (typeof part === 'string' ? part : compiling.compile(part, scope)));
  return (frame) => {
    let text = '';
    for (const part of parts) {
      text += typeof part === 'string' ? part : interpolated(part(frame), parts.length === 1, meter);
      requireStringLength(text.length);
    }
    return meter.text(text);
  };
}

/** @param isWhole whether it is the whole string: a value that is no String is then as absent to `default` */
function interpolated(value: Value, isWhole: boolean, meter: Meter): string {
  chargeConversion(value, meter);
  const text = implied(value, 'String');
  if (typeof text === 'string') return text;
  const error = wrongType('`$(…)` in a string', 'a String', value);
  throw isWhole ? new Absence(error.code, error.message) : error;
}

/** Adds a field to an object. */
type Field = (frame: Frame, into: ObjectBuilder) => void;

export function compileObject(node: NodeOf<'object'>, scope: Scope, compiling: Compiling): Run {
  const { meter } = compiling.evaluation;
  const fields = node.fields.map((field) => compileField(field, scope, compiling));
  return (frame) => {
    const object = new ObjectBuilder();
    for (const field of fields) field(frame, object);
    meter.items(object.keys);
    return object.build();
  };
}

function compileField(field: ObjectField, scope: Scope, compiling: Compiling): Field {
  const condition = field.condition && compiling.compile(field.condition, scope);
  const add =
    field.kind === 'spread' ? compileSpread(field.value, scope, compiling) : compileMember(field, scope, compiling);
  if (condition === undefined) return add;
  return (frame, into) => {
    if (requireCondition(condition(frame))) add(frame, into);
  };
}

function compileMember(field: ObjectField & { kind: 'member' }, scope: Scope, compiling: Compiling): Field {
  const value = compiling.compile(field.value, scope);
  if (field.key.kind === 'literal' && typeof field.key.value === 'string') {
    const name = field.key.value;
    return (frame, into) => into.add(name, value(frame));
  }
  const key = compiling.compile(field.key, scope);
  const { meter } = compiling.evaluation;
  return (frame, into) => into.add(keyText(key(frame), meter), value(frame));
}

function keyText(value: Value, meter: Meter): string {
  chargeConversion(value, meter);
  const isPlain = ['string', 'boolean'].includes(typeof value) || isNumber(value) || value instanceof Key;
  const text = isPlain ? textOf(value) : undefined;
  if (text === undefined) throw wrongType('a key', 'a String', value);
  return text;
}

/** `({…})` adds the members of an object or of all objects in an array, and nothing for null. */
function compileSpread(node: Node, scope: Scope, compiling: Compiling): Field {
  const run = compiling.compile(node, scope);
  const { meter } = compiling.evaluation;
  return (frame, into) => spread(run(frame), into, meter);
}

function spread(value: Value, into: ObjectBuilder, meter: Meter): void {
  if (value === null) return;
  if (value instanceof ObjectValue) into.addAll(meter.charged(value, value.size));
  else if (isArray(value)) for (const item of meter.items(value)) spread(item, into, meter);
  else throw wrongType('`(…)` in an object', 'an Object', value);
}

export function compileIs(node: NodeOf<'is'>, scope: Scope, compiling: Compiling): Run {
  const type = compiling.type(node.type, scope);
  const operand = compiling.compile(node.operand, scope);
  const { meter } = compiling.evaluation;
  refuseMetadata(type, node.start, compiling);
  return (frame) => {
    const value = operand(frame);
    chargeType(value, type, meter);
    return type.accepts(value);
  };
}

export function compileAs(node: NodeOf<'as'>, scope: Scope, compiling: Compiling): Run {
  const type = compiling.type(node.type, scope);
  const operand = compiling.compile(node.operand, scope);
  const { meter } = compiling.evaluation;
  const schema = node.schema && compiling.compile(node.schema, scope);
  return (frame) => {
    const value = operand(frame);
    chargeOperand(value, meter);
    chargeType(value, type, meter);
    if (type.base === 'Regex') chargePattern(value, meter);
    if (type.base === 'Uri' && typeof value === 'string') meter.scan(value);
    const found = convert(value, type, schema === undefined ? {} : schemaFrom(schema(frame), meter));
    if (found !== value) chargeMade(found, meter);
    return found;
  };
}

/** The cost of parsing a format and using it, in addition to the cost of the value. */
const stepsPerSchema = 20;

function schemaFrom(value: Value, meter: Meter): Schema {
  meter.charge(stepsPerSchema);
  return schemaOf(value);
}

function chargeMade(made: Value, meter: Meter): void {
  if (typeof made === 'string') meter.text(made);
  else chargeConversion(made, meter);
}

/**
 * Refuses a test of the options in braces after a type, which values do not keep.
 *
 * @throws LocatedError `dataweave.unsupported`
 */
export function refuseMetadata(type: TypeValue, start: number, { source }: Compiling): void {
  if (!hasMetadata(type)) return;
  const message = 'A type with options in braces cannot be tested: values do not keep the options.';
  const suggestion = 'Remove the braces.';
  throw new LocatedError(problemAt(source, start, 'dataweave.unsupported', { message, suggestion }));
}

/** Limits the search, because a type with parameters may contain itself without end. */
const maxTypeDepth = 20;

function hasMetadata(type: TypeValue, depth = 0): boolean {
  if (depth > maxTypeDepth || type.isReference === true) return false;
  if (type.metadata !== undefined) return true;
  const isInside = (inner: TypeValue): boolean => hasMetadata(inner, depth + 1);
  return type.items.some(isInside) || (type.fields ?? []).some((field) => isInside(field.type));
}
