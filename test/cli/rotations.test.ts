import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Dice } from '../search/dice.ts';
import { Finding } from '../search/search.ts';
import { history } from './rotations.search.ts';

test('a verifier that caches for longer than the configuration says does refuse tokens', async () => {
  const counts = { tokens: 0, checks: 0, restarts: 0, rotations: 0 };
  await assert.rejects(async () => {
    for (let seed = 1; seed < 10; seed++) await history(new Dice(seed), counts, 1_500_000);
  }, Finding);
});
