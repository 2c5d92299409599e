/**
 * @module
 * Checks that the schema cannot express: names that must exist, strings with their own grammar, and entries that
 * contradict each other.
 */

import { createRequire } from 'node:module';
import type { Code } from '../diagnostics/codes.ts';
import { theyAre } from '../diagnostics/harmless.ts';
import type { Problems } from '../diagnostics/problem.ts';
import { placeText } from '../diagnostics/source-text.ts';
import { nearest } from '../diagnostics/suggest.ts';
import { type Address, parseAddress } from '../net/address.ts';
import { audienceOf } from '../net/address-literal.ts';
import type { Configuration } from './configuration.ts';
import { type Placed, type Report, reportIn } from './configuration-part.ts';
import { maxEntries, type RouteEntry, type Settings } from './configuration-schema.ts';
import { publishAheadOf, verifiersCache } from './jwks-schema.ts';
import { checkCoverage, checkMatch } from './match-checks.ts';
import { checkRetiredKeys } from './retired-keys.ts';
import { checkTokenFiles } from './sds-checks.ts';
import { checkSources } from './source-checks.ts';

/** Reports all problems that can be found without opening another file. */
export function checkConfiguration(configuration: Configuration, problems: Problems): void {
  const report: Report = (path, code, details) => configuration.document.report(problems, path, code, details);
  checkAddresses(configuration, report);
  checkAnnouncement(configuration, report);
  checkPackages(configuration, report);
  checkRetiredKeys(configuration, problems);
  if (configuration.complete) checkSources(configuration, problems);
  checkTokenFiles(configuration, problems);
  checkCount(configuration, report);
  checkNames(configuration.policies, { code: 'config.duplicate-policy', noun: 'policy' }, problems);
  checkNames(configuration.routes, { code: 'config.duplicate-route', noun: 'route' }, problems);
  const { policyNames, incomplete } = configuration;
  for (const route of configuration.routes) {
    const inRoute = reportIn(route, problems);
    checkMatch(route.entry, inRoute);
    checkDestination(route.entry, inRoute);
    // If there is no list of policies, that is the problem.
    if (policyNames.size > 0 || !incomplete.has('policies')) checkRoutePolicies(route.entry, policyNames, inRoute);
  }
  // If an entry could not be read, these checks would report the wrong place.
  if (!configuration.complete || configuration.policies.length === 0) return;
  checkUnusedPolicies(configuration, problems);
  if (!problems.hasErrors) checkCoverage(configuration, problems);
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

/** A verifier that still has an older copy of the JWKS refuses the tokens of a new key. */
function checkAnnouncement({ settings }: Configuration, report: Report): void {
  const jwks = settings?.jwks;
  if (jwks === undefined || publishAheadOf(jwks) >= verifiersCache(jwks)) return;
  report(['jwks', 'publishAhead'], 'keys.short-announcement', {
    message:
      'A new key signs before every verifier knows it: their copies of the JWKS may be older than `publishAhead`.',
    suggestion: 'Write at least the longer of `maxAge` and `cache`, or remove `publishAhead`.',
  });
}

/** Every client that reaches an address without TLS can ask for tokens in the name of any caller. */
function checkExposure(settings: Settings | undefined, report: Report): void {
  const listen = settings && parseAddress(settings.listen);
  if (listen?.kind !== 'tcp' || settings?.tls !== undefined) return;
  const audience = audienceOf(listen.host);
  if (audience === 'machine') return;
  const where = audience === 'address' ? 'from other machines' : 'on every address of the machine, and';
  report(['listen'], 'config.unprotected-listen', {
    message: `\`listen\` takes connections ${where} without TLS: everybody who reaches the port can ask for tokens.`,
    suggestion:
      'For an Envoy on the same machine or in the same pod, write `127.0.0.1:PORT` or `unix:/PATH`. Otherwise, write `tls:` with `clientAuthorities`.',
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

/** The limits of one file hold for all together. */
function checkCount({ policies, routes, settings, complete }: Configuration, report: Report): void {
  if (settings?.include === undefined) return;
  for (const [name, list] of Object.entries({ policies, routes })) {
    if (list.length <= maxEntries) continue;
    report(['include'], 'config.invalid-value', {
      message: `All files together have more than ${maxEntries} ${name}.`,
    });
  }
  if (complete && policies.length === 0) {
    report(['include'], 'config.missing-key', {
      message: 'There is no policy in this file or in those that it includes.',
      suggestion: 'Write `policies: [{ name: …, file: … }]` in one of them.',
    });
  }
}

type Named = Placed<{ readonly name?: string | undefined }>;

interface Kind {
  readonly code: Code;
  readonly noun: string;
}

function checkNames(entries: readonly Named[], { code, noun }: Kind, problems: Problems): void {
  const first = new Map<string, Named>();
  for (const one of entries) {
    const { name } = one.entry;
    if (name === undefined) continue;
    const earlier = first.get(name);
    if (earlier === undefined) {
      first.set(name, one);
      continue;
    }
    reportIn(one, problems)(['name'], code, {
      message: `The ${noun} ${whereFrom(earlier, one)} has the name \`${name}\` too.`,
      suggestion: `Give each ${noun} a different name.`,
    });
  }
}

function whereFrom({ origin, path }: Placed<unknown>, other: Placed<unknown>): string {
  const { document } = origin;
  const place = document.source.placeAt(document.offsetOf(path));
  return origin === other.origin ? `in line ${place.line}` : `at ${placeText(place)}`;
}

/** A route has exactly one of `policies` and `deny`. */
function checkDestination({ policies, deny, requireCaller, variables }: RouteEntry, report: Report): void {
  if (policies === undefined && deny === undefined) {
    report([], 'config.missing-key', {
      message: 'The route has neither `policies` nor `deny`.',
      suggestion: 'Write `policies: [NAME]`, or `deny: true` to refuse its requests.',
    });
  } else if (deny === true && policies !== undefined) {
    report(['deny'], 'config.invalid-value', {
      message: 'The route has both `policies` and `deny`.',
      suggestion: 'Remove one of them.',
    });
  } else if (deny === true && variables !== undefined) {
    report(['variables'], 'config.invalid-value', {
      message: 'The route denies all requests, so `variables` has no effect.',
      suggestion: 'Remove `variables`.',
    });
  } else if (deny === true && requireCaller !== undefined) {
    report(['requireCaller'], 'config.invalid-value', {
      message: 'The route denies all requests, so `requireCaller` has no effect.',
      suggestion: 'Remove `requireCaller`.',
    });
  }
}

function checkRoutePolicies({ policies = [] }: RouteEntry, names: ReadonlySet<string>, report: Report): void {
  for (const [index, name] of policies.entries()) {
    if (names.has(name)) continue;
    const guess = nearest(name, names);
    report(['policies', index], 'config.unknown-policy', {
      message: 'No policy has this name.',
      suggestion: guess === undefined ? theyAre('policies', names) : `Did you mean \`${guess}\`?`,
    });
  }
}

function checkUnusedPolicies({ document, policies, routes, settings }: Configuration, problems: Problems): void {
  if (settings === undefined || settings.allowRoutePolicy) return;
  if (routes.length === 0) {
    document.report(problems, ['routes'], 'config.no-routes', {
      message: 'There is no route, so no request gets a token.',
      suggestion: 'Write `routes: [{ match: {}, policies: [NAME] }]` to run the policy NAME for every request.',
    });
    return;
  }
  const used = new Set(routes.flatMap(({ entry }) => entry.policies ?? []));
  // A misspelt name in a route is reported there; the policy that is meant has no route for that reason.
  const named = new Set(policies.map(({ entry }) => entry.name));
  if ([...used].some((name) => !named.has(name))) return;
  for (const policy of policies) {
    const { name } = policy.entry;
    if (used.has(name)) continue;
    reportIn(policy, problems)(['name'], 'config.unused-policy', {
      message: `No route uses the policy \`${name}\`.`,
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
