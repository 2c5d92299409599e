/**
 * @module
 * Compares both codecs for one check.
 */
import assert from 'node:assert/strict';
import type { Decision } from '../../../src/decision/decision.ts';
import { CheckHeaders } from '../../../src/extproc/authz/check-headers.ts';
import type { CheckRequest } from '../../../src/extproc/authz/check-messages.ts';
import { encodeCheck } from '../../../src/extproc/authz/encode-check.ts';
import { checkMessage } from '../../../src/extproc/authz/read-check.ts';
import { respondToCheck } from '../../../src/extproc/authz/respond-check.ts';
import { decodeCheck } from '../../../src/extproc/authz/wire-check.ts';
import { readRequest } from '../../../src/extproc/wire.ts';
import type { WireLimits } from '../../../src/extproc/wire-limits.ts';
import type { IncomingRequest } from '../../../src/request/incoming-request.ts';
import { described, withoutDefaults } from '../codec/described.ts';
import { defaultLimits } from '../default-limits.ts';
import { checkMethod } from '../stream-client.ts';

const { requestSerialize, requestDeserialize, responseSerialize, responseDeserialize } = checkMethod();

/** The message between other bytes, as in a socket's buffer. */
export function decodeAmid(bytes: Buffer, metadata?: string, limits: WireLimits = defaultLimits): IncomingRequest {
  const amid = Buffer.concat([Buffer.from([0xff, 0xff]), bytes, Buffer.from([0x0a])]);
  return readRequest(decodeCheck(amid, 2, 2 + bytes.length), metadata, limits);
}

export const attributeNames = [
  ...['source.address', 'destination.address', 'request.protocol', 'request.scheme', 'source.principal'],
  ...['connection.requested_server_name', 'request.id', 'xds.route_name', 'connection.mtls'],
];

/** Asserts that the check is decoded like by the generic codec. */
export function assertCheckAlike(check: CheckRequest, metadata?: string): void {
  assertBytesAlike(requestSerialize(check), metadata);
}

export function assertBytesAlike(bytes: Buffer, metadata?: string): void {
  const read = decodeAmid(bytes, metadata);
  const generic = readRequest(checkMessage(requestDeserialize(bytes)), metadata, defaultLimits);
  assert.deepEqual(described(read, attributeNames), described(generic, attributeNames));
  assert.equal(isDoubtful(read), isDoubtful(generic));
}

/** Asserts that the decision is encoded like its answer by the generic codec. */
export function assertAnswerAlike(decided: Decision): void {
  const { bytes, start, end } = encodeCheck(decided);
  const written = responseDeserialize(Buffer.from(bytes.subarray(start, end)));
  const expected = responseDeserialize(responseSerialize(respondToCheck(decided)));
  assert.deepEqual(withoutDefaults(written), withoutDefaults(expected));
}

export function isDoubtful({ headers }: IncomingRequest): boolean {
  return headers instanceof CheckHeaders && headers.isDoubtful;
}

export function fate(bytes: Buffer, limits?: WireLimits): string {
  try {
    described(decodeAmid(bytes, undefined, limits), attributeNames);
    return 'read';
  } catch (error) {
    if (!(error instanceof Error)) return 'thrown';
    return 'code' in error ? String(error.code) : error.name;
  }
}
