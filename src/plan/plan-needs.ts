/**
 * @module
 * What the tokens of a plan depend on, from each value that makes them: the evaluated parts of a plan are values, and
 * no value exists without saying what it needs.
 */
import { isPlainName } from '../diagnostics/harmless.ts';
import { headerNeeds, type NamedNeed, type Need, path } from './needs.ts';
import type { RequestRules } from './request-rules.ts';
import type { HeaderStep, TokenPlan } from './token-plan.ts';

type Evaluated = Pick<TokenPlan, 'header' | 'claims' | 'encryption' | 'rules'>;

/** `by` is a phrase: what reads it. For use after the policy's tokens are settled. */
export function needsOfPlan({ header, claims, encryption, rules }: Evaluated): readonly NamedNeed[] {
  return [
    ...[...header, ...(encryption?.header ?? [])].flatMap((step) => needsOfStep(step, 'header parameter')),
    ...claims.flatMap((step) => needsOfStep(step, 'claim')),
    ...(rules === undefined ? [] : named('its rules', needsOfRules(rules))),
  ];
}

function needsOfStep(step: HeaderStep, noun: string): readonly NamedNeed[] {
  switch (step.kind) {
    case 'fixed':
    case 'time':
    case 'key-id':
    case 'public-key':
      return [];
    case 'members':
      return named(`an object of several ${noun}s`, step.value.needs());
    case 'computed': {
      const { name, value } = step;
      if (typeof name !== 'string') return named(`a ${noun} with a computed name`, [...name.needs(), ...value.needs()]);
      return named(isPlainName(name) ? `the ${noun} \`${name}\`` : `a ${noun}`, value.needs());
    }
  }
}

function named(by: string, needs: readonly Need[]): readonly NamedNeed[] {
  return needs.map((need) => ({ need, by }));
}

function needsOfRules({ rules }: RequestRules): readonly Need[] {
  return rules.flatMap((rule) => [
    ...(rule.path === undefined ? [] : [path]),
    ...(rule.method === undefined ? [] : headerNeeds(':method')),
    ...(rule.host === undefined ? [] : headerNeeds(':authority')),
    ...rule.headers.flatMap(({ name }) => headerNeeds(name)),
  ]);
}
