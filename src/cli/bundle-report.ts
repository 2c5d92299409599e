/**
 * @module
 * What `validate` reports about a proxy bundle in addition to its problems: the policies that mint tokens, the flows
 * that call them, and the variables that the configuration must declare.
 */
import type { Bundle, BundledPolicy } from '../dialects/apigee/bundle.ts';
import type { Call } from '../dialects/apigee/calls.ts';
import { variablesSection } from '../dialects/apigee/variables-section.ts';

export function bundleToJson(path: string, { policies, variables }: Bundle): object {
  return {
    path,
    policies: policies.map(({ file, name, calls }) => ({ file, name, calls })),
    variables: variables.map(({ name, use, readBy }) => ({ name, use, readBy })),
    section: variablesSection(variables),
  };
}

export function bundleToText(path: string, { policies, variables }: Bundle): string {
  const lines = policies.flatMap((policy) => [`  ${policy.name} (${policy.file})`, ...callLines(policy)]);
  const section = variablesSection(variables);
  const needed = section === '' ? '' : `\nFor mintproc.yaml:\n\n${section}`;
  return `\n${path} has ${count(policies.length)}:\n${lines.join('\n')}\n${needed}`;
}

function callLines({ calls }: BundledPolicy): readonly string[] {
  return calls.length === 0 ? ['    no flow calls it'] : calls.map((call) => `    ${callLine(call)}`);
}

function callLine({ flow, conditions }: Call): string {
  return conditions.length === 0 ? flow : `${flow}, when ${conditions.join(' and ')}`;
}

function count(policies: number): string {
  return policies === 1 ? 'one GenerateJWT policy' : `${policies} GenerateJWT policies`;
}
