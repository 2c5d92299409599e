/**
 * @module
 * Checks that the schema cannot express: names that must exist, strings with their own grammar, and entries that
 * contradict each other.
 */

import { createRequire } from 'node:module';
import type { Code } from '../diagnostics/codes.ts';
import { theyAre } from '../diagnostics/harmless.ts';
import type { ProblemDetails, Problems } from '../diagnostics/problem.ts';
import { nearest } from '../diagnostics/suggest.ts';
import type { YamlPath } from '../documents/yaml-places.ts';
import { type Address, parseAddress } from '../net/address.ts';
import { readHostPattern } from '../routing/request-host.ts';
import { readPathPrefix } from '../routing/request-path.ts';
import { RouteCoverage } from '../routing/route-coverage.ts';
import type { RouteMatch } from '../routing/router.ts';
import { canMatch, compileMatch } from '../routing/router.ts';
import type { Configuration, Placed } from './configuration.ts';
import type { RouteEntry, Settings } from './configuration-schema.ts';
import { checkRetiredKeys } from './retired-keys.ts';
import { checkSources } from './source-checks.ts';

type Report = (path: YamlPath, code: Code, details: ProblemDetails) => void;

/** Reports all problems that can be found without opening another file. */
export function checkConfiguration(configuration: Configuration, problems: Problems): void {
  const report: Report = (path, code, details) => configuration.document.report(problems, path, code, details);
  checkAddresses(configuration, report);
  checkPackages(configuration, report);
  checkRetiredKeys(configuration, problems);
  if (configuration.complete) checkSources(configuration, problems);
  checkNames(configuration, report);
  for (const route of configuration.routes) {
    checkMatch(route, report);
    checkDestination(route, report);
    // If there is no list of policies, that is the problem.
    const { policyNames, incomplete } = configuration;
    if (policyNames.size > 0 || !incomplete.has('policies')) checkRoutePolicies(route, policyNames, report);
  }
  // If an entry could not be read, these checks would report the wrong place.
  if (!configuration.complete) return;
  checkUnusedPolicies(configuration, report);
  if (!problems.hasErrors) checkCoverage(configuration.routes, report);
}

function checkAddresses({ settings }: Configuration, report: Report): void {
  checkExposure(settings, report);
  const listen = settings && parseAddress(settings.listen);
  const admin = settings && parseAddress(settings.admin);
  if (listen === undefined || admin === undefined || !isSameAddress(listen, admin)) return;
  report(['admin'], 'config.invalid-value', {
    message: '`admin` is the same address as `listen`.',
    suggestion: 'Use different ports.',
  });
}

/** Every client that reaches an address without TLS can ask for tokens in the name of any caller. */
function checkExposure(settings: Settings | undefined, report: Report): void {
  const listen = settings && parseAddress(settings.listen);
  if (listen?.kind !== 'tcp' || settings?.tls !== undefined || !everyAddress.has(listen.host)) return;
  report(['listen'], 'config.unprotected-listen', {
    message:
      '`listen` takes connections on every address of the machine, and without TLS: everybody who reaches the port can ask for tokens.',
    suggestion:
      'For an Envoy on the same machine or in the same pod, write `127.0.0.1:PORT` or `unix:/PATH`. Otherwise, write `tls:` with `clientAuthorities`.',
  });
}

const everyAddress: ReadonlySet<string> = new Set(['0.0.0.0', '::', '::0', '0:0:0:0:0:0:0:0', '0']);

function checkPackages({ settings }: Configuration, report: Report): void {
  if (settings === undefined) return;
  const missing = missingPackages(settings.transport);
  if (missing.length === 0) return;
  report(['transport'], 'config.missing-package', {
    message: `\`transport: ${settings.transport}\` needs ${missing.join(' and ')}, which ${missing.length === 1 ? 'is' : 'are'} not installed.`,
    suggestion: `Run \`npm install ${missing.join(' ')}\` where mintproc is installed, or remove \`transport\`.`,
  });
}

function isSameAddress(a: Address, b: Address): boolean {
  if (a.kind === 'unix') return b.kind === 'unix' && a.path === b.path;
  return b.kind === 'tcp' && a.port !== 0 && a.port === b.port && a.host === b.host;
}

function checkNames({ policies, document }: Configuration, report: Report): void {
  const first = new Map<string, YamlPath>();
  for (const { entry, path } of policies) {
    const earlier = first.get(entry.name);
    if (earlier === undefined) {
      first.set(entry.name, path);
      continue;
    }
    const { line } = document.source.placeAt(document.offsetOf(earlier));
    const message = `The policy in line ${line} has the name \`${entry.name}\` too.`;
    report([...path, 'name'], 'config.duplicate-policy', {
      message,
      suggestion: 'Give each policy a different name.',
    });
  }
}

interface MatchCheck {
  readonly key: keyof RouteMatch;
  /** Whether a request can have this value. */
  accepts(match: RouteMatch): boolean;
  readonly message: string;
  readonly suggestion: string;
}

const methodName = /^[!#$%&'*+.^_`|~0-9A-Z-]+$/;

/**
 * A segment as other gateways write it for any name: `*`, `{id}`, `<id>` or `:id`. It would be compared as it is
 * written, so the route would match no request.
 */
const placeholder = /[*{}<>]|\/:/;

const matchChecks: readonly MatchCheck[] = [
  {
    key: 'host',
    accepts: ({ host }) => host === undefined || readHostPattern(host) !== undefined,
    message: '`host` is not a host name that a request can have.',
    suggestion:
      'Write a name without scheme and port, such as api.example.com, or *.example.com for all names below it, or an address such as 127.0.0.1 or [::1].',
  },
  {
    key: 'pathPrefix',
    accepts: ({ pathPrefix }) => pathPrefix === undefined || readPathPrefix(pathPrefix) !== undefined,
    message: '`pathPrefix` is not a plain beginning of a path.',
    suggestion:
      'Write a slash and whole segments, such as /orders, without a query, `;`, `//` or `%2F`, and without a dot or space at the end of a segment.',
  },
  {
    key: 'pathPrefix',
    accepts: ({ pathPrefix }) => pathPrefix === undefined || !placeholder.test(pathPrefix),
    message:
      '`pathPrefix` contains a placeholder. Paths have no wildcards: every segment is compared as it is written.',
    suggestion:
      'Write only the segments before it: `/orders` already matches everything below it. A `*` that is part of the path is written `%2A`.',
  },
  {
    key: 'method',
    accepts: ({ method }) => method === undefined || method.every((name) => methodName.test(name)),
    message: '`method` contains something that is not a method in upper case.',
    suggestion: 'Methods are case-sensitive. Write them in upper case, such as [GET] or [GET, POST].',
  },
];

function checkMatch({ entry, path }: Placed<RouteEntry>, report: Report): void {
  for (const { key, accepts, message, suggestion } of matchChecks) {
    if (!accepts(entry.match)) report([...path, 'match', key], 'config.invalid-value', { message, suggestion });
  }
}

/** A route has exactly one of `policies` and `deny`. */
function checkDestination({ entry, path }: Placed<RouteEntry>, report: Report): void {
  const { policies, deny, requireCaller, variables } = entry;
  if (policies === undefined && deny === undefined) {
    report(path, 'config.missing-key', {
      message: 'The route has neither `policies` nor `deny`.',
      suggestion: 'Write `policies: [NAME]`, or `deny: true` to refuse its requests.',
    });
  } else if (deny === true && policies !== undefined) {
    report([...path, 'deny'], 'config.invalid-value', {
      message: 'The route has both `policies` and `deny`.',
      suggestion: 'Remove one of them.',
    });
  } else if (deny === true && variables !== undefined) {
    report([...path, 'variables'], 'config.invalid-value', {
      message: 'The route denies all requests, so `variables` has no effect.',
      suggestion: 'Remove `variables`.',
    });
  } else if (deny === true && requireCaller !== undefined) {
    report([...path, 'requireCaller'], 'config.invalid-value', {
      message: 'The route denies all requests, so `requireCaller` has no effect.',
      suggestion: 'Remove `requireCaller`.',
    });
  }
}

function checkRoutePolicies({ entry, path }: Placed<RouteEntry>, names: ReadonlySet<string>, report: Report): void {
  for (const [index, name] of (entry.policies ?? []).entries()) {
    if (names.has(name)) continue;
    const guess = nearest(name, names);
    report([...path, 'policies', index], 'config.unknown-policy', {
      message: 'No policy has this name.',
      suggestion: guess === undefined ? theyAre('policies', names) : `Did you mean \`${guess}\`?`,
    });
  }
}

function checkUnusedPolicies({ policies, routes, settings }: Configuration, report: Report): void {
  if (settings === undefined || settings.allowRoutePolicy) return;
  if (routes.length === 0) {
    report(['routes'], 'config.no-routes', {
      message: 'There is no route, so no request gets a token.',
      suggestion: 'Write `routes: [{ match: {}, policies: [NAME] }]` to run the policy NAME for every request.',
    });
    return;
  }
  const used = new Set(routes.flatMap(({ entry }) => entry.policies ?? []));
  // A misspelt name in a route is reported there; the policy that is meant has no route for that reason.
  const named = new Set(policies.map(({ entry }) => entry.name));
  if ([...used].some((name) => !named.has(name))) return;
  for (const { entry, path } of policies) {
    if (used.has(entry.name)) continue;
    report([...path, 'name'], 'config.unused-policy', {
      message: `No route uses the policy \`${entry.name}\`.`,
      suggestion: 'Add it to a route, or remove it.',
    });
  }
}

function checkCoverage(routes: readonly Placed<RouteEntry>[], report: Report): void {
  const coverage = new RouteCoverage();
  for (const { entry, path } of routes) {
    const conditions = compileMatch(entry.match);
    const covering = coverage.add(conditions);
    const details = canMatch(conditions) ? coveredBy(covering) : withoutPath;
    if (details !== undefined) {
      report([...path, 'match'], 'config.unreachable-route', { ...details });
    }
  }
}

const withoutPath: ProblemDetails = {
  message: 'No request matches this route: a CONNECT request has no path.',
  suggestion: 'Remove `pathPrefix`, or add other methods.',
};

/** @param earlier the index of the earlier route that matches every request of this one, if there is one */
function coveredBy(earlier: number | undefined): ProblemDetails | undefined {
  if (earlier === undefined) return undefined;
  return {
    message: `Route ${earlier + 1} matches every request that this route matches.`,
    suggestion: 'The first match wins: write the narrower route first.',
  };
}

const require = createRequire(import.meta.url);

const packages = {
  native: [],
  'grpc-js': ['@grpc/grpc-js', '@grpc/proto-loader'],
} as const satisfies Record<Settings['transport'], readonly string[]>;

/** The packages of a transport that are not installed. */
function missingPackages(transport: Settings['transport']): readonly string[] {
  return packages[transport].filter((name) => !isInstalled(name));
}

function isInstalled(name: string): boolean {
  try {
    require.resolve(name);
    return true;
  } catch {
    return false;
  }
}
