/**
 * @module
 * Selectors, filters and the tests `?` and `!` as closures. A path of names into the request is looked up directly.
 */

import { MintError } from '../../diagnostics/mint-error.ts';
import { type InputName, inputNames } from '../bindings.ts';
import { compileShort } from './calls.ts';
import type { Compiling } from './compiling.ts';
import type { Frame, Run } from './evaluation.ts';
import { mismatch } from './failures.ts';
import { requireCondition } from './operators.ts';
import { shortcut } from './request.ts';
import type { Scope } from './scope.ts';
import { selectName, selectors } from './selectors.ts';
import type { Node, SelectNode } from './syntax.ts';
import { type FunctionValue, isArray, Key, ObjectBuilder, ObjectValue, type Value } from './values.ts';

type Find = (frame: Frame) => Value | undefined;

export function compileSelect(node: SelectNode, scope: Scope, compiling: Compiling): Run {
  const direct = directRead(node, scope, compiling);
  if (direct !== undefined) return direct;
  const find = compileFind(node, scope, compiling);
  return (frame) => find(frame) ?? null;
}

/** Where one selector of a chain finds nothing, those behind it are not asked. */
function compileFind(node: SelectNode, scope: Scope, compiling: Compiling): Find {
  const target = compileTarget(node.target, scope, compiling);
  const { meter } = compiling.call;
  if (node.how === 'value' && node.key.kind === 'literal' && typeof node.key.value === 'string') {
    const name = node.key.value;
    return (frame) => {
      const found = target(frame);
      return found === undefined ? undefined : selectName(found, name, meter);
    };
  }
  const key = compiling.compile(node.key, scope);
  const select = selectors[node.how];
  return (frame) => {
    const found = target(frame);
    return found === undefined ? undefined : select(found, key(frame), meter);
  };
}

function compileTarget(node: Node, scope: Scope, compiling: Compiling): Find {
  if (node.kind !== 'select') return compiling.compile(node, scope);
  const direct = directRead(node, scope, compiling);
  return direct === undefined ? compileFind(node, scope, compiling) : (frame) => direct(frame) ?? undefined;
}

/** The path from an input to here, where it is nothing but names. */
function pathOf(node: Node, scope: Scope): readonly string[] | undefined {
  if (node.kind === 'name') {
    const isInput = scope.find(node.name) === undefined && (inputNames as readonly string[]).includes(node.name);
    return isInput ? [node.name] : undefined;
  }
  if (node.kind !== 'select' || node.how !== 'value' || node.key.kind !== 'literal') return undefined;
  const { value } = node.key;
  if (typeof value !== 'string') return undefined;
  const path = pathOf(node.target, scope);
  return path === undefined ? undefined : [...path, value];
}

function directRead(node: SelectNode, scope: Scope, compiling: Compiling): Run | undefined {
  const path = pathOf(node, scope);
  const found = path === undefined ? undefined : shortcut(path);
  if (path === undefined || found === undefined || found.length !== path.length) return undefined;
  compiling.requireInput(path[0] as InputName, node.start);
  const { call } = compiling;
  const { read } = found;
  return () => read(call);
}

/** `x.name?` whether it is there, `x.name!` its value or an error. */
export function compileTest(node: Node & { kind: 'exists' | 'assert' }, scope: Scope, compiling: Compiling): Run {
  const { target } = node;
  const find = compileFind(target, scope, compiling);
  if (node.kind === 'exists') return (frame) => find(frame) !== undefined;
  return (frame) => {
    const found = find(frame);
    if (found === undefined)
      throw new MintError('dataweave.missing-member', 'The member that `!` demands is not there.');
    return found;
  };
}

/** `x[?(condition)]`: the items or members that the condition takes; null where there are none. */
export function compileFilter(node: Node & { kind: 'filter' }, scope: Scope, compiling: Compiling): Run {
  const target = compiling.compile(node.target, scope);
  const condition = compileShort(node.condition, scope, compiling);
  return (frame) => filtered(target(frame), condition(frame), compiling);
}

function filtered(value: Value, condition: FunctionValue, { call }: Compiling): Value {
  if (value === null) return null;
  if (isArray(value)) {
    const items = call.meter.items(value).filter((item, i) => requireCondition(call.call(condition, item, i)));
    return items.length === 0 ? null : items;
  }
  if (!(value instanceof ObjectValue)) throw mismatch('`[?( … )]`', 'an Array or an Object', value);
  const kept = new ObjectBuilder();
  value.keys.forEach((key, i) => {
    const member = value.values[i] ?? null;
    if (requireCondition(call.call(condition, member, new Key(key), i))) kept.add(key, member);
  });
  return kept.keys.length === 0 ? null : kept.build();
}
