/**
 * The types of the library are written by hand. The compiler compares them here with those that they describe.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type * as z from 'zod';
import { inputNames } from '../../src/expressions/bindings.ts';
import type * as library from '../../src/library/interface.ts';
import { trialRequestSchema } from '../../src/trial/request-schema.ts';

type Written = z.input<typeof trialRequestSchema>;
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
type Part<T, Name extends keyof T> = keyof NonNullable<T[Name]>;

/** Each is an error of the compiler if the types have other members. */
const members: readonly [
  Same<keyof library.RequestInput, keyof Written>,
  Same<Part<library.RequestInput, 'request'>, Part<Written, 'request'>>,
  Same<Part<library.RequestInput, 'caller'>, Part<Written, 'caller'>>,
  Same<Part<library.RequestInput, 'certificate'>, Part<Written, 'certificate'>>,
] = [true, true, true, true];

/** What the schema takes is what the types take. */
const taken = (request: Written): library.RequestInput => request;

const requests: [name: string, request: library.RequestInput, isTaken: boolean][] = [
  ['nothing', {}, true],
  [
    'everything',
    {
      request: {
        ...{ method: 'PUT', path: '/a?b', host: 'h', headers: { a: 'b', c: ['d', 'e'] }, scheme: 'http' },
        ...{ protocol: 'HTTP/2', sourceAddress: '1.2.3.4:5', destinationAddress: '1.2.3.4:6' },
        ...{ id: 'i', routeName: 'r', routePolicy: 'p' },
      },
      caller: { claims: { sub: 'a', roles: ['b'] }, from: 'jwt_authn' },
      certificate: { subject: 's', uri: 'u', dns: 'd', hash: 'h' },
      metadata: { n: { a: 1 } },
      attributes: { 'source.address': 'a' },
      variables: { v: null },
    },
    true,
  ],
  ['another scheme', { request: { scheme: 'ws' as 'http' } }, false],
];

for (const [name, request, isTaken] of requests) {
  test(`the type of a request and its schema agree: ${name}`, () => {
    assert.equal(trialRequestSchema.safeParse(request).success, isTaken);
  });
}

test('the compiler has compared the types', () => {
  assert.deepEqual(members, [true, true, true, true]);
  assert.deepEqual(taken({}), {});
  const names: readonly library.InputName[] = inputNames;
  assert.equal(names.length, 4);
});
