/**
 * @module
 * Compiles selectors, filters and the tests `?` and `!`. A path of names into the request is looked up directly.
 */
import { MintError } from '../../diagnostics/mint-error.ts';
import { inputNames } from '../bindings.ts';
import { type InputRead, isText } from '../member-reads.ts';
import { compileShort } from './calls.ts';
import type { Compiling } from './compiling.ts';
import type { Frame, Run } from './evaluation.ts';
import { mismatch } from './failures.ts';
import { requireCondition } from './operators.ts';
import { shortcut } from './request.ts';
import type { Scope } from './scope.ts';
import { selectName, selectors } from './selectors.ts';
import type { Node, NodeOf, SelectNode } from './syntax.ts';
import { type FunctionValue, isArray, Key, ObjectBuilder, ObjectValue, type Value } from './values.ts';

type Find = (frame: Frame) => Value | undefined;

export function compileSelect(node: SelectNode, scope: Scope, compiling: Compiling): Run {
  noteRead(node, scope, compiling);
  const direct = directRead(node, scope, compiling);
  if (direct !== undefined) return direct;
  const find = compileFind(node, scope, compiling);
  return (frame) => find(frame) ?? null;
}

/** If a selector finds nothing, the selectors after it are not evaluated. */
function compileFind(node: SelectNode, scope: Scope, compiling: Compiling): Find {
  const target = compileTarget(node, scope, compiling);
  const { meter } = compiling.evaluation;
  if (node.how === 'value' && node.key.kind === 'literal' && typeof node.key.value === 'string') {
    const name = node.key.value;
    // The name is in the policy, so messages may show it.
    return (frame) => {
      const found = target(frame);
      return found === undefined ? undefined : selectName(found, name, meter, name);
    };
  }
  const key = compiling.compile(node.key, scope);
  const select = selectors[node.how];
  const literal = node.key.kind === 'literal' && typeof node.key.value === 'string' ? node.key.value : undefined;
  return (frame) => {
    const found = target(frame);
    return found === undefined ? undefined : select(found, key(frame), meter, literal);
  };
}

function compileTarget(select: SelectNode, scope: Scope, compiling: Compiling): Find {
  const { target } = select;
  if (target.kind !== 'select') {
    const path = pathOf(select, scope);
    return path === undefined ? compiling.compile(target, scope) : compiling.input(path.input, target.start);
  }
  const direct = directRead(target, scope, compiling);
  return direct === undefined ? compileFind(target, scope, compiling) : (frame) => direct(frame) ?? undefined;
}

/** Notes the longest path of names that the selectors begin with. A declaration may hide the name of an input. */
function noteRead(node: SelectNode, scope: Scope, compiling: Compiling): void {
  for (let at: Node = node; at.kind === 'select'; at = at.target) {
    const path = notedPath(at, scope);
    if (path !== undefined) {
      compiling.reads.push(path);
      return;
    }
  }
}

/** As `pathOf`, but a character of a text may be selected along the path, by an index. */
function notedPath(node: Node, scope: Scope): InputRead | undefined {
  const path = pathOf(node, scope);
  if (path !== undefined || node.kind !== 'select' || node.how !== 'value' || node.key.kind !== 'literal') return path;
  const before = notedPath(node.target, scope);
  if (before === undefined || before.names.length === 0) return undefined;
  const { value } = node.key;
  if (typeof value === 'string') return { ...before, names: [...before.names, { name: value, at: node.key.start }] };
  return isText(before) ? before : undefined;
}

/** The path from an input to this node; undefined unless it consists of names only. */
function pathOf(node: Node, scope: Scope): InputRead | undefined {
  if (node.kind === 'name') {
    const input = inputNames.find((name) => name === node.name);
    return input === undefined || scope.find(input) !== undefined ? undefined : { input, names: [] };
  }
  if (node.kind !== 'select' || node.how !== 'value' || node.key.kind !== 'literal') return undefined;
  const { value } = node.key;
  if (typeof value !== 'string') return undefined;
  const path = pathOf(node.target, scope);
  return path && { input: path.input, names: [...path.names, { name: value, at: node.key.start }] };
}

function directRead(node: SelectNode, scope: Scope, compiling: Compiling): Run | undefined {
  const path = pathOf(node, scope);
  const found =
    path === undefined
      ? undefined
      : shortcut(
          path.input,
          path.names.map(({ name }) => name),
        );
  if (path === undefined || found === undefined || found.length !== path.names.length) return undefined;
  compiling.requireInput(path.input, node.start);
  const { evaluation } = compiling;
  const { read } = found;
  return () => read(evaluation);
}

/** `x.name?`: whether the member exists. */
export function compileExists(node: NodeOf<'exists'>, scope: Scope, compiling: Compiling): Run {
  noteRead(node.target, scope, compiling);
  const find = compileFind(node.target, scope, compiling);
  return (frame) => find(frame) !== undefined;
}

/** `x.name!`: the value of the member, or an error if it does not exist. */
export function compileAssert(node: NodeOf<'assert'>, scope: Scope, compiling: Compiling): Run {
  noteRead(node.target, scope, compiling);
  const find = compileFind(node.target, scope, compiling);
  return (frame) => {
    const found = find(frame);
    if (found === undefined) throw new MintError('dataweave.missing-member', 'The member required by `!` is missing.');
    return found;
  };
}

/** `x[?(condition)]`: the items or members for which the condition is true; null if there are none. */
export function compileFilter(node: NodeOf<'filter'>, scope: Scope, compiling: Compiling): Run {
  const target = compiling.compile(node.target, scope);
  const condition = compileShort(node.condition, scope, compiling);
  return (frame) => filtered(target(frame), condition(frame), compiling);
}

function filtered(value: Value, condition: FunctionValue, { evaluation }: Compiling): Value {
  if (value === null) return null;
  if (isArray(value)) {
    const items = evaluation.meter
      .items(value)
      .filter((item, i) => requireCondition(evaluation.call(condition, item, i)));
    return items.length === 0 ? null : items;
  }
  if (!(value instanceof ObjectValue)) throw mismatch('`[?( … )]`', 'an Array or an Object', value);
  const kept = new ObjectBuilder();
  value.keys.forEach((key, i) => {
    const member = value.values[i] ?? null;
    if (requireCondition(evaluation.call(condition, member, new Key(key), i))) kept.add(key, member);
  });
  return kept.keys.length === 0 ? null : kept.build();
}
