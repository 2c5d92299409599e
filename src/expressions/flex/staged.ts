/**
 * @module
 * Evaluates an expression at a request the way Flex Gateway does, input by input.
 *
 * Slower than the closures of `compile.ts`, and needed only where an input is used as a value of its own
 * (`attributes.headers -- ['authorization']`, `[attributes]`) or where it depends on the request in which stage a
 * header is read.
 */

import { type Bindings, type InputName, inputNames } from '../bindings.ts';
import type { Budget } from '../limits.ts';
import { childrenOf, type Node } from './ast.ts';
import { keptHolder, liveHolder } from './inputs.ts';
import { isLiteral, Reducer } from './reduce.ts';
import type { FindHolder, Holder } from './values.ts';
import { type InputKind, InputValue, inputValues, isArray, type Value } from './values.ts';

/** Which inputs live inside the one that a stage binds. */
const liveKinds: { readonly [name in InputName]: readonly InputKind[] } = {
  vars: ['vars'],
  attributes: ['attributes', 'headers', 'queryParams'],
  authentication: ['authentication'],
  payload: [],
};

/** @throws MintError `dataweave.*` */
export function evaluateStaged(
  tree: Node,
  declared: ReadonlySet<InputName>,
  bindings: Bindings,
  budget: Budget,
): Value {
  const kept = new Map<InputKind, Holder>();
  let node = tree;
  for (const name of inputNames.filter((input) => declared.has(input))) {
    const liveNow = new Map(liveKinds[name].map((kind) => [kind, liveHolder(kind, bindings)]));
    const find: FindHolder = (input) => liveNow.get(input.kind) ?? kept.get(input.kind);
    const value = name === 'payload' ? (bindings.payload ?? null) : inputValues[name];
    const available = (wanted: string): Value | undefined => (wanted === name ? value : undefined);
    node = new Reducer(
      { declared, available, keepRandom: false },
      { budget, randomId: () => bindings.randomId(), find },
    ).reduce(node);
    if (isLiteral(node)) return detached(node.value, find) ?? null;
    keepReferenced(node, liveNow, kept);
  }
  throw new Error('an expression is not finished although every input that it names is bound');
}

/** Inputs inside a result become plain values; one that the vendor has lost is left out. */
function detached(value: Value, find: FindHolder): Value | undefined {
  if (value instanceof InputValue) return find(value)?.detach();
  if (!isArray(value)) return value;
  return value.map((item) => detached(item, find)).filter((item) => item !== undefined);
}

/**
 * Keeps what the unfinished tree still refers to. An input inside a finished array is not seen, and so lost, and so is
 * one in the target of `.@name` or `.*name`.
 */
function keepReferenced(node: Node, liveNow: ReadonlyMap<InputKind, Holder>, kept: Map<InputKind, Holder>): void {
  if (isLiteral(node)) {
    if (!(node.value instanceof InputValue) || kept.has(node.value.kind)) return;
    const holder = liveNow.get(node.value.kind);
    if (holder !== undefined) kept.set(node.value.kind, keptHolder(holder.detach()));
    return;
  }
  if (node.kind === 'select' && node.how !== 'value') return;
  for (const child of childrenOf(node)) keepReferenced(child, liveNow, kept);
}
