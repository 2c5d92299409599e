/**
 * @module
 * Finds tokens that are not the caller's own: the count of wrong tokens is worth no more than this.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type JWTPayload, SignJWT } from 'jose';
import { algorithms } from '../../../bench/algorithms.ts';
import { OpenedTokens } from '../../../bench/whole-cost/opened-tokens.ts';

const [earlier, newest, foreign] = [1, 2, 3].map(() => algorithms.ES256.makeKeys());
assert.ok(earlier && newest && foreign);
const keys = { earlier, newest, foreign };

const claims = { sub: 'caller-1', client_id: 'client-1', request: 'GET /echo' };
const caller = { sub: 'caller-1', clientId: 'client-1' };

async function answerWith(key: keyof typeof keys, payload: JWTPayload, seconds: number): Promise<Buffer> {
  const exp = Math.floor(Date.now() / 1000) + seconds;
  const signing = new SignJWT({ ...payload, exp }).setProtectedHeader({ alg: 'ES256' });
  return Buffer.from(`HTTP/1.1 200 OK\r\nx-echo: Bearer ${await signing.sign(keys[key].own)}\r\ndate: now\r\n\r\n`);
}

const cases: readonly (readonly [
  name: string,
  key: keyof typeof keys,
  payload: JWTPayload,
  seconds: number,
  isOf: boolean,
])[] = [
  ['the caller’s token', 'newest', claims, 60, true],
  ['one by an earlier key', 'earlier', claims, 60, true],
  ['one by a foreign key', 'foreign', claims, 60, false],
  ['one of another caller', 'newest', { ...claims, sub: 'caller-2' }, 60, false],
  ['one of another client', 'newest', { ...claims, client_id: 'client-2' }, 60, false],
  ['one for another request', 'newest', { ...claims, request: 'GET /' }, 60, false],
  ['one that has expired', 'newest', claims, -1, false],
];

for (const [name, key, payload, seconds, isOf] of cases) {
  test(`${name} is ${isOf ? 'right' : 'wrong'}, also when it comes again`, async () => {
    const tokens = new OpenedTokens();
    tokens.trust(earlier.receiver);
    tokens.trust(newest.receiver);
    const answer = await answerWith(key, payload, seconds);
    assert.deepEqual([tokens.isOf(answer, caller), tokens.isOf(answer, caller), tokens.seen], [isOf, isOf, 1]);
  });
}

test('an answer without a token is wrong', () => {
  assert.equal(new OpenedTokens().isOf(Buffer.from('HTTP/1.1 200 OK\r\nx-echo: -\r\n\r\n'), caller), false);
});
