/**
 * @module
 * Whether a value that a bundle is said to have survives a change after which the gateway may have had another one.
 */
import { readBundles } from '../../../../src/dialects/apigee/bundle/bundle.ts';
import type { NeededVariable } from '../../../../src/dialects/apigee/bundle/needed.ts';
import { filesOf } from './made-bundle.ts';
import { type KnownValue, mutations, type Texts } from './setter-mutations.ts';

export interface Survivor extends KnownValue {
  readonly mutation: string;
  readonly texts: Texts;
}

export interface Mutated {
  readonly tried: number;
  readonly survivors: readonly Survivor[];
}

/** Changes the bundle in every way, for each value that is known of it. */
export function mutated(texts: Texts): Mutated {
  const survivors: Survivor[] = [];
  let tried = 0;
  for (const value of knownValues(texts)) {
    for (const [mutation, mutate] of Object.entries(mutations)) {
      const next = mutate(texts, value);
      if (next === undefined) continue;
      tried += 1;
      const isKept = knownValues(next).some((one) => keyOf(one) === keyOf(value) && one.form === value.form);
      if (isKept) survivors.push({ ...value, mutation, texts: next });
    }
  }
  return { tried, survivors };
}

/** A shared flow may have a policy of the same name. */
function keyOf({ variable, setter, file, reader }: KnownValue): string {
  return JSON.stringify([variable, setter, file, reader]);
}

/** The values of each policy that has them with certainty, and who sets them. */
function knownValues(texts: Texts): readonly (KnownValue & { readonly form: string })[] {
  return readBundles(filesOf(texts), {}).flatMap(({ policies }) =>
    policies.flatMap(({ name: reader, needs }) =>
      needs.variables.flatMap((variable) => {
        const found = certain(variable);
        return found === undefined ? [] : [{ ...found, variable: variable.name, reader }];
      }),
    ),
  );
}

function certain({ value }: NeededVariable) {
  if (value === undefined) return undefined;
  const { policy } = value.event;
  return { setter: policy.name, file: policy.file, form: JSON.stringify(value.form) };
}
