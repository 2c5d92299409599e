/**
 * @module
 * Compares both codecs for one message.
 */
import assert from 'node:assert/strict';
import type { Decision } from '../../../src/decision/decision.ts';
import { decodeRequest } from '../../../src/extproc/codec/decode-request.ts';
import { encodeDecision, encodeResponse } from '../../../src/extproc/codec/encode-response.ts';
import type { Encoded } from '../../../src/extproc/codec/message-writer.ts';
import { readHeaders } from '../../../src/extproc/headers.ts';
import type { HttpBody, ProcessingRequest, ProcessingResponse } from '../../../src/extproc/messages.ts';
import { respondTo } from '../../../src/extproc/respond.ts';
import { readRequest } from '../../../src/extproc/wire.ts';
import { defaultLimits } from '../default-limits.ts';
import { processMethod } from '../stream-client.ts';
import { described, withoutDefaults } from './described.ts';

const { requestSerialize, requestDeserialize, responseSerialize, responseDeserialize } = processMethod();

/** The message between other bytes, as in a socket's buffer. */
export function decodeAmid(bytes: Buffer): ProcessingRequest {
  return decodeRequest(Buffer.concat([Buffer.from([0xff, 0xff]), bytes, Buffer.from([0x0a])]), 2, 2 + bytes.length);
}

/** Asserts that the message is decoded like by the generic codec. */
export function assertDecodedAlike(message: ProcessingRequest): void {
  assertBytesAlike(requestSerialize(message));
}

export function assertBytesAlike(bytes: Buffer): void {
  const expected = requestDeserialize(bytes);
  const decoded = decodeAmid(bytes);
  assert.equal(decoded.request, expected.request);
  assert.equal(decoded.observability_mode, expected.observability_mode ?? false);
  assert.deepEqual(bodyOf(decoded), bodyOf(expected));
  assert.deepEqual(modesOf(decoded), modesOf(expected));
  if (decoded.request === 'request_trailers') {
    const fields = expected.request_trailers?.trailers?.headers ?? [];
    assert.deepEqual(decoded.trailers?.(defaultLimits).all, readHeaders(fields, defaultLimits));
    return;
  }
  const read = readRequest(decoded, 'partner', defaultLimits);
  const generic = readRequest(expected, 'partner', defaultLimits);
  assert.deepEqual(described(read), described(generic));
}

/** Asserts that the generic codec decodes the encoded answer. */
export function assertAnswerAlike(response: ProcessingResponse): void {
  assert.deepEqual(decoded(encodeResponse(response)), generic(response));
}

/** Asserts that the decision is encoded like its response message. */
export function assertDecisionAlike(decision: Decision): void {
  assert.deepEqual(decoded(encodeDecision(decision)), generic(respondTo(decision)));
}

function decoded({ bytes, start, end }: Encoded): unknown {
  return withoutDefaults(responseDeserialize(Buffer.from(bytes.subarray(start, end))));
}

function generic(response: ProcessingResponse): unknown {
  return withoutDefaults(responseDeserialize(responseSerialize(response)));
}

function bodyOf({ request_body, response_body }: ProcessingRequest): Required<HttpBody>[] {
  return [request_body ?? {}, response_body ?? {}].map((body) => ({
    body: body.body ?? Buffer.alloc(0),
    end_of_stream: body.end_of_stream ?? false,
    end_of_stream_without_message: body.end_of_stream_without_message ?? false,
    grpc_message_compressed: body.grpc_message_compressed ?? false,
  }));
}

function modesOf({ protocol_config: given }: ProcessingRequest): string[] {
  return [given?.request_body_mode ?? 'NONE', given?.response_body_mode ?? 'NONE'];
}
