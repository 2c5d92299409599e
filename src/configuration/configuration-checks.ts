/**
 * @module
 * Checks that the schema cannot express: names that must exist, strings with their own grammar, and entries that
 * contradict each other.
 */

import { createRequire } from 'node:module';
import { theyAre } from '../diagnostics/harmless.ts';
import type { Problems } from '../diagnostics/problem.ts';
import { nearest } from '../diagnostics/suggest.ts';
import type { YamlPath } from '../documents/yaml-places.ts';
import { type Address, parseAddress } from '../net/address.ts';
import type { Configuration, Placed } from './configuration.ts';
import type { RouteEntry, Settings } from './configuration-schema.ts';
import { checkCoverage, checkMatch, type Report } from './match-checks.ts';
import { checkRetiredKeys } from './retired-keys.ts';

/** Reports all problems that can be found without opening another file. */
export function checkConfiguration(configuration: Configuration, problems: Problems): void {
  const report: Report = (path, code, details) => configuration.document.report(problems, path, code, details);
  checkAddresses(configuration, report);
  checkPackages(configuration, report);
  checkRetiredKeys(configuration, problems);
  checkNames(configuration, report);
  for (const route of configuration.routes) {
    checkMatch(route, report);
    checkDestination(route, report);
    checkRoutePolicies(route, configuration.policyNames, report);
  }
  // If an entry could not be read, these checks would report the wrong place.
  if (!configuration.complete) return;
  checkUnusedPolicies(configuration, report);
  if (!problems.hasErrors) checkCoverage(configuration.routes, configuration.settings?.unmatched, report);
}

function checkAddresses({ settings }: Configuration, report: Report): void {
  const listen = settings && parseAddress(settings.listen);
  const admin = settings && parseAddress(settings.admin);
  if (listen === undefined || admin === undefined || !isSameAddress(listen, admin)) return;
  report(['admin'], 'config.invalid-value', {
    message: '`admin` is the same address as `listen`.',
    suggestion: 'Use different ports.',
  });
}

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

/** A route has exactly one of `policies` and `deny`. */
function checkDestination({ entry, path }: Placed<RouteEntry>, report: Report): void {
  const { policies, deny, requireCaller } = entry;
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
  for (const { entry, path } of policies) {
    if (used.has(entry.name)) continue;
    report([...path, 'name'], 'config.unused-policy', {
      message: `No route uses the policy \`${entry.name}\`.`,
      suggestion: 'Add it to a route, or remove it.',
    });
  }
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
