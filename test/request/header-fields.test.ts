import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeaderList, noHeaders } from '../../src/request/header-fields.ts';

const fields = new HeaderList([
  [':path', '/'],
  ['x-a', '1'],
  ['x-b', '2'],
  ['x-a', '3'],
  ['x-é', '4'],
]);

const asked: [name: string, actual: unknown, expected: unknown][] = [
  ['the first of several', fields.first('x-a'), '1'],
  ['the last of several', fields.last('x-a'), '3'],
  ['all values of a name', fields.values('x-a'), ['1', '3']],
  ['a name in another case', fields.first('X-A'), undefined],
  ['the last of an unknown name', fields.last('x-c'), undefined],
  ['the values of an unknown name', fields.values('x-c'), []],
  ['names by their length in bytes', fields.namesOfLength(new Set([3, 4])), ['x-a', 'x-b', 'x-a', 'x-é']],
  ['all, without headers', noHeaders.all, []],
  ['all, in wire order', fields.all.length, 5],
];

for (const [name, actual, expected] of asked) test(`header fields: ${name}`, () => assert.deepEqual(actual, expected));
