/**
 * @module
 * Writes what a proxy needs in `mintproc.yaml`, ready to paste: `variables`, and `policies` and `routes` as far as they
 * are certain. The rest is written as comments. It always loads as it is printed.
 */
import { yamlEntry, yamlFlow } from '../../../documents/write-yaml.ts';
import { isPrivate } from '../../private-names.ts';
import type { Bundle, BundledPolicy } from './bundle.ts';
import type { HeaderDestination } from './destination.ts';
import type { NeededVariable } from './needed.ts';
import { oneLine } from './one-line.ts';
import type { Event } from './origins.ts';
import type { ProposedRoute } from './routes.ts';
import type { BundlePolicy } from './settings.ts';

/** YAML; empty if there is nothing to write. */
export function sectionOf(bundle: Bundle): string {
  return [...variableLines(bundle), ...policyLines(bundle)].map((line) => `${line}\n`).join('');
}

function variableLines({ variables, unnamed }: Bundle): readonly string[] {
  const more =
    unnamed === 0 ? [] : [`  # and ${unnamed} more, whose names are too unusual to be shown: see the policies`];
  if (variables.length === 0) return more.map((line) => line.trim());
  return ['variables:', ...variables.flatMap(linesOf), ...more];
}

function linesOf(variable: NeededVariable): readonly string[] {
  const { declaration, comment } = proposal(variable);
  return [
    ...originLines(variable).map((line) => `  # ${line}`),
    `  ${yamlEntry(variable.name, declaration)} # ${oneLine(comment)}`,
  ];
}

interface Proposal {
  readonly declaration: unknown;
  readonly comment: string;
}

function proposal({ name, use, readBy, value }: NeededVariable): Proposal {
  const readers = `read by ${readBy.join(', ')}`;
  if (value !== undefined) {
    const declaration = 'value' in value.form ? value.form.value : value.form;
    return { declaration, comment: `as ${value.event.policy.name} assigns it; ${readers}` };
  }
  if (use === 'secret' || (use === 'key-id' && isPrivate(name)))
    return { declaration: { file: `secrets/${fileName(name)}` }, comment: readers };
  if (isPrivate(name)) {
    // With `readable: false` the policy does not load, so that pasting this cannot expose a secret.
    const declaration = { file: `secrets/${fileName(name)}`, readable: false };
    return { declaration, comment: `tokens would show it: write true if it is not a secret; ${readers}` };
  }
  const declaration = { metadata: 'envoy.filters.http.ext_authz', path: [name] };
  return { declaration, comment: `say where it comes from; ${readers}` };
}

/** A name of its own in the folder, never the folder itself. */
function fileName(name: string): string {
  return name.replace(/^private\./i, '').replace(/^\W*$|^\.+/, '_');
}

/** Steps in the comment of one variable. */
const longestList = 20;

/** Who sets a variable that has no certain value. */
function originLines({ name, setters, elsewhere, value }: NeededVariable): readonly string[] {
  const parts = /^(private\.)?propertyset\.([^.]+)\./.exec(name);
  if (parts !== null) return [`${name}: from the property set resources/properties/${parts[2]}.properties`];
  if (setters.length > 0) return [`${name} is set by:`, ...setterLines(setters)];
  if (value !== undefined || elsewhere.length === 0) return [];
  const names = elsewhere.slice(0, longestList).map(policyText).join(', ');
  return [oneLine(`${name}: no step before sets it. Elsewhere, or disabled: ${names}`)];
}

/** Steps that may set any variable are named in one line: they rarely set this one. */
function setterLines(setters: readonly Event[]): readonly string[] {
  const named = setters.filter(({ setting }) => setting.target.kind !== 'any');
  const closed = setters.filter((event) => !named.includes(event)).map(({ policy }) => `${policy.kind} ${policy.name}`);
  const shown = named.slice(0, longestList).map((event) => `  ${oneLine(setterText(event))}`);
  const more = named.length > longestList ? [`  and ${named.length - longestList} more steps`] : [];
  const may = named.length === 0 ? 'perhaps' : 'and perhaps';
  const others = [...new Set(closed)].join(', ');
  return [
    ...shown,
    ...more,
    ...(closed.length === 0 ? [] : [`  ${oneLine(`${may} ${others}, which may set any variable`)}`]),
  ];
}

function setterText({ policy, setting, flow, conditions }: Event): string {
  const how = setting.how === undefined ? '' : ` (${setting.how})`;
  const when = conditions.length === 0 ? '' : `, when ${conditions.join(' and ')}`;
  return `${policyText(policy)}${how}, in ${flow}${when}`;
}

function policyText({ kind, name, file }: BundlePolicy): string {
  return `${kind} ${name} in ${file}`;
}

interface Entry {
  readonly name: string;
  readonly policy: BundledPolicy;
  readonly header: HeaderDestination;
  readonly routes: readonly ProposedRoute[];
}

function policyLines({ policies }: Bundle): readonly string[] {
  const entries = policies.flatMap(entryOf);
  const usable = entries.filter(({ policy }) => !policy.showsPrivate);
  const waiting = entries.filter(({ policy }) => policy.showsPrivate);
  const routes = usable.flatMap((entry) => distinct(entry.routes).map((route) => ({ entry, route, meets: false })));
  const sorted = routes
    .map((one) => ({ ...one, meets: routes.some(({ route }) => route !== one.route && mayMeet(route, one.route)) }))
    .sort((a, b) => prefixLength(b.route) - prefixLength(a.route));
  const live = sorted.filter(
    ({ route, meets }) => !meets && route.match !== undefined && route.differences.length === 0,
  );
  const other = sorted.filter((one) => !live.includes(one));
  return [
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
function entryOf(policy: BundledPolicy): readonly Entry[] {
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
  return [{ name, policy, header, routes }];
}

/** Headers that mintproc does not write, or prefixes that no header can have, are left to the author. */
function isWritable({ header, prefix }: HeaderDestination): boolean {
  const isReserved =
    /^(?:host|connection|content-length|keep-alive|proxy-connection|te|trailer|transfer-encoding|upgrade)$|^x-envoy-/;
  return (
    /^[!#$%&'*+.^_`|~0-9a-z-]{1,128}$/.test(header) && !isReserved.test(header) && /^[\x20-\x7e]{0,256}$/.test(prefix)
  );
}

function entryText({ name, policy, header }: Entry): string {
  const { header: to, prefix } = header;
  return yamlFlow({ name, file: policy.file, output: { header: to, prefix } });
}

function routeText({ name }: Entry, { match }: ProposedRoute): string {
  return yamlFlow({ match, policies: [name] });
}

interface EntryRoute {
  readonly entry: Entry;
  readonly route: ProposedRoute;
  /** Whether another route may match the same requests. Only the first of them would run. */
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

function prefixLength({ match }: ProposedRoute): number {
  return match?.pathPrefix?.length ?? 0;
}

function mayMeet({ match: a }: ProposedRoute, { match: b }: ProposedRoute): boolean {
  if (a === undefined || b === undefined) return true;
  const { pathPrefix: left = '' } = a;
  const { pathPrefix: right = '' } = b;
  const isBelow = `${left}/`.startsWith(`${right}/`) || `${right}/`.startsWith(`${left}/`);
  const isSameMethod =
    a.method === undefined || b.method === undefined || a.method.some((one) => b.method?.includes(one));
  return isBelow && isSameMethod;
}
