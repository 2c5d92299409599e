/**
 * @module
 * On which routes of Envoy the token of a file is injected. There Envoy does not ask mintproc, so Envoy's own choice of
 * the route must be that of the configuration: only a `match` of the route's name, or of everything, is.
 */
import type { Code } from '../diagnostics/codes.ts';
import type { Problem, ProblemDetails } from '../diagnostics/problem.ts';
import type { YamlPath } from '../documents/yaml-places.ts';
import type { Configuration } from './configuration.ts';
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
  /** A problem with the entry of the policy; `path` leads to a key inside it. */
  problem(path: YamlPath, code: Code, details: ProblemDetails): Problem;
}

export interface TokenRoutes {
  readonly routes: readonly TokenRoute[];
  /** Why the Envoy part cannot be written. */
  readonly problems: readonly Problem[];
}

type Match = RouteEntry['match'];

export function tokenRoutes(
  configuration: Pick<Configuration, 'policies' | 'routes'>,
  policies: ReadonlyMap<string, CompiledPolicy>,
): TokenRoutes {
  const entries = new Map(configuration.policies.map((policy) => [policy.entry.name, policy]));
  const routes: TokenRoute[] = [];
  const problems: Problem[] = [];
  for (const [index, { entry, origin, path }] of configuration.routes.entries()) {
    const { match, policies: names = [] } = entry;
    const policy = names.map((name) => policies.get(name)).find((one) => one?.tokenFile !== undefined);
    const placed = entries.get(policy?.name ?? '');
    if (policy?.tokenFile === undefined || placed === undefined) continue;
    const { name, output, tokenFile } = policy;
    const objection = objectionTo(match, configuration.routes.slice(0, index));
    if (objection !== undefined) {
      const message = `Envoy injects the token of ${name} (\`sds\`), so it alone chooses the route. ${objection.message}`;
      problems.push(origin.document.problemAt([...path, 'match'], 'sds.route', { ...objection, message }));
    }
    const problem: TokenRoute['problem'] = (inner, code, details) =>
      placed.origin.document.problemAt([...placed.path, ...inner], code, details);
    routes.push({ routeName: match.routeName, policy: name, header: output.header, path: tokenFile.path, problem });
  }
  return { routes, problems };
}

function objectionTo(match: Match, before: Configuration['routes']): ProblemDetails | undefined {
  const others = Object.keys(match).filter((key) => key !== 'routeName');
  if (others.length > 0) {
    return {
      message: `This one matches on ${others.join(', ')}, too.`,
      suggestion: 'Match on `routeName` only, and let the route of Envoy have the conditions.',
    };
  }
  if (match.routeName?.endsWith('/*') === true) {
    return {
      message: 'This one matches on the beginning of a `routeName`.',
      suggestion: 'Write the whole name of one route.',
    };
  }
  if (before.some(({ entry }) => mayMatchFirst(entry.match, match.routeName))) {
    return {
      message: 'An earlier route of mintproc.yaml may match the same requests, and Envoy would not know.',
      suggestion: 'Write this route before it, or let both match on a `routeName`.',
    };
  }
  return undefined;
}

/** @param name undefined for a route that takes what the ones before it leave */
function mayMatchFirst({ routeName }: Match, name: string | undefined): boolean {
  if (routeName === undefined) return true;
  if (name === undefined) return false;
  return routeName.endsWith('/*') ? name.startsWith(routeName.slice(0, -1)) : name === routeName;
}
