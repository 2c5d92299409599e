/**
 * @module
 * The closures that most compiled expressions consist of.
 */
import { attributeReaders, type Bindings, callerReaders, type InputName, propertyOfCaller } from '../bindings.ts';
import { type Budget, boundedString } from '../limits.ts';
import { type Compare, isLiteral } from './ast.ts';
import { requireString } from './coercion.ts';
import { equalValues, inOrder } from './equality.ts';
import { selectName } from './selection.ts';
import { isObject, ownValue, type Value } from './values.ts';

export type Run = (bindings: Bindings) => Value;

/** The random source of calls whose function is not random. */
export function noRandom(): never {
  throw new Error('Only a random function may ask for a random id.');
}

export const noInputs = (): undefined => undefined;

const noMember = (): null => null;

/** The closure for `input.name`; undefined for `payload`, which is an ordinary value. */
export const memberOfInput: { readonly [input in InputName]: (name: string) => Run | undefined } = {
  vars: (name) => (b) => b.variables.get(name) ?? null,
  attributes: (name) => {
    const read = attributeReaders.get(name) ?? noMember;
    return (b) => read(b.attributes);
  },
  authentication: (name) => {
    const read = callerReaders.get(name) ?? noMember;
    return (b) => read(b.authentication);
  },
  payload: () => undefined,
};

/** `authentication.properties.name` */
export function callerProperty(name: string): Run {
  return (b) => propertyOfCaller(b, name);
}

/** `x.name` if `x` is not an input; usually an object from the caller's properties. */
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
    return boundedString(
      requireString(before, 'The left side of `++`') + requireString(after, 'The right side of `++`'),
    );
  };
}

/** If the right side of `==` is a known string, boolean or null, JavaScript's own comparison gives the same result. */
export function comparison({ operator, right: rightNode }: Compare, left: Run, right: Run, budget: Budget): Run {
  if (operator !== '==' && operator !== '!=') return (b) => inOrder(operator, left(b), right(b));
  const wanted = operator === '==';
  const known = isLiteral(rightNode) ? rightNode.value : undefined;
  if (typeof known === 'string' || typeof known === 'boolean' || known === null) {
    return (b) => (left(b) === known) === wanted;
  }
  return (b) => equalValues(left(b), right(b), budget) === wanted;
}
