/**
 * @module
 * Writes what a proxy needs in `mintproc.yaml`, ready to paste: `variables`, and `policies` and `routes` as far as they
 * are certain. The rest is written as comments. It always loads as it is printed.
 */

import { oneLine } from '../../../diagnostics/one-line.ts';
import { yamlFlow } from '../../../documents/write-yaml.ts';
import { runtimeMember } from '../runtime-variables.ts';
import type { Bundle, BundledPolicy } from './bundle.ts';
import { isOfCaller } from './callers.ts';
import type { HeaderDestination } from './destination.ts';
import type { NeededVariable } from './needed.ts';
import { areDisjointRoutes } from './route-path.ts';
import type { ProposedRoute } from './routes.ts';
import type { BundleRuntime } from './runtime.ts';
import { declarationFor, variableLines } from './section-variables.ts';
import { isWritable } from './writable-header.ts';

/** YAML; empty if there is nothing to write. */
export function sectionOf(bundle: Bundle): string {
  return [...runtimeLines(bundle.runtime), ...variableLines(bundle), ...policyLines(bundle)]
    .map((line) => `${line}\n`)
    .join('');
}

function runtimeLines({ known, unknown, variables }: BundleRuntime): readonly string[] {
  const isKnown = ({ name }: NeededVariable): boolean => !unknown.includes(runtimeMember(name) ?? '');
  const given = variables.filter(isKnown).map(readText);
  const missing = variables.filter((one) => !isKnown(one)).map(readText);
  const members = unknown.map((name) => `${name}: …`).join(', ');
  return [
    ...(given.length === 0 ? [] : [`apigee: ${yamlFlow(known)} # ${oneLine(`for ${given.join('; ')}`)}`]),
    ...(missing.length === 0
      ? []
      : [
          oneLine(
            `# apigee: { ${members} } # write what it was, which no file of the proxy says, for ${missing.join('; ')}`,
          ),
        ]),
  ];
}

function readText({ name, policies }: NeededVariable): string {
  return `${name}, read by ${policies.join(', ')}`;
}

interface Entry {
  readonly name: string;
  readonly policy: BundledPolicy;
  readonly settings: Settings;
  readonly header: HeaderDestination;
  readonly routes: readonly ProposedRoute[];
}

/** What the entry of a policy says of its variables. */
interface Settings {
  readonly authentication?: { readonly as: 'apigee' };
  readonly variables?: Readonly<Record<string, unknown>>;
}

function settingsOf({ variables }: Bundle, policy: BundledPolicy): Settings {
  const own = variables.flatMap(({ name, own: values }) =>
    values.filter((value) => value.policy === policy.name).map(({ form }) => [name, declarationFor(form)] as const),
  );
  return {
    ...(callerVariablesOf(variables, policy).length === 0 ? {} : { authentication: { as: 'apigee' } }),
    ...(own.length === 0 ? {} : { variables: Object.fromEntries(own) }),
  };
}

function callerVariablesOf(variables: Bundle['variables'], { name }: BundledPolicy): readonly string[] {
  return variables.filter((one) => isOfCaller(one) && one.policies.includes(name)).map((one) => one.name);
}

/** For each policy that reads variables of the caller, or whose entry is left to the author. */
function settingsLines(bundle: Bundle, entries: readonly Entry[]): readonly string[] {
  return bundle.policies.flatMap((policy) => {
    const settings = settingsOf(bundle, policy);
    const names = callerVariablesOf(bundle.variables, policy);
    const isPrinted = entries.some((entry) => entry.policy === policy);
    const caller = names.length === 0 ? [] : [`# as: apigee gives ${policy.name} the caller's ${names.join(', ')}`];
    const entry =
      isPrinted || Object.keys(settings).length === 0
        ? []
        : [`# Write in the entry of ${policy.name}: ${yamlFlow(settings).replace(/^\{ (.*) \}$/s, '$1')}`];
    return [...caller, ...entry].map(oneLine);
  });
}

function policyLines(bundle: Bundle): readonly string[] {
  const entries = bundle.policies.flatMap((policy) => entryOf(policy, settingsOf(bundle, policy)));
  const usable = entries.filter(({ policy }) => !policy.showsPrivate);
  const waiting = entries.filter(({ policy }) => policy.showsPrivate);
  const routes = usable.flatMap((entry) => distinct(entry.routes).map((route) => ({ entry, route, meets: false })));
  const sorted = routes
    .map((one) => ({
      ...one,
      meets: routes.some(({ entry, route }) => entry !== one.entry && mayMeet(route, one.route)),
    }))
    .sort((a, b) => pathLength(b.route) - pathLength(a.route));
  const live = sorted.filter(
    ({ route, meets }) => !meets && route.match !== undefined && route.differences.length === 0,
  );
  const other = sorted.filter((one) => !live.includes(one));
  return [
    ...settingsLines(bundle, entries),
    ...(usable.length === 0 ? [] : ['policies:', ...usable.map((entry) => `  - ${entryText(entry)}`)]),
    ...waiting.flatMap((entry) => [
      oneLine(`# Decide first whether its token may show the private variable that ${entry.policy.name} reads:`),
      `# policies: [${entryText(entry)}]`,
    ]),
    ...(live.length === 0 ? [] : ['routes:', ...live.map(({ entry, route }) => `  - ${routeText(entry, route)}`)]),
    ...(other.length === 0 ? [] : ['# Check before you use one of these routes:', ...other.flatMap(otherLines)]),
  ];
}

/** A policy with a header of its own. One with an error in its file would keep the configuration from loading. */
function entryOf(policy: BundledPolicy, settings: Settings): readonly Entry[] {
  const headers = policy.calls.flatMap(({ destinations }) => destinations.filter((one) => one.kind === 'header'));
  const [header] = headers;
  const routes = policy.calls.flatMap((call) => call.routes);
  if (header === undefined || routes.length === 0 || !policy.isEnabled || !isWritable(header)) return [];
  if (headers.some((one) => one.header !== header.header || one.prefix !== header.prefix)) return [];
  const isBroken = policy.problems.some(
    ({ severity, code }) => severity === 'error' && code !== 'apigee.private-variable',
  );
  if (isBroken) return [];
  const name = policy.name.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 64);
  return [{ name, policy, settings, header, routes }];
}

function entryText({ name, policy, settings, header }: Entry): string {
  const { header: to, prefix } = header;
  return yamlFlow({ name, file: policy.file, output: { header: to, prefix }, ...settings });
}

function routeText({ name }: Entry, { match }: ProposedRoute): string {
  return yamlFlow({ match, policies: [name] });
}

interface EntryRoute {
  readonly entry: Entry;
  readonly route: ProposedRoute;
  /** Whether the route of another policy may match the same requests. Only the first of them would run. */
  readonly meets: boolean;
}

function otherLines({ entry, route, meets }: EntryRoute): readonly string[] {
  const reasons = [...route.differences, ...(meets ? ['Another call may match the same requests.'] : [])];
  const when = route.conditions.length === 0 ? '' : ` when ${route.conditions.join(' and ')}`;
  return [
    `# ${oneLine(`${entry.name}${when}. ${reasons.join(' ')}`)}`,
    ...(route.match === undefined ? [] : [`#   - ${routeText(entry, route)}`]),
  ];
}

function distinct(routes: readonly ProposedRoute[]): readonly ProposedRoute[] {
  return [...new Map(routes.map((route) => [JSON.stringify(route), route])).values()];
}

function pathLength({ match }: ProposedRoute): number {
  return (match?.path ?? match?.pathPrefix ?? '').length;
}

function mayMeet({ match: a }: ProposedRoute, { match: b }: ProposedRoute): boolean {
  if (a === undefined || b === undefined) return true;
  const isSameMethod =
    a.method === undefined || b.method === undefined || a.method.some((one) => b.method?.includes(one));
  return isSameMethod && !areDisjointRoutes(a, b);
}
