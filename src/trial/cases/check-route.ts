/**
 * @module
 * Whether a request takes the route that is expected.
 */
import { describedRequest } from '../../decision/decide.ts';
import { isPlainName, theyAre } from '../../diagnostics/harmless.ts';
import { MintError } from '../../diagnostics/mint-error.ts';
import { nearest } from '../../diagnostics/suggest.ts';
import type { IncomingRequest } from '../../request/incoming-request.ts';
import type { Failure } from './failure.ts';
import type { TestedConfiguration } from './tested-configuration.ts';

/** @param expected a name, a number from 1, or `none` */
export function checkRoute(
  expected: string | number,
  incoming: IncomingRequest,
  tested: TestedConfiguration,
): readonly Failure[] {
  const failure = { what: 'route', path: ['expect', 'route'], expected };
  const unknown = whyUnknown(expected, tested);
  if (unknown !== undefined) return [{ ...failure, message: unknown }];
  if (incoming.routePolicy !== undefined) {
    const message = "Envoy's route names the policy, so no route is asked.";
    return expected === 'none' ? [] : [{ ...failure, message, actual: 'none' }];
  }
  const taken = routeTaken(incoming, tested);
  if ('unclear' in taken) return [{ ...failure, message: `It is not certain which route matches: ${taken.unclear}` }];
  const { index } = taken;
  const actual = index === undefined ? 'none' : (tested.routes[index]?.entry.name ?? index + 1);
  if (typeof expected === 'number' ? index === expected - 1 : actual === expected) return [];
  return [{ ...failure, message: index === undefined ? 'No route matches.' : 'Another route matches.', actual }];
}

/** The place of the route in the list; undefined if none matches. */
export function routeTaken(
  incoming: IncomingRequest,
  { routeOf }: Pick<TestedConfiguration, 'routeOf'>,
): { readonly index: number | undefined } | { readonly unclear: string } {
  try {
    return { index: routeOf(describedRequest(incoming)) };
  } catch (error) {
    if (error instanceof MintError) return { unclear: `${error.message} [${error.code}]` };
    throw error;
  }
}

/** Why the configuration has no such route. */
function whyUnknown(expected: string | number, { routes }: TestedConfiguration): string | undefined {
  if (expected === 'none') return undefined;
  if (typeof expected === 'number') {
    return expected <= routes.length ? undefined : `The configuration has ${routes.length} routes.`;
  }
  const names = routes.flatMap(({ entry }) => entry.name ?? []);
  if (names.includes(expected)) return undefined;
  const near = nearest(expected, names);
  const known = near === undefined ? theyAre('names', names) : `Did you mean \`${near}\`?`;
  const message = `No route of the configuration has ${isPlainName(expected) ? `the name \`${expected}\`` : 'this name'}.`;
  return [message, known ?? 'None has a name: write its number.'].join(' ');
}
