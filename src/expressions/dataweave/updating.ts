/**
 * @module
 * `update`: the value with what its cases say at their paths. Each case works on what the cases before it made.
 */
import { MintError } from '../../diagnostics/mint-error.ts';
import type { Compiling } from './compiling.ts';
import { textOf } from './conversion.ts';
import type { Frame, Run } from './evaluation.ts';
import { isNumber, toDouble } from './numbers.ts';
import { requireCondition } from './operators.ts';
import { Scope } from './scope.ts';
import type { Node, UpdateCase, UpdateStep } from './syntax.ts';
import { emptyObject, isArray, Key, ObjectBuilder, ObjectValue, type Value } from './values.ts';

interface Step {
  readonly how: UpdateStep['how'];
  readonly selector: string | number;
}

/** Where the value was found: the index in an array, or among the members of the name; -1 for one that is made. */
type Visit = (value: Value, index: number) => Value;

/** What becomes of the value at the end of a path; undefined where it stays. */
type Change = (value: Value, index: number) => Value | undefined;

export function compileUpdate(node: Node & { kind: 'update' }, scope: Scope, compiling: Compiling): Run {
  const subject = compiling.compile(node.subject, scope);
  const cases = node.cases.map((one) => compileCase(one, scope, compiling));
  return (frame) => {
    const done = new Set<string>();
    const found = subject(frame);
    return found === null ? null : cases.reduce<Value>((value, one) => one(value, frame, done), found);
  };
}

/** @param done the paths of the cases that have made a change: of two cases with one path the first counts */
type Case = (value: Value, parent: Frame, done: Set<string>) => Value;

function compileCase(one: UpdateCase, outer: Scope, compiling: Compiling): Case {
  const path = one.path.map(({ how, key }) => ({ how, run: compiling.compile(key, outer) }));
  const scope = new Scope(outer);
  scope.declare('$');
  scope.declare('$$');
  if (one.name !== undefined) scope.declare(one.name);
  const guard = one.guard && compiling.compile(one.guard, scope);
  const result = compiling.compile(one.result, scope);
  const { meter } = compiling.call;
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
      // A null that is there stays one.
      const isMade = at === null && index === -1;
      const step = steps[depth];
      if (step === undefined) {
        const changed = change(at, index);
        return changed === undefined ? at : changed;
      }
      meter.charge(1 + breadthOf(at));
      const target = isMade && one.isUpsert ? emptyObject : at;
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
  if (how === 'index') throw new MintError('dataweave.conversion', 'An index of a path in `update` is a number.');
  if (typeof value === 'string' || value instanceof Key) return textOf(value) ?? '';
  throw new MintError('dataweave.unsupported-selector', 'A step of a path in `update` is a name or an index.');
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
    const isMeant = i === at || (isAll && key === name);
    result.add(key, isMeant ? visit(value, place) : value);
    if (isMeant) place += 1;
  });
  if (isUpsert && at === -1) result.add(name, visit(null, -1));
  return result.build();
}
