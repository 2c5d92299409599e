/**
 * @module
 * Compiles `update`, which replaces the values at the paths of its cases. Each case gets the result of the case before.
 */
import { MintError } from '../../diagnostics/mint-error.ts';
import type { Compiling } from './compiling.ts';
import { textOf } from './conversion.ts';
import type { Frame, Run } from './evaluation.ts';
import { isNumber, toDouble } from './numbers.ts';
import { requireCondition } from './operators.ts';
import { Scope } from './scope.ts';
import type { NodeOf, UpdateCase, UpdateStep } from './syntax.ts';
import { emptyObject, isArray, Key, ObjectBuilder, ObjectValue, type Value } from './values.ts';

interface Step {
  readonly how: UpdateStep['how'];
  readonly selector: string | number;
}

/** `index` is the place in an array or among the members of the name, and -1 for a member that is added. */
type Visit = (value: Value, index: number) => Value;

/** The new value at the end of a path; undefined if it does not change. */
type Change = (value: Value, index: number) => Value | undefined;

export function compileUpdate(node: NodeOf<'update'>, scope: Scope, compiling: Compiling): Run {
  const subject = compiling.compile(node.subject, scope);
  const cases = node.cases.map((one) => compileCase(one, scope, compiling));
  return (frame) => {
    const done = new Set<string>();
    const found = subject(frame);
    return found === null ? null : cases.reduce<Value>((value, one) => one(value, frame, done), found);
  };
}

/** @param done the paths of the cases that made a change: of two cases with the same path, only the first applies */
type Case = (value: Value, parent: Frame, done: Set<string>) => Value;

function compileCase(one: UpdateCase, outer: Scope, compiling: Compiling): Case {
  const path = one.path.map(({ how, key }) => ({ how, run: compiling.compile(key, outer) }));
  const scope = new Scope(outer);
  scope.declare('$');
  scope.declare('$$');
  if (one.name !== undefined) scope.declare(one.name);
  const guard = one.guard && compiling.compile(one.guard, scope);
  const result = compiling.compile(one.result, scope);
  const { meter } = compiling.evaluation;
  return (value, parent, done) => {
    const steps = path.map(({ how, run }): Step => ({ how, selector: selectorOf(run(parent), how) }));
    const name = JSON.stringify(steps);
    if (done.has(name)) return value;
    const change: Change = (found, index) => {
      const frame = { slots: [found, index, found], parent };
      if (guard !== undefined && !requireCondition(guard(frame))) return undefined;
      done.add(name);
      return result(frame);
    };
    const visit = (at: Value, depth: number, index: number): Value => {
      // Only a member that was missing becomes an object, not one that is null.
      const isAdded = at === null && index === -1;
      const step = steps[depth];
      if (step === undefined) {
        const changed = change(at, index);
        return changed === undefined ? at : changed;
      }
      meter.charge(1 + breadthOf(at));
      const target = isAdded && one.isUpsert ? emptyObject : at;
      return replaced(target, step, one.isUpsert, (inner, place) => visit(inner, depth + 1, place));
    };
    return visit(value, 0, 0);
  };
}

function breadthOf(value: Value): number {
  if (value instanceof ObjectValue) return value.size;
  return isArray(value) ? value.length : 0;
}

function selectorOf(value: Value, how: UpdateStep['how']): string | number {
  if (isNumber(value)) return toDouble(value);
  if (how === 'index')
    throw new MintError('dataweave.conversion', 'An index in the path of an `update` must be a Number.');
  if (typeof value === 'string' || value instanceof Key) return textOf(value) ?? '';
  throw new MintError(
    'dataweave.unsupported-selector',
    'A step in the path of an `update` must be a name or an index.',
  );
}

function replaced(at: Value, step: Step, isUpsert: boolean, visit: Visit): Value {
  const { how, selector } = step;
  if (how === 'attribute') return at;
  if (typeof selector === 'number') return isArray(at) ? replacedItem(at, selector, visit) : at;
  return at instanceof ObjectValue ? replacedMember(at, selector, how === 'all', isUpsert, visit) : at;
}

function replacedItem(items: readonly Value[], index: number, visit: Visit): Value {
  const at = index < 0 ? items.length + index : index;
  return items.map((item, i) => (i === at ? visit(item, i) : item));
}

function replacedMember(object: ObjectValue, name: string, isAll: boolean, isUpsert: boolean, visit: Visit): Value {
  const result = new ObjectBuilder();
  const at = object.indexOf(name);
  let place = 0;
  object.keys.forEach((key, i) => {
    const value = object.values[i] ?? null;
    const isSelected = i === at || (isAll && key === name);
    result.add(key, isSelected ? visit(value, place) : value);
    if (isSelected) place += 1;
  });
  if (isUpsert && at === -1) result.add(name, visit(null, -1));
  return result.build();
}
