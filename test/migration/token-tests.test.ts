/**
 * @module
 * The tests that an import writes: which route each has, and what is left to write.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { type ExportedPolicy, Open } from '../../src/dialects/exported.ts';
import { migrationOf } from '../../src/migration/migration.ts';
import { testFileText } from '../../src/migration/write-test.ts';
import type { RequestInputs } from '../../src/plan/request-inputs.ts';
import { examplePolicy, place } from './example-policy.ts';

type Change = Partial<ExportedPolicy>;

const routes = (...matches: ExportedPolicy['routes'][number]['match'][]) => matches.map((match) => ({ place, match }));

function migrated(...changes: readonly Change[]) {
  const policies = changes.map((change) => ({ ...examplePolicy, ...change }));
  return migrationOf([{ name: 'orders', policies }]);
}

test('of several routes, a test takes the first that is certain, which gets a name', () => {
  const open = new Open('Write it.');
  const { tests, routes: written } = migrated({
    routes: routes({ pathPrefix: '/orders' }, { path: '/orders/*' }, { path: '/orders/x/y', host: open }),
  });
  assert.deepEqual(
    tests.map(({ file, route, request }) => [file, route, request?.path]),
    [['tests/Generate.test.yaml', 'Generate', '/orders/1']],
  );
  assert.deepEqual(
    written.filter(({ name }) => name === 'Generate').map(({ match }) => match),
    [{ path: '/orders/*' }],
  );
});

test('policies that share a route share its name', () => {
  const { tests, routes: written } = migrated({ name: 'a' }, { name: 'b', output: { header: 'x-b', prefix: '' } });
  assert.deepEqual(
    tests.map(({ entry, route }) => [entry, route]),
    [
      ['a', 'a'],
      ['b', 'a'],
    ],
  );
  assert.equal(written.length, 1);
});

test('no route has the name that means no route', () => {
  assert.deepEqual(
    migrated({ name: 'none' }).tests.map(({ route }) => route),
    ['none-2'],
  );
});

test('a policy that cannot run here has no test', () => {
  const problem = { code: 'import.no-request', severity: 'error', message: 'It is not for requests.', place } as const;
  assert.deepEqual(migrated({ reasons: [{ kind: 'cannot', problem }] }).tests, []);
});

const nothing: RequestInputs = { claims: [], needsCaller: false, headers: [] };
const value = "FILL IN: Write the value in the recorded caller's token, or remove the line if it had none.";
const any = "FILL IN: Write the claims of the recorded caller's token, or remove `caller` if there was none.";
const header = 'FILL IN: Write the value in the recorded request, or remove the line if it had no such header.';
const request = { method: 'GET', path: '/orders' };
const unknown = {
  method: 'FILL IN: Write the method of the recorded request, and its path, query and host.',
  path: '/',
};

const written: readonly [name: string, change: Change, inputs: RequestInputs | undefined, expected: object][] = [
  ['nothing is read', {}, nothing, { request }],
  [
    'claims',
    {},
    { ...nothing, needsCaller: true, claims: [['sub'], ['realm', 'a'], ['realm', 'b', 'c']] },
    {
      request,
      caller: { claims: { sub: value, realm: { a: value, b: { c: value } } } },
    },
  ],
  [
    'a claim and a part of it',
    {},
    { ...nothing, needsCaller: true, claims: [['a', 'b'], ['a']] },
    {
      request,
      caller: { claims: { a: value } },
    },
  ],
  [
    'a caller of whom nothing is read',
    {},
    { ...nothing, needsCaller: true },
    {
      request,
      caller: { claims: { sub: any } },
    },
  ],
  ['not known yet', {}, undefined, { request, caller: { claims: { sub: any } } }],
  [
    'headers',
    {},
    { ...nothing, headers: ['x-a', '__proto__'] },
    {
      request: { ...request, headers: { 'x-a': header, ['__proto__']: header } },
    },
  ],
  [
    'a header of the route',
    { routes: routes({ headers: { 'X-A': '7' } }) },
    { ...nothing, headers: ['x-a', 'x-b'] },
    {
      request: { ...request, path: '/', headers: { 'x-a': '7', 'x-b': header } },
    },
  ],
  ['an open route', { routes: routes({ pathPrefix: new Open('Write it.') }) }, nothing, { request: unknown }],
];

for (const [name, change, inputs, expected] of written) {
  test(`what a test leaves to write: ${name}`, () => {
    const [one] = migrated(change).tests;
    assert.ok(one !== undefined);
    const { config, cases } = parse(testFileText(one, inputs));
    assert.deepEqual([config, cases.length], ['../mintproc.yaml', 1]);
    const { name: title, expect, ...sent } = cases[0];
    // As text: an own member `__proto__` counts, too.
    assert.equal(JSON.stringify(sent), JSON.stringify(expected));
    assert.equal(title, 'as the old gateway made it');
    assert.deepEqual(expect, {
      route: 'Generate',
      policy: 'Generate',
      header: { name: 'authorization', prefix: 'Bearer ' },
      sameAs: 'recorded/Generate.jwt',
    });
  });
}

test('a test does not say an open header', () => {
  const [one] = migrated({ output: { header: new Open('Write it.'), prefix: '' } }).tests;
  assert.ok(one !== undefined);
  assert.equal(parse(testFileText(one, nothing)).cases[0].expect.header, undefined);
});
