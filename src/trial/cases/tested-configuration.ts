/**
 * @module
 * A configuration that is tested: what its cases need of it, made once.
 */
import type { Loaded } from '../../configuration/load.ts';
import type { Snapshot } from '../../configuration/snapshot.ts';
import { compileMatch, makeRouter, type Router } from '../../routing/router.ts';
import type { VerifyingKey } from '../../verification/verifying-key.ts';

export interface TestedConfiguration {
  readonly snapshot: Snapshot;
  readonly routes: Loaded['routes'];
  /** The place in `routes` of the route that a request takes. */
  readonly routeOf: Router<number>;
  /** The keys that may open the configuration's tokens at a time (milliseconds since the epoch). */
  keysAt(at: number): readonly VerifyingKey[];
}

export function testedConfiguration(
  { snapshot, routes }: { readonly snapshot: Snapshot; readonly routes: Loaded['routes'] },
  keysAt: TestedConfiguration['keysAt'],
): TestedConfiguration {
  return { snapshot, routes, routeOf: routeFinder(routes), keysAt };
}

/** Finds the place in `routes` of the route that a request takes. */
export function routeFinder(routes: Loaded['routes']): Router<number> {
  return makeRouter(routes.map(({ entry }, index) => ({ conditions: compileMatch(entry.match), destination: index })));
}
