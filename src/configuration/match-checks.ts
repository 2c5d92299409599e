/**
 * @module
 * Checks the `match` of each route: conditions that no request can meet, routes that no request reaches, and routes
 * that a client can avoid.
 */
import type { ProblemDetails, Problems } from '../diagnostics/problem.ts';
import { placeText } from '../diagnostics/source-text.ts';
import type { YamlPath } from '../documents/yaml-places.ts';
import { isHeaderName, isHeaderValue } from '../routing/header-condition.ts';
import { readPath, readPathPrefix } from '../routing/path-pattern.ts';
import { areLookalikeNames } from '../routing/query-parameters.ts';
import { readHostPattern } from '../routing/request-host.ts';
import { RouteCoverage } from '../routing/route-coverage.ts';
import type { RouteMatch } from '../routing/router.ts';
import { canMatch, compileMatch } from '../routing/router.ts';
import type { ValueForm } from '../routing/value-condition.ts';
import type { Configuration } from './configuration.ts';
import { type Placed, type Report, reportIn } from './configuration-part.ts';
import type { RouteEntry } from './configuration-schema.ts';

/** Of several that a value fails, the first is reported. */
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

/** The same without `*`, which `path` has for one segment. */
const otherPlaceholder = /[{}<>]|\/:/;

/** A `*` next to something else than slashes, and a `**` that more follows. */
const inSegment = /[^/*]\*|\*[^/*]|\*{3}|\*\*\//;

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
      'Write a slash and whole segments, such as /orders, without `?` (a query has its own key, `query`), `;`, `//` or `%2F`, and without a dot or space at the end of a segment.',
  },
  {
    key: 'pathPrefix',
    accepts: ({ pathPrefix }) => pathPrefix === undefined || !placeholder.test(pathPrefix),
    message:
      '`pathPrefix` contains a placeholder. Paths have no wildcards: every segment is compared as it is written.',
    suggestion:
      'Write only the segments before it: `/orders` already matches everything below it. Or write `path`, which has wildcards: `/orders/*/items`. A `*` that is part of the path is written `%2A`.',
  },
  {
    key: 'path',
    accepts: ({ path, pathPrefix }) => path === undefined || pathPrefix === undefined,
    message: '`path` and `pathPrefix` exclude each other.',
    suggestion: 'Keep `path` for a whole path, or `pathPrefix` for a path and everything below it.',
  },
  {
    key: 'path',
    accepts: ({ path }) => path === undefined || readPath(path) !== undefined,
    message: '`path` is not a plain path.',
    suggestion:
      'Write a slash and whole segments, such as /orders/*/items, without `?` (a query has its own key, `query`), `;`, `//` or `%2F`, and without a dot or space at the end of a segment.',
  },
  {
    key: 'path',
    accepts: ({ path }) => path === undefined || !otherPlaceholder.test(path),
    message: '`path` contains a placeholder other than `*`. It would be compared as it is written.',
    suggestion: 'Write `*` for one segment, such as `/orders/*` for `/orders/{id}` or `/orders/:id`.',
  },
  {
    key: 'path',
    accepts: ({ path }) => path === undefined || !inSegment.test(path),
    message: '`path` has a `*` that is not a whole segment, or a `**` that is not the last one.',
    suggestion:
      'Write `*` for one whole segment (`/orders/*/items`), and `**` at the end for one or more (`/orders/**`). A `*` that is part of the path is written `%2A`.',
  },
  {
    key: 'method',
    accepts: ({ method }) => method?.includes('*') !== true,
    message: '`method` has no wildcards, and no request has the method `*`.',
    suggestion: 'Remove `method`: a route without it matches every method.',
  },
  {
    key: 'method',
    accepts: ({ method }) => method === undefined || method.every((name) => methodName.test(name)),
    message: '`method` contains something that is not a method in upper case.',
    suggestion: 'Methods are case-sensitive. Write them in upper case, such as [GET] or [GET, POST].',
  },
];

/**
 * A wildcard or an expression as other gateways write it: `*`, `acme-*`, `*.acme`, `acme.*`, `^acme$`. Types of media
 * (`text/*`) are values.
 */
const wildcard = /^\*$|[^/]\*$|^\*[^/]|\.\*|^\^.*\$$/;

/** Headers whose values may be `*`, with or without more (RFC 9110). */
const starHeaders = /^(?:accept|if-)/i;

export function checkMatch({ match }: RouteEntry, report: Report): void {
  const { headers = {}, query = {}, routeName = '' } = match;
  if (wildcard.test(routeName) || routeName.slice(0, -1).includes('*'))
    report(['match', 'routeName'], 'config.literal-wildcard', literalName);
  const failed = new Set<keyof RouteMatch>();
  for (const { key, accepts, message, suggestion } of matchChecks) {
    if (failed.has(key) || accepts(match)) continue;
    failed.add(key);
    report(['match', key], 'config.invalid-value', { message, suggestion });
  }
  checkHeaders(headers, ['match', 'headers'], report);
  checkQuery(query, ['match', 'query'], report);
}

function checkHeaders(headers: Readonly<Record<string, ValueForm>>, path: YamlPath, report: Report): void {
  const seen = new Set<string>();
  for (const [name, form] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    if (!isHeaderName(lower)) report([...path, name], 'config.invalid-value', notHeader);
    // Letter case and the kind of separator do not distinguish headers for every server.
    const plain = lower.replace(/[^a-z0-9]/g, '-');
    if (seen.has(plain)) report([...path, name], 'config.invalid-value', sameHeader);
    seen.add(plain);
    if (valuesOf(form).some((value) => !isHeaderValue(value))) {
      report([...path, name], 'config.invalid-value', notHeaderValue);
    } else if (!starHeaders.test(name)) checkWildcards(form, [...path, name], report);
  }
}

/** An escape of RFC 3986 section 2.1. */
const escaped = /%[0-9A-Fa-f]{2}/;

function checkQuery(query: Readonly<Record<string, ValueForm>>, path: YamlPath, report: Report): void {
  const names = Object.keys(query);
  for (const [index, [name, form]] of Object.entries(query).entries()) {
    if (names.slice(0, index).some((earlier) => areLookalikeNames(earlier, name))) {
      report([...path, name], 'config.invalid-value', sameParameter);
    }
    if ([name, ...valuesOf(form)].some((text) => escaped.test(text))) {
      report([...path, name], 'config.encoded-condition', encodedCondition);
    }
    checkWildcards(form, [...path, name], report);
  }
}

function checkWildcards(form: ValueForm, path: YamlPath, report: Report): void {
  if (valuesOf(form).some((value) => wildcard.test(value))) report(path, 'config.literal-wildcard', literalValue);
}

function valuesOf(form: ValueForm): readonly string[] {
  return form === true ? [] : [form].flat();
}

const notHeader: ProblemDetails = {
  message: 'This is not the name of a header that a request can have.',
  suggestion: 'Write a name such as x-tenant. Host, path and method have their own keys in `match`.',
};
const sameHeader: ProblemDetails = {
  message: 'Two of the names mean the same header: letter case and separators do not distinguish headers.',
  suggestion: 'Write one of them, with a list of values.',
};
const sameParameter: ProblemDetails = {
  message: 'Some servers read two of the names as one parameter, so a request with both is refused.',
  suggestion: 'Write one of them.',
};
const notHeaderValue: ProblemDetails = {
  message: 'Servers do not agree on a header value that is empty, has spaces at its edges or is not printable ASCII.',
  suggestion: 'Write another value, or `true` for any value.',
};
const literalValue: ProblemDetails = {
  message: 'This looks like a wildcard or a regular expression, but values are compared exactly as they are written.',
  suggestion: 'Write the values, as a list if there are several, or `true` for any value.',
};
const literalName: ProblemDetails = {
  message:
    '`routeName` looks like a wildcard or a regular expression, but it is compared exactly as it is written: only `/*` at its end stands for any rest.',
  suggestion: 'Write the whole name, or its beginning up to a slash and `*`, such as httproute/default/orders/*.',
};
const encodedCondition: ProblemDetails = {
  message: 'This has a percent-encoded character, but query parameters are decoded before they are compared.',
  suggestion: 'Write the decoded character.',
};

export function checkCoverage({ routes, settings }: Configuration, problems: Problems): void {
  const coverage = new RouteCoverage();
  for (const route of routes) {
    const conditions = compileMatch(route.entry.match);
    const covering = coverage.add(conditions);
    const earlier = covering === undefined ? undefined : routes[covering];
    const details = canMatch(conditions) ? earlier && coveredBy(earlier, route) : withoutPath;
    if (details !== undefined) reportIn(route, problems)(['match'], 'config.unreachable-route', details);
  }
  if (settings?.unmatched === 'pass') checkAvoidable(routes, problems);
}

/** A client chooses its headers and its query, so it must not get past a route's policies with another value. */
function checkAvoidable(routes: readonly Placed<RouteEntry>[], problems: Problems): void {
  const withoutValues = new RouteCoverage();
  const withValues = routes.flatMap((route) => {
    const conditions = compileMatch(route.entry.match);
    if (conditions.values !== undefined) return route.entry.deny === true ? [] : [{ conditions, route }];
    withoutValues.add(conditions);
    return [];
  });
  for (const { conditions, route } of withValues) {
    if (withoutValues.covering({ ...conditions, values: undefined }) !== undefined) continue;
    reportIn(route, problems)(['match'], 'config.avoidable-route', avoidable);
  }
}

const avoidable: ProblemDetails = {
  message:
    'A client that changes a header or query parameter of this route gets no route, so its request continues without a token.',
  suggestion:
    'After it, write a route with the same `match` without `headers` and `query`, and with `policies` or `deny: true`. Or set `unmatched: deny`.',
};

const withoutPath: ProblemDetails = {
  message: 'No request matches this route: a CONNECT request has neither path nor query.',
  suggestion: 'Remove `pathPrefix`, `path` and `query`, or add other methods.',
};

/** @param earlier matches every request of `route` */
function coveredBy(earlier: Placed<RouteEntry>, route: Placed<RouteEntry>): ProblemDetails {
  const { document } = earlier.origin;
  const name =
    earlier.origin === route.origin
      ? `Route ${Number(earlier.path.at(-1)) + 1}`
      : `The route at ${placeText(document.source.placeAt(document.offsetOf(earlier.path)))}`;
  return {
    message: `${name} matches every request that this route matches.`,
    suggestion: 'The first match wins: write the narrower route first.',
  };
}
