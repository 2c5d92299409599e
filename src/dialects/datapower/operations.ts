/**
 * @module
 * The operations of an API, and which one a request matches. The template of its path names the path parameters.
 */

import { isRecord } from '../../diagnostics/json.ts';
import type { ScopeOf } from '../../plan/request-values.ts';

export interface Operation {
  /** As the file writes it, such as `/orders/{id}`. */
  readonly path: string;
  /** The segments of the path, with the API's base path before them; `{name}` is a parameter. */
  readonly segments: readonly string[];
  /** In upper case. */
  readonly methods: readonly string[];
  /** `operationId` by method in upper case. */
  readonly ids: ReadonlyMap<string, string>;
}

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

/** Fixed segments match before parameters, as OpenAPI 3 requires (Paths Object, "Path Templating Matching"). */
export function readOperations(paths: Readonly<Record<string, unknown>>, root: string): readonly Operation[] {
  const operations = Object.entries(paths).flatMap(([path, item]): Operation[] => {
    if (!path.startsWith('/') || !isRecord(item)) return [];
    const ids = methods.flatMap((method): [string, string][] => {
      const operation = item[method];
      const id = isRecord(operation) ? operation['operationId'] : undefined;
      return typeof id === 'string' ? [[method.toUpperCase(), id]] : [];
    });
    const own = methods.filter((method) => Object.hasOwn(item, method)).map((method) => method.toUpperCase());
    return [{ path, segments: `${root.replace(/\/$/, '')}${path}`.split('/'), methods: own, ids: new Map(ids) }];
  });
  return operations.toSorted((a, b) => parametersIn(a) - parametersIn(b));
}

function parametersIn({ segments }: Operation): number {
  return segments.filter(isParameter).length;
}

function isParameter(segment: string): boolean {
  return segment.startsWith('{') && segment.endsWith('}');
}

export function operationOf(operations: readonly Operation[], { attributes }: ScopeOf<'path'>): Operation | undefined {
  const path = attributes.requestPath?.split('/');
  if (path === undefined) return undefined;
  return operations.find(
    ({ segments }) =>
      segments.length === path.length &&
      segments.every((segment, index) => (isParameter(segment) ? path[index] !== '' : segment === path[index])),
  );
}

/** The percent-decoded value of a path parameter; undefined if the path does not have it or it is not UTF-8. */
export function pathParameter(
  operations: readonly Operation[],
  scope: ScopeOf<'path'>,
  name: string,
): string | undefined {
  // No part of the path has the index -1, which is that of a parameter that the operation does not have.
  const at = operationOf(operations, scope)?.segments.indexOf(`{${name}}`) ?? -1;
  const raw = scope.attributes.requestPath?.split('/')[at];
  if (raw === undefined) return undefined;
  try {
    return decodeURIComponent(raw);
  } catch {
    return undefined;
  }
}
