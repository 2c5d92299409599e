/**
 * @module
 * The closures that most expressions are made of.
 */

import { attributeReaders, type Bindings, callerReaders, propertyOfCaller } from '../bindings.ts';
import { type Budget, boundedString } from '../limits.ts';
import type { Compare } from './ast.ts';
import { requireText } from './coercion.ts';
import { equalValues, inOrder } from './equality.ts';
import { isLiteral } from './reduce.ts';
import { selectName } from './selection.ts';
import { isObject, ownValue, type Value } from './values.ts';

export type Run = (bindings: Bindings) => Value;

/** Stands in where no random function is called. */
export function noRandom(): never {
  throw new Error('only a random function draws an id');
}

export const noInputs = (): undefined => undefined;

const noInput = (): null => null;

export function memberOfInput(input: string, name: string): Run | undefined {
  if (input === 'attributes') {
    const read = attributeReaders.get(name) ?? noInput;
    return (b) => read(b.attributes);
  }
  if (input === 'authentication') {
    const read = callerReaders.get(name) ?? noInput;
    return (b) => read(b.authentication);
  }
  return input === 'vars' ? (b) => b.variables.get(name) ?? null : undefined;
}

/** `authentication.properties.name` */
export function callerProperty(name: string): Run {
  return (b) => propertyOfCaller(b, name);
}

/** `x.name` where `x` is nothing of the inputs itself: mostly an object out of the caller's properties. */
export function member(target: Run, name: string, budget: Budget): Run {
  return (b) => {
    const object = target(b);
    if (object === null) return null;
    return isObject(object) ? (ownValue(object, name) ?? null) : (selectName(object, name, budget, noInputs) ?? null);
  };
}

export function concatenation(left: Run, right: Run): Run {
  return (b) => {
    const before = left(b);
    const after = right(b);
    return boundedString(requireText(before, 'The left side of `++`') + requireText(after, 'The right side of `++`'));
  };
}

/** A known text, boolean or null on the right of `==` needs no more than JavaScript's own comparison. */
export function comparison({ operator, right: rightNode }: Compare, left: Run, right: Run, budget: Budget): Run {
  if (operator !== '==' && operator !== '!=') return (b) => inOrder(operator, left(b), right(b));
  const wanted = operator === '==';
  const known = isLiteral(rightNode) ? rightNode.value : undefined;
  if (typeof known === 'string' || typeof known === 'boolean' || known === null) {
    return (b) => (left(b) === known) === wanted;
  }
  return (b) => equalValues(left(b), right(b), budget) === wanted;
}
