/**
 * @module
 * Names of key files that say when their key begins to sign.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { datedName, readDatedName } from '../../src/keys/dated-name.ts';

const activeFrom = Date.UTC(2026, 6, 1);

const names: readonly [name: string, read: ReturnType<typeof readDatedName>][] = [
  ['20260701T000000Z--a.pem', { activeFrom, kid: 'a' }],
  ['20260701T000000Z--a', { activeFrom, kid: 'a' }],
  ['20260701T000000Z--a.b-c_d.pem', { activeFrom, kid: 'a.b-c_d' }],
  ['20260701T000000Z--A9--b.p12', { activeFrom, kid: 'A9--b' }],
  ['20260701T235959Z--a.pem', { activeFrom: Date.UTC(2026, 6, 1, 23, 59, 59), kid: 'a' }],
  ['20280229T000000Z--a.pem', { activeFrom: Date.UTC(2028, 1, 29), kid: 'a' }],
  // Days and times that do not exist.
  ['20260631T000000Z--a.pem', 'unclear'],
  ['20260229T000000Z--a.pem', 'unclear'],
  ['20261301T000000Z--a.pem', 'unclear'],
  ['20260701T240000Z--a.pem', 'unclear'],
  ['20260701T006000Z--a.pem', 'unclear'],
  // Other forms.
  ['2026-07-01--a.pem', 'unclear'],
  ['20260701--a', 'unclear'],
  ['20260701T000000--a.pem', 'unclear'],
  ['20260701T000000Z--a b.pem', 'unclear'],
  ['20260701T000000Z--a.pem\n', 'unclear'],
  ['120260701T000000Z--a.pem', 'unclear'],
  ['20260701T000000Z--a.p-m', { activeFrom, kid: 'a.p-m' }],
  // No date is meant.
  ['20260701T000000Z--', undefined],
  ['20260701T000000Z-a.pem', undefined],
  ['x20260701T000000Z--a.pem', undefined],
  ['2026-7-1--a.pem', undefined],
  ['2026-07.pem', undefined],
  ['a--b.pem', undefined],
];

for (const [name, read] of names) {
  test(`the name ${JSON.stringify(name)}`, () => assert.deepEqual(readDatedName(name), read));
}

const kids: readonly [kid: string, extension: string, name: string | undefined][] = [
  ['a', 'pem', '20260701T123456Z--a.pem'],
  ['A.b_c-9', 'jwk', '20260701T123456Z--A.b_c-9.jwk'],
  ['k'.repeat(200), 'pem', `20260701T123456Z--${'k'.repeat(200)}.pem`],
  ['k'.repeat(201), 'pem', undefined],
  ['', 'pem', undefined],
  ['a b', 'pem', undefined],
  ['../a', 'pem', undefined],
  ['a\n', 'pem', undefined],
  ['a', 'p/m', undefined],
  ['a', 'p-m', undefined],
  ['a', '', undefined],
];

for (const [kid, extension, name] of kids) {
  test(`the name of the key ${JSON.stringify(kid)} in a ${extension} file: ${name}`, () => {
    assert.equal(datedName({ activeFrom: Date.UTC(2026, 6, 1, 12, 34, 56, 789), kid }, extension), name);
  });
}
