/**
 * @module
 * What `validate` reports about proxy bundles in addition to their problems: the policies that mint tokens, the flows
 * that call them, where the tokens go, and what the configuration needs.
 */
import { join } from 'node:path';
import { oneLine } from '../diagnostics/one-line.ts';
import type { Bundle, BundledCall, BundledPolicy } from '../dialects/apigee/bundle/bundle.ts';
import { placeOf } from '../dialects/apigee/bundle/destination.ts';
import { conditionsOf } from '../dialects/apigee/bundle/flow-steps.ts';
import type { Event } from '../dialects/apigee/bundle/origins.ts';
import { sectionOf } from '../dialects/apigee/bundle/section.ts';

export function bundleToJson(path: string, bundle: Bundle): object {
  const { folder, policies, variables } = bundle;
  return {
    path: join(path, folder),
    policies: policies.map(({ file, name, calls }) => ({ file, name, calls: calls.map(callToJson) })),
    variables: variables.map(({ name, use, readBy, value, setters }) => ({
      name,
      use,
      readBy,
      certain: value !== undefined,
      setters: (value === undefined ? setters : [value.event]).map(setterToJson),
    })),
    section: sectionOf(bundle),
  };
}

function callToJson({ call: { step }, destinations, routes }: BundledCall): object {
  return {
    policy: step.policy,
    flow: step.flow,
    conditions: conditionsOf(step),
    destinations: destinations.map(({ ...one }) => ('at' in one ? { ...one, at: undefined } : one)),
    routes: routes.map(({ match, differences }) => ({ match: match ?? null, differences })),
  };
}

function setterToJson({ policy: { kind, name, file }, setting, flow, conditions }: Event): object {
  return { kind, policy: name, file, flow, conditions, ...(setting.how === undefined ? {} : { how: setting.how }) };
}

export function bundleToText(path: string, bundle: Bundle): string {
  const { folder, policies } = bundle;
  const lines = policies.flatMap((policy) => [
    `  ${oneLine(policy.name)} (${oneLine(policy.file)})`,
    ...policyLines(policy),
  ]);
  const section = sectionOf(bundle);
  const needed = section === '' ? '' : `\nFor mintproc.yaml:\n\n${section}`;
  return `\n${oneLine(join(path, folder))} has ${count(policies.length)}:\n${lines.join('\n')}\n${needed}`;
}

function policyLines({ calls, isEnabled }: BundledPolicy): readonly string[] {
  if (calls.length === 0) return ['    no flow calls it'];
  const disabled = isEnabled ? [] : ['    it is disabled, so it mints no token'];
  return [
    ...disabled,
    ...calls.flatMap((call) => [`    ${oneLine(callLine(call))}`, `      ${oneLine(verdict(call))}`]),
  ];
}

function callLine({ call: { step } }: BundledCall): string {
  const conditions = conditionsOf(step);
  return conditions.length === 0 ? step.flow : `${step.flow}, when ${conditions.join(' and ')}`;
}

/** What becomes of the token, and whether mintproc does the same. */
function verdict({ call: { step }, destinations }: BundledCall): string {
  if (step.section === 'fault') return 'runs after a fault: mintproc mints no token there';
  const places = destinations.map(placeOf);
  const where = places.length === 0 ? 'no policy after it reads the token' : `the token goes into ${places.join(', ')}`;
  if (step.direction === 'response') return `${where}; it runs for the response: mintproc only mints for the request`;
  if (destinations.length === 0) return `${where}: write its header as \`output\``;
  if (destinations.every(({ kind }) => kind !== 'header')) return `${where}: mintproc only writes request headers`;
  return where;
}

function count(policies: number): string {
  return policies === 1 ? 'one GenerateJWT policy' : `${policies} GenerateJWT policies`;
}
