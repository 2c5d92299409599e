/**
 * @module
 * The routes of one API: what overlaps, and how many routes that may take.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExportedPolicy } from '../../src/dialects/exported.ts';
import { maxRoutes, routesOfApi } from '../../src/migration/api-routes.ts';
import { examplePolicy, place } from './example-policy.ts';

const policyFor = (...matches: ExportedPolicy['routes'][number]['match'][]) => ({
  policy: { ...examplePolicy, routes: matches.map((match) => ({ place, match })) },
  name: 'p',
});

const overlaps: readonly [name: string, a: object, b: object, common: object | undefined][] = [
  ['a path below', { pathPrefix: '/a' }, { pathPrefix: '/A/b' }, undefined],
  [
    'a method of a path below',
    { pathPrefix: '/a', method: ['GET'] },
    { pathPrefix: '/a/b' },
    { pathPrefix: '/a/b', method: ['GET'] },
  ],
  ['wildcards', { path: '/*/b' }, { path: '/a/*' }, { path: '/a/b' }],
  ['a beginning and a whole path', { pathPrefix: '/a' }, { path: '/*/b' }, { path: '/a/b' }],
  ['the rest of a path', { path: '/a/**' }, { path: '/*/b/**' }, { path: '/a/b/**' }],
  ['a slash at the end', { path: '/a/' }, { path: '/*' }, { path: '/a' }],
  ['one with a slash, one that goes on', { path: '/a/' }, { path: '/a/**' }, undefined],
  ['hosts', { host: '*.a.test' }, { host: 'x.A.test' }, undefined],
  ['other hosts', { host: '*.a.test' }, { host: 'a.test' }, undefined],
  [
    'headers',
    { headers: { 'x-a': true } },
    { headers: { 'X-B': ['1', '2'] } },
    { headers: { 'x-a': true, 'x-b': ['1', '2'] } },
  ],
  [
    'values of a header',
    { headers: { a: ['1', '2'] }, method: ['GET'] },
    { headers: { A: ['2', '3'] } },
    { method: ['GET'], headers: { a: '2' } },
  ],
  ['other values', { query: { a: '1' } }, { query: { a: '2' } }, undefined],
  ['queries', { query: { a: '1' } }, { query: { b: true } }, { query: { a: '1', b: true } }],
  [
    'names of routes',
    { routeName: 'r', pathPrefix: '/a' },
    { pathPrefix: '/a/b' },
    { pathPrefix: '/a/b', routeName: 'r' },
  ],
  [
    'the beginning of names',
    { routeName: 'a/*', method: ['GET'] },
    { routeName: 'a/b' },
    { method: ['GET'], routeName: 'a/b' },
  ],
  ['other beginnings', { routeName: 'a/b/*' }, { routeName: 'a/c' }, undefined],
];

for (const [name, a, b, common] of overlaps) {
  test(`what two policies have in common: ${name}`, () => {
    const { routes } = routesOfApi([policyFor(a as never), policyFor(b as never)], false);
    const added = routes.slice(2).map(({ match }) => match);
    assert.deepEqual(added, common === undefined ? [] : [common]);
    if (common !== undefined) assert.equal(routes[2]?.policies.length, 2);
  });
}

/** Of two policies, one by paths and one by methods: each pair overlaps. */
function crossing(paths: number): ReturnType<typeof routesOfApi> {
  const methods = Array.from({ length: 20 }, (_, index) => ({ pathPrefix: '/a', method: [`M${index}`] }));
  const below = Array.from({ length: paths }, (_, index) => ({ pathPrefix: `/a/${index}` }));
  return routesOfApi([policyFor(...methods), policyFor(...below)], false);
}

test('overlaps up to the limit have routes, and beyond it the author decides', () => {
  // 20 + 46 of the policies and 920 in common; one path more adds 21.
  const paths = Math.floor((maxRoutes - 20) / 21);
  const within = crossing(paths);
  assert.deepEqual([within.isComplete, within.routes.length], [true, 20 + paths * 21]);
  assert.equal(crossing(paths + 1).isComplete, false);
});
