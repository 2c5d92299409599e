/**
 * @module
 * On which routes of Envoy the token of a file is injected. There Envoy does not ask mintproc, so Envoy's own choice of
 * the route must be that of the configuration: only a `match` of the route's name, or of everything, is.
 */
import type { RouteEntry } from './configuration-schema.ts';
import type { CompiledPolicy } from './policy/policy-loader.ts';

export interface TokenRoute {
  /** The name of Envoy's route; undefined for all routes that no other entry names. */
  readonly routeName: string | undefined;
  readonly policy: string;
  /** The header that gets the token, in lower case. */
  readonly header: string;
  /** The file, as this process can open it. */
  readonly path: string;
}

export interface TokenRoutes {
  readonly routes: readonly TokenRoute[];
  /** Why the Envoy part cannot be written, as sentences. */
  readonly refusals: readonly string[];
}

type Match = RouteEntry['match'];

export function tokenRoutes(
  entries: readonly RouteEntry[],
  policies: ReadonlyMap<string, CompiledPolicy>,
): TokenRoutes {
  const routes: TokenRoute[] = [];
  const refusals: string[] = [];
  for (const [index, { match, policies: names = [] }] of entries.entries()) {
    const policy = names.map((name) => policies.get(name)).find((one) => one?.tokenFile !== undefined);
    if (policy?.tokenFile === undefined) continue;
    const { name, output, tokenFile } = policy;
    const objection = objectionTo(match, entries.slice(0, index));
    if (objection !== undefined) refusals.push(`Envoy injects the token of ${name} (\`sds\`). ${objection}`);
    routes.push({ routeName: match.routeName, policy: name, header: output.header, path: tokenFile.path });
  }
  return { routes, refusals };
}

function objectionTo(match: Match, before: readonly RouteEntry[]): string | undefined {
  const others = Object.keys(match).filter((key) => key !== 'routeName');
  if (others.length > 0) {
    return `Its route matches on ${others.join(', ')}, but Envoy alone chooses the route there: match on \`routeName\` only, and let the route of Envoy have the conditions.`;
  }
  if (match.routeName?.endsWith('/*') === true) {
    return 'Its route matches on the beginning of a `routeName`: write the whole name of one route.';
  }
  if (before.some((earlier) => mayMatchFirst(earlier.match, match.routeName))) {
    return 'An earlier route of mintproc.yaml may match the same requests, and Envoy would not know: write this route before it, or let both match on a `routeName`.';
  }
  return undefined;
}

/** @param name undefined for a route that takes what the ones before it leave */
function mayMatchFirst({ routeName }: Match, name: string | undefined): boolean {
  if (routeName === undefined) return true;
  if (name === undefined) return false;
  return routeName.endsWith('/*') ? name.startsWith(routeName.slice(0, -1)) : name === routeName;
}
