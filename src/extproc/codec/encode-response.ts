/**
 * @module
 * Encodes `ProcessingResponse`.
 */
import type { Decision } from '../../decision/decision.ts';
import type { HeaderMutation, HttpBody, ImmediateResponse, Phase, ProcessingResponse } from '../messages.ts';
import { codeOf, finalStatus, metadataOf, respondTo } from '../respond.ts';
import { structOf } from '../struct.ts';
import { encodeStruct } from './encode-struct.ts';
import { cleared, type Encoded, encodedBy, headerName, newWriter, overwrite } from './message-writer.ts';

/** The field numbers of the oneof's members. As a record, so that a new member does not compile without its number. */
const fieldOf: Readonly<Record<Exclude<keyof ProcessingResponse, 'immediate_response' | 'dynamic_metadata'>, number>> =
  {
    request_headers: 1,
    response_headers: 2,
    request_body: 3,
    response_body: 4,
    request_trailers: 5,
    response_trailers: 6,
  };
const parts = Object.entries(fieldOf) as [Phase, number][];
const dynamicMetadata = 8;
const immediateResponse = 7;

/** Shared by all messages: each message is sent or copied before the next. */
let writer = newWriter();

/** Encodes a decision. The bytes equal `encodeResponse(respondTo(decision))`, without the steps in between. */
export function encodeDecision(decision: Decision): Encoded {
  if (decision.kind === 'untouched') return encodeResponse(respondTo(decision));
  begin();
  if (decision.kind === 'refuse') encodeRefusal(decision);
  else encodeForward(decision);
  return encodedBy(writer);
}

function encodeForward(decision: Extract<Decision, { kind: 'forward' }>): void {
  const { set, remove } = decision;
  const metadata = metadataOf(decision);
  if (metadata !== undefined) {
    encodeStruct(writer, structOf(metadata));
    writer.message(dynamicMetadata, 0);
  }
  const before = writer.length;
  for (let at = remove.length - 1; at >= 0; at--) writer.string(2, remove[at] ?? '');
  for (let at = set.length - 1; at >= 0; at--) {
    const [name, value] = set[at] ?? ['', ''];
    encodeHeader(name, value);
  }
  // HeadersResponse.response, CommonResponse.header_mutation
  writer.message(2, before);
  writer.message(1, before);
  writer.message(fieldOf.request_headers, before);
}

function encodeRefusal(decision: Extract<Decision, { kind: 'refuse' }>): void {
  const { status, contentType, headers = [], body } = decision.refusal;
  writer.string(5, codeOf(decision));
  writer.string(3, body);
  const before = writer.length;
  for (const [name, value] of headers.toReversed()) encodeHeader(name, value);
  encodeHeader('content-type', contentType);
  writer.message(2, before);
  endImmediate(finalStatus(status), 0);
}

/** `HeaderMutation.set_headers` */
function encodeHeader(name: string, value: string | Uint8Array): void {
  const beforeOption = writer.length;
  writer.encoded(overwrite);
  const beforeHeader = writer.length;
  if (typeof value === 'string') writer.string(3, value);
  else writer.blob(3, value);
  writer.encoded(headerName(name));
  writer.message(1, beforeHeader);
  writer.message(1, beforeOption);
}

function begin(): void {
  writer = cleared(writer);
}

export function encodeResponse(response: ProcessingResponse): Encoded {
  begin();
  if (response.dynamic_metadata !== undefined) {
    encodeStruct(writer, response.dynamic_metadata);
    writer.message(dynamicMetadata, 0);
  }
  if (response.immediate_response !== undefined) encodeImmediate(response.immediate_response);
  for (const [phase, field] of parts) {
    const part = response[phase];
    if (part === undefined) continue;
    const before = writer.length;
    if ('response' in part) encodeCommon(part.response ?? {}, before);
    else if ('header_mutation' in part) encodeMutation(1, part.header_mutation ?? {});
    writer.message(field, before);
    break;
  }
  return encodedBy(writer);
}

type Common = NonNullable<NonNullable<ProcessingResponse['request_headers']>['response']>;

/** `HeadersResponse.response` and `BodyResponse.response`. */
function encodeCommon({ header_mutation, body_mutation }: Common, before: number): void {
  if (body_mutation !== undefined) {
    encodeBody(body_mutation.streamed_response);
    // BodyMutation.streamed_response, then CommonResponse.body_mutation
    writer.message(3, before);
    writer.message(3, before);
  }
  if (header_mutation !== undefined) encodeMutation(2, header_mutation);
  writer.message(1, before);
}

function encodeBody(piece: HttpBody): void {
  if (piece.grpc_message_compressed === true) writer.varint(4, 1);
  if (piece.end_of_stream_without_message === true) writer.varint(3, 1);
  if (piece.end_of_stream === true) writer.varint(2, 1);
  if (piece.body !== undefined) writer.blob(1, piece.body);
}

/** Writes a HeaderMutation as field `field`. */
function encodeMutation(field: number, { set_headers = [], remove_headers = [] }: HeaderMutation): void {
  const before = writer.length;
  for (const name of remove_headers.toReversed()) writer.string(2, name);
  for (let at = set_headers.length - 1; at >= 0; at--) {
    const option = set_headers[at];
    if (option !== undefined) encodeHeader(option.header.key, option.header.raw_value);
  }
  writer.message(field, before);
}

function encodeImmediate({ status, headers, body, details }: ImmediateResponse): void {
  const beforeAll = writer.length;
  writer.string(5, details);
  writer.blob(3, body);
  encodeMutation(2, headers);
  endImmediate(status.code, beforeAll);
}

/** Writes the status, then makes everything written since `beforeAll` the immediate response. */
function endImmediate(status: number, beforeAll: number): void {
  const before = writer.length;
  writer.varint(1, status);
  writer.message(1, before);
  writer.message(immediateResponse, beforeAll);
}
