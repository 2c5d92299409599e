import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashOrder } from '../../../src/dialects/apigee/hash-order.ts';

/**
 * Java's `String.hashCode` is 0 for "", 96944 for "aud", 114240 for "sub", 104585 for "iss" and -1904089585 for
 * "client_id". `HashMap` mixes each with `hash ^ (hash >>> 16)`, and of 16 buckets selects 0, 1, 1, 8 and 14.
 */
test('names are ordered by the buckets of a Java HashMap', () => {
  assert.deepEqual(hashOrder(['client_id', 'iss', 'aud', 'sub', '']), ['', 'aud', 'sub', 'iss', 'client_id']);
});

test('names of one bucket keep their order', () => {
  assert.deepEqual(hashOrder(['jti', 'client_id']), ['jti', 'client_id']);
  assert.deepEqual(hashOrder(['client_id', 'jti']), ['client_id', 'jti']);
});

const letters = 'bcdefghijklm'.split('');

test('12 members have 16 buckets, 13 have 32', () => {
  // Of 16 buckets, "p" (0x70) is in the first; of 32, "a" (0x61) is before it.
  assert.equal(hashOrder(['a', 'p', ...letters.slice(0, 10)])[0], 'p');
  assert.equal(hashOrder(['a', 'p', ...letters.slice(0, 11)])[0], 'a');
});
