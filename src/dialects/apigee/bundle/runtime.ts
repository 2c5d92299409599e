/**
 * @module
 * What a proxy's files say of its deployment, for the `apigee` block of the configuration: its name, and the name and
 * base path of the ProxyEndpoint. The organization, the environment and the deployed revision are in no file.
 */
import { runtimeMember } from '../runtime-variables.ts';
import { type CallingProxy, callsOf, entrancesOf } from './chains.ts';
import type { NeededVariable } from './needed.ts';

export interface BundleRuntime {
  /** By member of `apigee`. */
  readonly known: Readonly<Record<string, string>>;
  /** Members that are needed, but not known. */
  readonly unknown: readonly string[];
  /** The variables that the members declare. */
  readonly variables: readonly NeededVariable[];
}

export function runtimeOf(needed: readonly NeededVariable[], proxies: readonly CallingProxy[]): BundleRuntime {
  const variables = needed.filter(isOfRuntime);
  const values = valuesOf(variables, proxies);
  const members = [...new Set(variables.flatMap(({ name }) => runtimeMember(name) ?? []))];
  return {
    known: Object.fromEntries(
      members.flatMap((member) => (values[member] === undefined ? [] : [[member, values[member]]])),
    ),
    unknown: members.filter((member) => values[member] === undefined),
    variables,
  };
}

/** A variable that a policy of the proxy sets itself must be declared like any other. */
export function isOfRuntime({ name, value, setters, own }: NeededVariable): boolean {
  if (runtimeMember(name) === undefined || value !== undefined || own.length > 0) return false;
  return setters.every(({ setting }) => setting.target.kind === 'any');
}

function valuesOf(
  variables: readonly NeededVariable[],
  proxies: readonly CallingProxy[],
): Readonly<Record<string, string | undefined>> {
  const readers = [...new Set(variables.flatMap(({ policies }) => policies))];
  const entrances = proxies.flatMap(({ proxy, prefix }) =>
    readers.flatMap((reader) => callsOf(proxy, `${prefix}${reader}`)).flatMap((call) => entrancesOf(proxy, call)),
  );
  const [entrance, ...others] = new Set(entrances);
  const only = others.length === 0 && entrance?.kind === 'ProxyEndpoint' ? entrance : undefined;
  const [calling, ...more] = proxies;
  const name = more.length === 0 ? calling?.name : undefined;
  return { proxy: text(name), endpoint: text(only?.name), basePath: path(only?.basePath) };
}

/** What the configuration takes as a name. */
function text(value: string | undefined): string | undefined {
  return value !== undefined && value.length > 0 && value.length <= 256 ? value : undefined;
}

/** What it takes as a base path. */
function path(value: string | undefined): string | undefined {
  return value !== undefined && value.length <= 1024 && /^\/[^?#\s]*$/.test(value) ? value : undefined;
}
