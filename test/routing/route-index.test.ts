import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { matches, type Question, RouteIndex } from '../../src/routing/route-index.ts';
import type { RouteMatch } from '../../src/routing/router.ts';
import { compileMatch } from '../../src/routing/router.ts';

const hosts = ['a.com', 'x.a.com', 'b.com', ''];
const paths = ['/', '/x', '/x/y', '/x/y/z', '/y', '/xy', '', '*'];
const names = ['one', 'two'];

const match: fc.Arbitrary<RouteMatch> = fc
  .record({
    host: fc.constantFrom(undefined, 'a.com', '*.a.com', 'x.a.com'),
    pathPrefix: fc.constantFrom(undefined, '/', '/x', '/x/y', '/y'),
    method: fc.constantFrom(undefined, ['GET'], ['GET', 'PUT']),
    routeName: fc.constantFrom(undefined, ...names),
  })
  .map((given) => given as RouteMatch);

const question: fc.Arbitrary<Question> = fc.record({
  host: fc.constantFrom(...hosts),
  path: fc.constantFrom(...paths),
  method: fc.constantFrom('GET', 'PUT', 'POST'),
  routeName: fc.constantFrom(undefined, ...names),
});

test('the index finds what trying every route in order finds', () => {
  fc.assert(
    fc.property(fc.array(match, { maxLength: 12 }), question, (list, asked) => {
      const routes = list.map((given, destination) => ({ conditions: compileMatch(given), destination }));
      const expected = routes.find(({ conditions }) => matches(conditions, asked))?.destination;
      assert.equal(new RouteIndex(routes).find(asked), expected);
    }),
    { numRuns: 2000 },
  );
});
