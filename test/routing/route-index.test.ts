import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MintError } from '../../src/diagnostics/mint-error.ts';
import { HeaderList } from '../../src/request/header-fields.ts';
import { RequestValues } from '../../src/routing/request-values.ts';
import { type MatchInput, matches, RouteIndex } from '../../src/routing/route-index.ts';
import type { RouteMatch } from '../../src/routing/router.ts';
import { compileMatch, makeRouter } from '../../src/routing/router.ts';

const hosts = ['a.com', 'x.a.com', 'b.com', ''];
const paths = ['/', '/x', '/x/y', '/x/y/z', '/y', '/xy', '', '*'];
const names = ['one', 'a/b', 'a/b/c', 'a/', 'ab/c'];
const namePatterns = ['one', 'a/b', 'a/b/c', 'a/*', 'a/b/*'];

const tenant = fc.constantFrom(undefined, { x: 'a' }, { X: ['a', 'b'] }, { x: true as const });
const version = fc.constantFrom(undefined, { v: '1' }, { v: ['1', '2'] }, { v: true as const });

const values: fc.Arbitrary<RequestValues> = fc
  .tuple(
    fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 2 }),
    fc.constantFrom('', '?v=1', '?v=2&v=2', '?v', '?w'),
  )
  .map(([found, query]) => new RequestValues(new HeaderList(found.map((value) => ['x', value])), `/${query}`));

const path = fc.oneof(
  fc.constantFrom(undefined, '/', '/x', '/x/y', '/y').map((pathPrefix) => ({ pathPrefix })),
  fc.constantFrom('/', '/x', '/x/y', '/*', '/*/y', '/x/**').map((whole) => ({ path: whole })),
);

/** The paths of `paths` that each matches. */
const below: Readonly<Record<string, readonly string[]>> = {
  'pathPrefix /': ['/', '/x', '/x/y', '/x/y/z', '/y', '/xy'],
  'pathPrefix /x': ['/x', '/x/y', '/x/y/z'],
  'pathPrefix /x/y': ['/x/y', '/x/y/z'],
  'pathPrefix /y': ['/y'],
  'path /': ['/'],
  'path /x': ['/x'],
  'path /x/y': ['/x/y'],
  'path /*': ['/x', '/y', '/xy'],
  'path /*/y': ['/x/y'],
  'path /x/**': ['/x/y', '/x/y/z'],
};

function matchesPath({ path: whole, pathPrefix }: RouteMatch, asked: string): boolean {
  if (whole === undefined && pathPrefix === undefined) return true;
  return below[whole === undefined ? `pathPrefix ${pathPrefix}` : `path ${whole}`]?.includes(asked) ?? false;
}

const rest = fc.record({
  host: fc.constantFrom(undefined, 'a.com', '*.a.com', 'x.a.com'),
  method: fc.constantFrom(undefined, ['GET'], ['GET', 'PUT']),
  routeName: fc.constantFrom(undefined, ...namePatterns),
  headers: tenant,
  query: version,
});

const match: fc.Arbitrary<RouteMatch> = fc.tuple(path, rest).map(([a, b]) => ({ ...a, ...b }) as RouteMatch);

const input: fc.Arbitrary<MatchInput> = fc.record({
  host: fc.constantFrom(...hosts),
  path: fc.constantFrom(...paths),
  method: fc.constantFrom('GET', 'PUT', 'POST'),
  routeName: fc.constantFrom(undefined, ...names),
  values,
});

/** The destination, or the code of the refusal. */
function attempt(find: () => number | undefined): number | string | undefined {
  try {
    return find();
  } catch (error) {
    if (error instanceof MintError) return error.code;
    throw error;
  }
}

test('the index finds what trying every route in order finds', () => {
  fc.assert(
    fc.property(fc.array(match, { maxLength: 12 }), input, (list, asked) => {
      const routes = list.map((given, destination) => ({ conditions: compileMatch(given), destination }));
      const expected = attempt(() => {
        const found = routes.find(
          ({ conditions, destination }) =>
            matchesPath(list[destination] ?? {}, asked.path) && matches(conditions, asked),
        );
        if (found?.conditions.values !== undefined) asked.values?.requireClear(found.conditions.values);
        return found?.destination;
      });
      assert.equal(
        attempt(() => new RouteIndex(routes).find(asked)?.destination),
        expected,
      );
    }),
    { numRuns: 2000 },
  );
});

/** One of each kind: in no beginning, in one, in both, whole. */
const kindsOfNames = ['x', 'one', 'a/x', 'a/b', 'a/b/x', 'a/b/c'];

test('a name that Envoy did not send is refused exactly if it would make a difference', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(undefined, ...namePatterns), { maxLength: 4 }), (list) => {
      const routes = list.map((routeName, destination) => ({ conditions: compileMatch({ routeName }), destination }));
      const router = makeRouter(routes);
      const asked = { authority: 'a.com', target: '/', method: 'GET', headers: new HeaderList([]) };
      const destinations = new Set(kindsOfNames.map((routeName) => router({ ...asked, routeName })));
      const answer = attempt(() => router({ ...asked, routeName: undefined }));
      assert.equal(answer, destinations.size > 1 ? 'route.untold' : [...destinations][0]);
    }),
    { numRuns: 2000 },
  );
});
