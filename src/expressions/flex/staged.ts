/**
 * @module
 * Evaluates an expression in Flex Gateway's stages: first when the policy loads, then at a request, input by input.
 *
 * The stages of a request are slower than the closures of `compile.ts`. They are needed only if an input is used as a
 * value of its own (`attributes.headers -- ['authorization']`, `[attributes]`), or if the stage in which a header is
 * read depends on the request.
 */
import { MintError } from '../../diagnostics/mint-error.ts';
import { LocatedError, problemAt } from '../../diagnostics/problem.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import { type Bindings, type InputName, inputNames } from '../bindings.ts';
import { insteadOfInput } from '../habits.ts';
import type { Budget } from '../limits.ts';
import { childrenOf, isLiteral, type Node } from './ast.ts';
import { noInputs } from './closures.ts';
import { keptMembers, liveMembers } from './inputs.ts';
import { Reducer } from './reduce.ts';
import {
  type FindMembers,
  type InputKind,
  type InputMembers,
  InputValue,
  inputValues,
  isArray,
  type Value,
} from './values.ts';

/**
 * Evaluates everything that needs no request. What fails here stops the policy from loading.
 *
 * The vendor evaluates `uuid()` here, once for all requests. We check that it could and evaluate it for each request
 * (docs/decisions/0012).
 *
 * @throws LocatedError `dataweave.*` at the operation that fails
 */
export function reduceAtLoad(source: SourceText, body: Node, declared: ReadonlySet<InputName>, budget: Budget): Node {
  let isRandom = false;
  const randomId = (): string => {
    isRandom = true;
    return '00000000-0000-4000-8000-000000000000';
  };
  const stage = { declared, available: noInputs };
  const call = { budget, randomId, membersOf: noInputs };
  const reduced = reduceLocated(source, new Reducer({ ...stage, keepRandom: false }, call), body);
  return isRandom ? reduceLocated(source, new Reducer({ ...stage, keepRandom: true }, call), body) : reduced;
}

function reduceLocated(source: SourceText, reducer: Reducer, body: Node): Node {
  try {
    return reducer.reduce(body);
  } catch (error) {
    if (!(error instanceof MintError)) throw error;
    const suggestion = error.code === 'dataweave.unbound-input' ? insteadOfInputAt(source.text, reducer.at) : undefined;
    throw new LocatedError(problemAt(source, reducer.at, error.code, { message: error.message, suggestion }), {
      cause: error,
    });
  }
}

function insteadOfInputAt(text: string, at: number): string | undefined {
  return insteadOfInput(inputNames.find((name) => text.startsWith(name, at)) ?? '');
}

/** The inputs that a stage makes live, by the input that it binds. */
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
  const kept = new Map<InputKind, InputMembers>();
  let node = tree;
  for (const name of inputNames.filter((input) => declared.has(input))) {
    const live = new Map(liveKinds[name].map((kind) => [kind, liveMembers(kind, bindings)]));
    const membersOf: FindMembers = (input) => live.get(input.kind) ?? kept.get(input.kind);
    const value = name === 'payload' ? (bindings.payload ?? null) : inputValues[name];
    const available = (wanted: string): Value | undefined => (wanted === name ? value : undefined);
    node = new Reducer(
      { declared, available, keepRandom: false },
      { budget, randomId: () => bindings.randomId(), membersOf },
    ).reduce(node);
    if (isLiteral(node)) return withoutInputs(node.value, membersOf) ?? null;
    keepReferenced(node, live, kept);
  }
  throw new Error('The expression is not finished, although all of its inputs are bound.');
}

/** Inputs inside a result become plain objects. An input that the vendor has lost is left out. */
function withoutInputs(value: Value, membersOf: FindMembers): Value | undefined {
  if (value instanceof InputValue) return membersOf(value)?.toObject();
  if (!isArray(value)) return value;
  return value.map((item) => withoutInputs(item, membersOf)).filter((item) => item !== undefined);
}

/**
 * Keeps the inputs that the unfinished tree still refers to. The vendor does not see an input inside a finished array,
 * or in the target of `.@name` or `.*name`, and so loses it.
 */
function keepReferenced(
  node: Node,
  live: ReadonlyMap<InputKind, InputMembers>,
  kept: Map<InputKind, InputMembers>,
): void {
  if (isLiteral(node)) keep(node.value, live, kept);
  if (node.kind === 'select' && node.how !== 'value') return;
  for (const child of childrenOf(node)) keepReferenced(child, live, kept);
}

function keep(value: Value, live: ReadonlyMap<InputKind, InputMembers>, kept: Map<InputKind, InputMembers>): void {
  if (!(value instanceof InputValue) || kept.has(value.kind)) return;
  const members = live.get(value.kind);
  if (members !== undefined) kept.set(value.kind, keptMembers(members.toObject()));
}
