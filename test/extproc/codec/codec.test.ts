/**
 * Messages of every shape, compared with the generic codec.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeRequest } from '../../../src/extproc/codec/decode-request.ts';
import { readRequest } from '../../../src/extproc/wire.ts';
import { defaultLimits } from '../default-limits.ts';
import { processMethod } from '../stream-client.ts';
import { assertAnswerAlike, assertDecisionAlike, assertDecodedAlike, decodeAmid } from './alike.ts';
import { described } from './described.ts';
import { decision, processingRequest, processingResponse } from './messages.ts';

const { requestSerialize } = processMethod();

test('a message is decoded like by the generic codec', () => {
  fc.assert(fc.property(processingRequest, assertDecodedAlike), { numRuns: 1000 });
});

test('the generic codec decodes an encoded answer', () => {
  fc.assert(fc.property(processingResponse, assertAnswerAlike), { numRuns: 1000 });
});

test('a decision is encoded like its response message', () => {
  fc.assert(fc.property(decision, assertDecisionAlike), { numRuns: 1000 });
});

test('a message is kept for later', () => {
  fc.assert(
    fc.property(processingRequest, (message) => {
      const bytes = requestSerialize({ request_headers: {}, ...message });
      const request = readRequest(decodeAmid(bytes), undefined, defaultLimits);
      const own = Buffer.concat([Buffer.from([0xff]), bytes]);
      const kept = readRequest(decodeRequest(own, 1, own.length), undefined, defaultLimits);
      kept.keep?.();
      own.fill(0xff);
      assert.deepEqual(described(kept), described(request));
    }),
  );
});

test('a message that is truncated or changed anywhere is either refused or decoded', () => {
  const change = fc.record({ at: fc.nat(), to: fc.nat({ max: 255 }), cut: fc.boolean() });
  fc.assert(
    fc.property(processingRequest, change, (message, { at, to, cut }) => {
      const whole = requestSerialize(message);
      if (whole.length === 0) return;
      const place = at % whole.length;
      const bytes = Buffer.from(cut ? whole.subarray(0, place) : whole);
      if (!cut) bytes[place] = to;
      assert.match(fate(bytes), /^(?:read|WireFormatError|extproc\.[a-z-]+)$/);
    }),
    { numRuns: 3000 },
  );
});

function fate(bytes: Buffer): string {
  try {
    readRequest(decodeAmid(bytes), undefined, defaultLimits);
    return 'read';
  } catch (error) {
    if (!(error instanceof Error)) return 'thrown';
    return 'code' in error ? String(error.code) : error.name;
  }
}
