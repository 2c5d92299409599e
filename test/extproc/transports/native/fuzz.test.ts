import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fuzzer } from './fuzzer.ts';

test('20,000 inputs that are almost right bring nothing about but answers, resets and ends', async () => {
  const { inputs, ended, defects } = await new Fuzzer(7).run(20_000);
  assert.deepEqual(defects, []);
  assert.equal(inputs, 20_000);
  assert.ok(ended > 1000 && ended < 19_000, `${ended} connections were ended`);
});
