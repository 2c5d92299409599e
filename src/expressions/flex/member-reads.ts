/**
 * @module
 * Finds the members of the inputs that an expression names.
 */
import { type InputName, isInputName } from '../bindings.ts';
import { isText, type MemberRead } from '../member-reads.ts';
import { childrenOf, isLiteral, type Node, type Reference } from './ast.ts';
import { functionValues } from './functions/index.ts';
import type { Value } from './values.ts';

/** All of them, from left to right. @param node the tree as it was parsed */
export function findReads(node: Node): readonly MemberRead[] {
  if (node.kind === 'reference') return readsOfName(node);
  const own = readOf(node);
  if (own !== undefined) return own.isWhole ? [own.read] : [own.read, ...readsInSelectors(node)];
  return childrenOf(node).flatMap(findReads);
}

/** The input, or what the function of this name gives without one. */
function readsOfName(node: Reference): readonly MemberRead[] {
  if (isInput(node)) return [{ input: node.name, names: [] }];
  return functionValues.get(node.name)?.row.random === true ? [{ input: 'random', names: [] }] : [];
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
  const key = how === 'value' && isLiteral(selector) ? selector.value : undefined;
  if (target.kind !== 'reference') return readBelow(readOf(target), key, selector.start);
  if (typeof key !== 'string' || !isInput(target)) return undefined;
  return { read: { input: target.name, names: [{ name: key, at: selector.start }] }, isWhole: true };
}

function isInput(node: Reference): node is Reference & { readonly name: InputName } {
  return node.written === node.name && isInputName(node.name);
}

/** A character of a text is the text, too: it has no members either. */
function readBelow(before: Found | undefined, key: Value | undefined, at: number): Found | undefined {
  if (before === undefined || !before.isWhole) return before;
  const { input, names } = before.read;
  if (typeof key === 'string') return { read: { input, names: [...names, { name: key, at }] }, isWhole: true };
  return typeof key === 'number' && isText(before.read) ? before : { ...before, isWhole: false };
}

/** Computed names along the path may read inputs, too. */
function readsInSelectors(node: Node): readonly MemberRead[] {
  if (node.kind !== 'select') return [];
  return [...readsInSelectors(node.target), ...findReads(node.selector)];
}
