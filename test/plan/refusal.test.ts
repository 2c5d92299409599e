import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeRefusal, jsonRefusal } from '../../src/plan/refusal.ts';

test('a refusal without a vendor has only its code', () => {
  assert.deepEqual(codeRefusal(404, 'route.none'), {
    status: 404,
    contentType: 'application/json',
    body: '{"error":{"code":"route.none"}}',
  });
});

test("a refusal has the vendor's body, and the vendor's name of the failure if there is one", () => {
  assert.deepEqual(jsonRefusal(401, { fault: 'x' }, 'FailedToDecode'), {
    fault: 'FailedToDecode',
    status: 401,
    contentType: 'application/json',
    body: '{"fault":"x"}',
  });
  assert.equal('fault' in jsonRefusal(401, {}), false);
});
