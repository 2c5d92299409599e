/**
 * @module
 * Decodes `ProcessingRequest`. The kind of the message is read immediately. Headers, attributes and metadata of a
 * request are decoded only when they are read, without the shapes of `messages.ts` in between.
 */
import { MintError } from '../../diagnostics/mint-error.ts';
import type { HeaderFields } from '../../request/header-fields.ts';
import type { IncomingRequest } from '../../request/incoming-request.ts';
import type { BodySendMode, HttpBody, Phase, ProcessingRequest } from '../messages.ts';
import type { WireLimits } from '../wire-limits.ts';
import { bytesTag, enter, ProtobufReader, varintTag, WireFormatError } from './protobuf-reader.ts';
import { readPlaces, WireHeaders } from './wire-headers.ts';
import { WireIncoming } from './wire-incoming.ts';
import { WireText } from './wire-text.ts';

const phaseOf: ReadonlyMap<number, Phase> = new Map([
  [bytesTag(2), 'request_headers'],
  [bytesTag(3), 'response_headers'],
  [bytesTag(4), 'request_body'],
  [bytesTag(5), 'response_body'],
  [bytesTag(6), 'request_trailers'],
  [bytesTag(7), 'response_trailers'],
]);

const field = {
  observability: varintTag(10),
  protocolConfig: bytesTag(11),
} as const;

const body = {
  body: bytesTag(1),
  endOfStream: varintTag(2),
  endOfStreamWithoutMessage: varintTag(3),
  grpcMessageCompressed: varintTag(4),
} as const;

const config = { requestBody: varintTag(1), responseBody: varintTag(2) } as const;

/** By their enum numbers. */
const modes: readonly BodySendMode[] = [
  'NONE',
  'STREAMED',
  'BUFFERED',
  'BUFFERED_PARTIAL',
  'FULL_DUPLEX_STREAMED',
  'GRPC',
];

/** Shared by all messages, because messages are read one at a time. */
const reader = new ProtobufReader();

/**
 * Decodes the message in `bytes` from `start` to `end`. The result is valid only while those bytes do not change, or
 * after `keep` was called on its request.
 *
 * @throws WireFormatError
 */
export function decodeRequest(bytes: Buffer, start: number, end: number): ProcessingRequest {
  const decoded = new WireRequest(bytes, start, end);
  reader.reset(bytes, start, end);
  while (reader.at < end) {
    const tag = reader.tag();
    const phase = phaseOf.get(tag);
    if (phase !== undefined) decodePart(decoded, phase);
    else if (tag === field.observability) decoded.observability_mode = reader.varint() !== 0;
    else if (tag === field.protocolConfig) decoded.protocol_config = decodeModes();
    else reader.skip(tag);
  }
  return decoded;
}

function decodePart(decoded: WireRequest, phase: Phase): void {
  decoded.request = phase;
  if (phase === 'request_body') decoded.request_body = decodeBody();
  else if (phase === 'response_body') decoded.response_body = decodeBody();
  else {
    const stop = reader.length();
    if (phase === 'request_headers' || phase === 'request_trailers') decoded.setFields(reader.at, stop);
    reader.at = stop;
  }
}

/** A decoded message, without the members of a request that `incoming` reads. */
class WireRequest implements ProcessingRequest {
  request: Phase | undefined = undefined;
  request_body: HttpBody | undefined = undefined;
  response_body: HttpBody | undefined = undefined;
  observability_mode = false;
  protocol_config: ProcessingRequest['protocol_config'] = undefined;
  readonly #bytes: Buffer;
  readonly #start: number;
  readonly #end: number;
  /** The offsets of the headers or the trailers: a message has one of them. */
  #fieldsStart = 0;
  #fieldsEnd = 0;

  constructor(bytes: Buffer, start: number, end: number) {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
  }

  setFields(start: number, end: number): void {
    this.#fieldsStart = start;
    this.#fieldsEnd = end;
  }

  incoming(routePolicy: string | undefined, limits: WireLimits): IncomingRequest {
    try {
      return new WireIncoming(this.#text, this.#fieldsStart, this.#fieldsEnd, routePolicy, limits);
    } catch (error) {
      throw orMalformed(error);
    }
  }

  trailers(limits: WireLimits): HeaderFields {
    const text = this.#text;
    const ofTrailers = text.reader(this.#fieldsStart);
    ofTrailers.end = this.#fieldsEnd;
    try {
      return new WireHeaders(text, readPlaces(ofTrailers, limits));
    } catch (error) {
      throw orMalformed(error);
    }
  }

  get #text(): WireText {
    return new WireText(this.#bytes, this.#start, this.#end);
  }
}

/** Converts an error of the wire format. */
export function orMalformed(error: unknown): unknown {
  if (!(error instanceof WireFormatError)) return error;
  return new MintError('extproc.malformed-message', "Envoy's message cannot be decoded.", { cause: error });
}

function decodeBody(): HttpBody {
  const outer = enter(reader);
  const decoded: { -readonly [Key in keyof HttpBody]: HttpBody[Key] } = {};
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === body.body) {
      const stop = reader.length();
      decoded.body = reader.bytes.subarray(reader.at, stop);
      reader.at = stop;
    } else if (tag === body.endOfStream) decoded.end_of_stream = reader.varint() !== 0;
    else if (tag === body.endOfStreamWithoutMessage) decoded.end_of_stream_without_message = reader.varint() !== 0;
    else if (tag === body.grpcMessageCompressed) decoded.grpc_message_compressed = reader.varint() !== 0;
    else reader.skip(tag);
  }
  reader.end = outer;
  return decoded;
}

function decodeModes(): NonNullable<ProcessingRequest['protocol_config']> {
  const outer = enter(reader);
  let request: BodySendMode | undefined = 'NONE';
  let response: BodySendMode | undefined = 'NONE';
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === config.requestBody) request = modes[reader.varint()];
    else if (tag === config.responseBody) response = modes[reader.varint()];
    else reader.skip(tag);
  }
  reader.end = outer;
  // An unknown mode is treated like one in which Envoy keeps the body.
  return { request_body_mode: request ?? 'NONE', response_body_mode: response ?? 'NONE' };
}
