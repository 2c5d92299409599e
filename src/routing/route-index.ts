/**
 * @module
 * Finds the first route that matches without trying all of them: a thousand routes for a thousand services cost a
 * request about what one does.
 *
 * Routes are filed under what they ask for exactly: the host, the first segment of the path, the name of Envoy's route.
 * A request looks under its own and under "any" of each of the three, and tries what it finds in the routes' order.
 */
import { type HostPattern, hostMatches } from './request-host.ts';
import { isBelow } from './request-path.ts';

/** A route's conditions; what is undefined matches everything. */
export interface Conditions {
  readonly host: HostPattern | undefined;
  /** As `readPathPrefix` makes it. */
  readonly pathPrefix: string | undefined;
  readonly method: ReadonlySet<string> | undefined;
  readonly routeName: string | undefined;
}

export interface Route<T> {
  readonly conditions: Conditions;
  /** What the route leads to; routes that lead to the same share one reference. */
  readonly destination: T;
}

/** A request, in one reading of its path. */
export interface Question {
  /** As `hostOf` makes it. */
  readonly host: string;
  /** One of `pathReadings`. */
  readonly path: string;
  readonly method: string;
  readonly routeName: string | undefined;
}

interface Filed<T> {
  readonly order: number;
  readonly route: Route<T>;
}

/** The key under which everything is filed that does not ask for this. */
const any = undefined;

type Drawer<T> = Map<string | typeof any, T>;
type ByName<T> = Drawer<Filed<T>[]>;
type BySegment<T> = Drawer<ByName<T>>;

export class RouteIndex<T> {
  readonly #byHost: Drawer<BySegment<T>> = new Map();

  constructor(routes: readonly Route<T>[]) {
    for (const [order, route] of routes.entries()) {
      const { host, pathPrefix, routeName } = route.conditions;
      const bySegment = inDrawer(this.#byHost, host?.kind === 'exact' ? host.text : any, (): BySegment<T> => new Map());
      const byName = inDrawer(bySegment, pathPrefix ? firstSegment(pathPrefix) : any, (): ByName<T> => new Map());
      inDrawer(byName, routeName, (): Filed<T>[] => []).push({ order, route });
    }
  }

  /** The destination of the first route that matches. */
  find(question: Question): T | undefined {
    let best: Filed<T> | undefined;
    const segment = firstSegment(question.path);
    for (const host of [question.host, any]) {
      const bySegment = this.#byHost.get(host);
      if (bySegment === undefined) continue;
      for (const part of [segment, any]) {
        const byName = bySegment.get(part);
        if (byName === undefined) continue;
        best = earlier(byName.get(any), question, best);
        if (question.routeName !== undefined) best = earlier(byName.get(question.routeName), question, best);
      }
    }
    return best?.route.destination;
  }
}

function inDrawer<T>(drawer: Drawer<T>, key: string | typeof any, make: () => T): T {
  const found = drawer.get(key);
  if (found !== undefined) return found;
  const made = make();
  drawer.set(key, made);
  return made;
}

function firstSegment(path: string): string {
  const end = path.indexOf('/', 1);
  return end === -1 ? path.slice(1) : path.slice(1, end);
}

function earlier<T>(
  filed: readonly Filed<T>[] | undefined,
  question: Question,
  best: Filed<T> | undefined,
): Filed<T> | undefined {
  for (const candidate of filed ?? []) {
    if (best !== undefined && candidate.order > best.order) break;
    if (matches(candidate.route.conditions, question)) return candidate;
  }
  return best;
}

export function matches(conditions: Conditions, { host, path, method, routeName }: Question): boolean {
  return (
    (conditions.routeName === undefined || conditions.routeName === routeName) &&
    (conditions.host === undefined || hostMatches(conditions.host, host)) &&
    (conditions.pathPrefix === undefined || isBelow(path, conditions.pathPrefix)) &&
    (conditions.method === undefined || conditions.method.has(method))
  );
}
