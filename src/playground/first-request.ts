/**
 * @module
 * The request that a folder without cases begins with: one that its first route takes, so that the page begins with a
 * token and not with a request that nothing matches.
 */
import type { RouteEntry } from '../configuration/configuration-schema.ts';
import type { JsonObject } from '../diagnostics/json.ts';
import { yamlText } from './written-yaml.ts';

type Match = RouteEntry['match'];
type Conditions = NonNullable<Match['headers']>;

/** What stands for any text. */
const anyText = '1';

/** @returns the text of a case */
export function firstRequest(routes: readonly RouteEntry[]): string {
  const route = routes.find(({ policies }) => policies !== undefined);
  return `request:${yamlText(requestOf(route?.match ?? {}), '  ')}\n`;
}

function requestOf({ method, host, headers, routeName, ...match }: Match): JsonObject {
  return {
    method: method?.[0] ?? 'GET',
    path: `${pathOf(match)}${queryOf(match.query)}`,
    ...(host === undefined ? {} : { host: host.replace(/^\*/, 'www') }),
    ...(headers === undefined ? {} : { headers: Object.fromEntries(valuesOf(headers)) }),
    ...(routeName === undefined ? {} : { routeName: routeName.replace(/\*$/, anyText) }),
  };
}

function pathOf({ path, pathPrefix }: Pick<Match, 'path' | 'pathPrefix'>): string {
  return path?.replace(/(?<=\/)\*{1,2}(?=\/|$)/g, anyText) ?? pathPrefix ?? '/';
}

function queryOf(conditions: Conditions = {}): string {
  const pairs = valuesOf(conditions).map((pair) => pair.map(encodeURIComponent).join('='));
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

function valuesOf(conditions: Conditions): readonly (readonly [name: string, value: string])[] {
  return Object.entries(conditions).map(([name, form]) => [name, form === true ? anyText : ([form].flat()[0] ?? '')]);
}
