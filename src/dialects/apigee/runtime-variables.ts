/**
 * @module
 * Flow variables whose value Apigee knew from the deployment of the proxy, and no request tells: the organization, the
 * environment, the proxy and its base path (vendor page, "Flow variables reference": apiproxy, environment,
 * organization, proxy).
 */
import { path } from '../../plan/needs.ts';
import { type ScopeOf, sentValue } from '../../plan/request-values.ts';
import type { Computed } from '../../plan/token-plan.ts';
import { requestPath } from './flow-variables.ts';

/** What the deployment was. A member that is not given leaves its variables undeclared. */
interface ApigeeRuntime {
  readonly organization?: string | undefined;
  readonly environment?: string | undefined;
  readonly proxy?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly revision?: string | number | undefined;
  readonly basePath?: string | undefined;
}

/** A variable with one value, or one that is made of the request. */
export type RuntimeVariable =
  | { readonly kind: 'constant'; readonly text: string }
  | { readonly kind: 'computed'; readonly value: Computed };

interface Row {
  readonly names: readonly string[];
  make(member: string): RuntimeVariable;
}

const constant = (text: string): RuntimeVariable => ({ kind: 'constant', text });

const rows: { readonly [member in keyof Required<ApigeeRuntime>]: readonly Row[] } = {
  organization: [{ names: ['organization.name'], make: constant }],
  environment: [{ names: ['environment.name'], make: constant }],
  proxy: [{ names: ['apiproxy.name'], make: constant }],
  endpoint: [{ names: ['proxy.name'], make: constant }],
  revision: [{ names: ['apiproxy.revision'], make: constant }],
  basePath: [
    { names: ['proxy.basepath', 'apiproxy.basepath'], make: constant },
    { names: ['proxy.pathsuffix'], make: pathSuffix },
  ],
};

/** The variables that the members declare, by name. */
export function runtimeVariables(runtime: ApigeeRuntime): ReadonlyMap<string, RuntimeVariable> {
  const variables = new Map<string, RuntimeVariable>();
  for (const [member, made] of Object.entries(rows)) {
    const value = runtime[member as keyof ApigeeRuntime];
    if (value === undefined) continue;
    for (const { names, make } of made) for (const name of names) variables.set(name, make(String(value)));
  }
  return variables;
}

/** The member that declares the variable; undefined if none does. */
export function runtimeMember(name: string): string | undefined {
  return Object.entries(rows).find(([, made]) => made.some(({ names }) => names.includes(name)))?.[0];
}

/**
 * The path of the request after the base path, as received and without its query; empty if nothing follows. A request
 * outside the base path, which the proxy would not have got, has no suffix.
 */
function pathSuffix(basePath: string): RuntimeVariable {
  const base = basePath.replace(/\/$/, '').split('/');
  return { kind: 'computed', value: sentValue([path], (scope) => suffixAfter(base, scope)) };
}

/** @param base the segments of the base path. `*` is any one segment, as in a ProxyEndpoint. */
function suffixAfter(base: readonly string[], scope: ScopeOf<'path'>): string | undefined {
  const whole = requestPath(scope);
  if (whole === null) return undefined;
  const segments = whole.split('/', base.length);
  if (segments.length < base.length) return undefined;
  const fits = base.every((segment, at) => segment === segments[at] || (segment === '*' && segments[at] !== ''));
  return fits ? whole.slice(segments.join('/').length) : undefined;
}
