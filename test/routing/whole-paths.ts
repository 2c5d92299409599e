/**
 * @module
 * Routes for whole paths, for the search `routes`: whatever a server reads in a path, mintproc chose the route that
 * this server's reading would have, or refused the request. Routes are compared here by regular expressions, without a
 * look at `src/routing`.
 */
import { MintError } from '../../src/diagnostics/mint-error.ts';
import { noHeaders } from '../../src/request/header-fields.ts';
import { compileMatch, makeRouter, type RouteMatch } from '../../src/routing/router.ts';
import type { Dice } from '../search/dice.ts';
import { Finding } from '../search/search.ts';
import { disguisedPath, randomServer, readBy } from './path-servers.ts';

const names = ['orders', 'Items', 'x', '7'];

function randomRoutes(dice: Dice): readonly RouteMatch[] {
  return Array.from({ length: 1 + dice.roll(4) }, () => {
    const segments = Array.from({ length: dice.roll(4) }, () => `/${dice.pick([...names, '*', '*'])}`);
    const path = segments.join('') + dice.pick(['', '', '/', '/**']);
    if (dice.chance(25)) return { pathPrefix: path.replace(/\/\*+/g, '') || '/' };
    return { path: path || '/' };
  });
}

/** How a server compares a whole path. */
interface Habit {
  /** Whether `/orders/` is `/orders`. */
  readonly dropsSlash: boolean;
  /** Whether `*` matches a segment without any characters. */
  readonly countsEmpty: boolean;
}

function expressionOf({ path = '', pathPrefix }: RouteMatch, { countsEmpty }: Habit): RegExp {
  if (pathPrefix !== undefined) return new RegExp(`^${pathPrefix.replace(/\/$/, '')}(?:/.*)?$`, 'is');
  const any = countsEmpty ? '[^/]*' : '[^/]+';
  const source = path
    .replace(/\/\*\*$/, countsEmpty ? '/.*' : '/.+')
    .replace(/(?<=\/)\*(?=\/|$)/g, any)
    .replace(/\/$/, '/?');
  return new RegExp(`^${source}$`, 'is');
}

/** The index of the first route that matches, by looking at each. */
function naive(routes: readonly RouteMatch[], read: string, habit: Habit): number | undefined {
  const path = habit.dropsSlash && read.length > 1 ? read.replace(/\/$/, '') : read;
  const at = routes.findIndex((route) => expressionOf(route, habit).test(path));
  return at === -1 ? undefined : at;
}

/** The index of the route, or the code of the refusal. */
function chosen(routes: readonly RouteMatch[], target: string): number | undefined | string {
  const route = makeRouter(routes.map((match, destination) => ({ conditions: compileMatch(match), destination })));
  try {
    return route({ authority: 'a.com', target, method: 'GET', routeName: undefined, headers: noHeaders });
  } catch (error) {
    if (error instanceof MintError) return error.code;
    throw error;
  }
}

type Result = 'routed' | 'refused' | 'past';

/** One that decodes letters, as all do: mintproc has one interpretation of `/%6Frders`. */
function decodingServer(dice: Dice): readonly string[] {
  const server = randomServer(dice);
  if (server.some((name) => name === 'decode' || name === 'decode ASCII')) return server;
  return [dice.pick(['decode', 'decode ASCII']), ...server];
}

/** A random server must not read the request as one for another route. */
export function tryWholePaths(dice: Dice): Result {
  const routes = randomRoutes(dice);
  const segments = Array.from({ length: dice.roll(5) }, () => dice.pick([...names, '..', '']));
  const target = disguisedPath(`/${segments.join('/')}${dice.pick(['', '', '/'])}`, dice);
  const result = chosen(routes, target);
  if (typeof result === 'string') return 'refused';
  const server = decodingServer(dice);
  const habit = { dropsSlash: dice.chance(50), countsEmpty: dice.chance(50) };
  const read = readBy(server, target);
  const found = naive(routes, read, habit);
  if (found === result) return result === undefined ? 'past' : 'routed';
  throw new Finding(
    `${JSON.stringify(routes)} choose ${result} for ${JSON.stringify(target)}; a server (${server.join(', ')}, ${JSON.stringify(habit)}) reads ${JSON.stringify(read)}, which is for ${found}`,
  );
}

/** Paths without anything unusual and without a final slash: each gets its route, and none is refused. */
export function tryOrdinaryWholePaths(dice: Dice): Result {
  const routes = randomRoutes(dice);
  const segments = Array.from({ length: 1 + dice.roll(4) }, () =>
    dice.pick([...names, 'ORDERS', 'caf%C3%A9', '*', 'a.b']),
  );
  const target = `/${segments.join('/')}${dice.pick(['', '?a=/', '?'])}`;
  const result = chosen(routes, target);
  const found = naive(routes, target.split('?')[0] ?? '', { dropsSlash: false, countsEmpty: false });
  if (found === result) return 'routed';
  throw new Finding(`${JSON.stringify(routes)} choose ${result} for the ordinary ${target}, not ${found}`);
}
