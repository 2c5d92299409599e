/**
 * Recorded tokens choose how often a password is hashed: what all of a run may ask for together.
 */
import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { test } from 'node:test';
import { readableToken } from '../../src/trial/readable-token.ts';
import { maxIterationsTogether, PasswordBudget } from '../../src/verification/opened-token.ts';

const secret = {
  ...{ key: createSecretKey(Buffer.alloc(16)), kid: undefined, use: undefined },
  ...{ operations: undefined, algorithms: undefined, from: 'a' },
};

/** A token that no secret opens. */
function tokenOf(p2c: number): string {
  const header = { alg: 'PBES2-HS256+A128KW', enc: 'A128GCM', p2s: 'A'.repeat(16), p2c };
  const first = Buffer.from(JSON.stringify(header)).toString('base64url');
  return [first, 'A'.repeat(32), 'A'.repeat(16), 'AAAA', 'A'.repeat(22)].join('.');
}

const million = 1_000_000;

test('the tokens of a run share the iterations: the last that fits, and one more', async () => {
  const budget = new PasswordBudget();
  const read = (p2c: number) => readableToken(tokenOf(p2c), [secret], undefined, budget);
  for (let used = 0; used < maxIterationsTogether; used += million) assert.equal((await read(million)).ok, true);
  const refused = await read(1);
  assert.ok(!refused.ok);
  assert.match(refused.message, /^It asks for too many iterations .* for all recorded tokens of a run together\.$/);
  // A negative number gives nothing back.
  assert.equal((await read(-million)).ok, true);
  assert.equal((await read(1)).ok, false);
});

test('without a shared budget, each token has its own, and its header is read all the same', async () => {
  const reading = await readableToken(tokenOf(million), [secret], undefined);
  assert.ok(reading.ok);
  assert.equal(reading.token.claims, undefined);
});
