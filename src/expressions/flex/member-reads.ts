/**
 * @module
 * Finds the members of the inputs that an expression names.
 */
import { isInputName } from '../bindings.ts';
import type { MemberRead } from '../member-reads.ts';
import { childrenOf, isLiteral, type Node } from './ast.ts';

/** All of them, from left to right. @param node the tree as it was parsed */
export function findReads(node: Node): readonly MemberRead[] {
  const own = readOf(node);
  if (own !== undefined) return own.isWhole ? [own.read] : [own.read, ...readsInSelectors(node)];
  return childrenOf(node).flatMap(findReads);
}

interface Found {
  readonly read: MemberRead;
  /** Whether the path is all of the node. */
  readonly isWhole: boolean;
}

/** The path that the node selects; undefined unless it begins with an input and a name. */
function readOf(node: Node): Found | undefined {
  if (node.kind !== 'select') return undefined;
  const { target, selector, how } = node;
  const name = how === 'value' && isLiteral(selector) ? selector.value : undefined;
  if (target.kind === 'reference') {
    if (typeof name !== 'string' || target.written !== target.name || !isInputName(target.name)) return undefined;
    return { read: { input: target.name, names: [{ name, at: selector.start }] }, isWhole: true };
  }
  const before = readOf(target);
  if (before === undefined || !before.isWhole || typeof name !== 'string')
    return before && { ...before, isWhole: false };
  const { input, names } = before.read;
  return { read: { input, names: [...names, { name, at: selector.start }] }, isWhole: true };
}

/** Computed names along the path may read inputs, too. */
function readsInSelectors(node: Node): readonly MemberRead[] {
  if (node.kind !== 'select') return [];
  return [...readsInSelectors(node.target), ...findReads(node.selector)];
}
