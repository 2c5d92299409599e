/**
 * @module
 * Examples of the requests that take a route.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileTextPattern, type TextPattern } from '../../src/expressions/text-pattern.ts';
import { exampleOf, requestOf } from '../../src/migration/example-request.ts';
import { requestsOf } from '../../src/migration/requests.ts';
import type { RequestRule } from '../../src/plan/request-rules.ts';

type Match = Parameters<typeof requestsOf>[0];

const examples: readonly [name: string, match: Match, earlier: readonly Match[], request: object | undefined][] = [
  ['every request', {}, [], { method: 'GET', path: '/' }],
  ['a wildcard', { path: '/a/*/b' }, [], { method: 'GET', path: '/a/1/b' }],
  ['the rest of a path', { path: '/a/**' }, [], { method: 'GET', path: '/a/1' }],
  ['a slash at the end', { path: '/a/' }, [], { method: 'GET', path: '/a/' }],
  ['a beginning', { pathPrefix: '/a' }, [], { method: 'GET', path: '/a' }],
  ['a beginning that is taken', { pathPrefix: '/a' }, [{ path: '/a' }], { method: 'GET', path: '/a/1' }],
  ['a wildcard that is taken', { path: '/a/*' }, [{ path: '/A/1' }], { method: 'GET', path: '/a/example' }],
  ['a method that is taken', { path: '/a' }, [{ method: ['GET'] }], { method: 'POST', path: '/a' }],
  ['its own methods', { path: '/a', method: ['PUT', 'PATCH'] }, [{ method: ['PATCH'] }], { method: 'PUT', path: '/a' }],
  ['all of it taken', { path: '/a' }, [{ pathPrefix: '/' }], undefined],
  ['taken if there is a header', { path: '/a' }, [{ headers: { 'x-a': true } }], { method: 'GET', path: '/a' }],
  ['a host', { host: 'a.test' }, [], { method: 'GET', path: '/', host: 'a.test' }],
  ['hosts', { host: '*.a.test' }, [{ host: 'api.a.test' }], { method: 'GET', path: '/', host: 'example.a.test' }],
  ["a name of Envoy's route", { routeName: 'r' }, [], { method: 'GET', path: '/', routeName: 'r' }],
  [
    'headers',
    { headers: { 'X-A': ['2', '3'], 'x-b': true } },
    [],
    { method: 'GET', path: '/', headers: { 'x-a': '2', 'x-b': '1' } },
  ],
  ['a query', { path: '/a', query: { q: 'a b', r: true } }, [], { method: 'GET', path: '/a?q=a+b&r=1' }],
];

for (const [name, match, earlier, request] of examples) {
  test(`an example request: ${name}`, () => {
    const [requests, ...before] = [match, ...earlier].flatMap((one) => requestsOf(one) ?? []);
    assert.ok(requests !== undefined);
    const example = exampleOf(requests, before, undefined);
    assert.deepEqual(example && requestOf(example), request);
  });
}

function pattern(source: string): TextPattern {
  const compiled = compileTextPattern(source);
  if ('problem' in compiled) throw new Error(compiled.problem);
  return compiled;
}

const everything = pattern('.*');

const rules: readonly [name: string, rule: RequestRule, basePaths: readonly string[], path: string | undefined][] = [
  ['a path', { path: pattern('/a/[a-z]+'), headers: [] }, [], '/a/example'],
  ['a path below the base path', { path: pattern('/1'), headers: [] }, ['/a'], '/a/1'],
  ['what a path begins with', { path: pattern('/b/c/.*'), headers: [] }, ['/a'], '/a/b/c/1'],
  ['a beginning outside of the route', { path: pattern('/b/.*'), headers: [] }, [], undefined],
  ['another base path', { path: everything, headers: [] }, ['/b'], undefined],
  ['another host', { host: pattern('a[.]test'), headers: [] }, [], undefined],
  ['a header', { headers: [{ name: 'x-a', value: everything }] }, [], undefined],
];

for (const [name, rule, basePaths, path] of rules) {
  test(`an example request that the policy is for: ${name}`, () => {
    const requests = requestsOf({ pathPrefix: '/a' });
    assert.ok(requests !== undefined);
    assert.equal(exampleOf(requests, [], { rules: [rule], basePaths })?.path, path);
  });
}

test('an example request that the policy is for: a method', () => {
  const requests = requestsOf({ path: '/a' });
  assert.ok(requests !== undefined);
  const rule = { method: pattern('PUT|POST'), headers: [] };
  assert.equal(exampleOf(requests, [], { rules: [rule], basePaths: [] })?.method, 'POST');
});
