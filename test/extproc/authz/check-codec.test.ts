/**
 * Checks of every shape, compared with the generic codec.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { checkMessage } from '../../../src/extproc/authz/read-check.ts';
import { decodeCheck } from '../../../src/extproc/authz/wire-check.ts';
import { readRequest } from '../../../src/extproc/wire.ts';
import { described } from '../codec/described.ts';
import { decision } from '../codec/messages.ts';
import { defaultLimits } from '../default-limits.ts';
import { checkMethod } from '../stream-client.ts';
import { assertAnswerAlike, assertCheckAlike, attributeNames, decodeAmid, fate } from './alike.ts';
import { checkRequest } from './checks.ts';

const { requestSerialize } = checkMethod();

test('a check is decoded like by the generic codec', () => {
  fc.assert(fc.property(checkRequest, fc.option(fc.string(), { nil: undefined }), assertCheckAlike), { numRuns: 1000 });
});

test('a decision is encoded like its answer by the generic codec', () => {
  fc.assert(fc.property(decision, assertAnswerAlike), { numRuns: 1000 });
});

test('a check is kept for later', () => {
  fc.assert(
    fc.property(checkRequest, (check) => {
      const bytes = requestSerialize(check);
      const request = readRequest(decodeCheck(bytes, 0, bytes.length), undefined, defaultLimits);
      const before = described(readRequest(checkMessage(check), undefined, defaultLimits), attributeNames);
      request.keep?.();
      bytes.fill(0xff);
      assert.deepEqual(described(request, attributeNames), before);
    }),
  );
});

test('a check is read after others were decoded', () => {
  fc.assert(
    fc.property(checkRequest, checkRequest, (first, second) => {
      const [one, other] = [decodeAmid(requestSerialize(first)), decodeAmid(requestSerialize(second))];
      const generic = readRequest(checkMessage(first), undefined, defaultLimits);
      assert.deepEqual(described(one, attributeNames), described(generic, attributeNames));
      assert.ok(described(other, attributeNames));
    }),
  );
});

test('a check that is truncated or changed anywhere is either refused or decoded', () => {
  const change = fc.record({ at: fc.nat(), to: fc.nat({ max: 255 }), cut: fc.boolean() });
  fc.assert(
    fc.property(checkRequest, change, (message, { at, to, cut }) => {
      const whole = requestSerialize(message);
      if (whole.length === 0) return;
      const place = at % whole.length;
      const bytes = Buffer.from(cut ? whole.subarray(0, place) : whole);
      if (!cut) bytes[place] = to;
      assert.match(fate(bytes), /^(?:read|extproc\.[a-z-]+)$/);
    }),
    { numRuns: 3000 },
  );
});
