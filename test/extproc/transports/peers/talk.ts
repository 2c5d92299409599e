/**
 * @module
 * The requests of every client, as bytes that any HTTP/2 client can send, and the check of the answers.
 */
import { randomBytes } from 'node:crypto';
import type { Decide } from '../../../../src/decision/decision.ts';
import type { ProcessingRequest, ProcessingResponse } from '../../../../src/extproc/messages.ts';
import { serviceNames } from '../../../../src/extproc/transports/transport.ts';
import { processMethod } from '../../stream-client.ts';

export interface Talk {
  readonly name: string;
  /** Concurrent streams, all with the same request. */
  readonly streams: number;
  /** Bytes of each piece of the request body, which is returned unchanged. */
  readonly pieces: readonly number[];
}

export const talks = {
  headers: { name: 'one stream without a body', streams: 1, pieces: [] },
  small: { name: 'one stream with a small body', streams: 1, pieces: [100] },
  many: { name: '100 concurrent streams', streams: 100, pieces: [1] },
  large: { name: '24 concurrent streams with large messages', streams: 24, pieces: [20_000, 180_000] },
} as const satisfies Record<string, Talk>;

/** What one stream received. */
export interface Heard {
  /** gRPC messages, each with its prefix. */
  readonly answers: Buffer;
  /** `grpc-status`; undefined if the client does not report it. */
  readonly status: string | undefined;
}

export const processPath = `/${serviceNames.processor}/Process`;

/** The fields that a gRPC client sends in addition to the pseudo-header fields. */
export const callFields = { te: 'trailers', 'content-type': 'application/grpc' } as const;

const token = 'header.payload.signature'.padEnd(700, '-');
export const decide: Decide = () => ({ kind: 'forward', set: [['x-token', token]], remove: ['x-token'], mints: [] });

/** Created once from the definitions in `proto/`. */
const codec = processMethod();
const contents = randomBytes(1_000_000);

/** The messages that one stream sends. */
export function messagesOf({ pieces }: Talk): Buffer[] {
  const last = pieces.length - 1;
  const parts: ProcessingRequest[] = [
    {
      request_headers: { headers: { headers: [{ key: 'x-number', raw_value: Buffer.from('1') }] } },
      protocol_config: { request_body_mode: 'FULL_DUPLEX_STREAMED' },
    },
    ...pieces.map((bytes, at) => ({
      request_body: { body: contents.subarray(0, bytes), end_of_stream: at === last },
    })),
  ];
  return parts.map((part) => codec.requestSerialize(part));
}

/** The same messages, each with its prefix. */
export function bytesOf(talk: Talk): Buffer {
  return framed(messagesOf(talk));
}

/** Length-Prefixed-Message of gRPC over HTTP/2; not compressed. */
export function framed(messages: readonly Buffer[]): Buffer {
  return Buffer.concat(messages.flatMap((message) => [prefixOf(message.length), message]));
}

function prefixOf(length: number): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(length, 1);
  return prefix;
}

/** The errors in what a client received: the number of streams, and what is missing in each. */
export function faultsOf(talk: Talk, heard: readonly Heard[]): string[] {
  const faults = heard.flatMap((stream) => faultOf(talk, stream) ?? []);
  if (heard.length !== talk.streams) faults.push(`${heard.length} streams were answered`);
  return faults;
}

function faultOf({ pieces }: Talk, { answers, status }: Heard): string | undefined {
  if (status !== undefined && status !== '0') return `the status is ${status} after ${answers.length} bytes`;
  const [first, ...bodies] = responsesIn(answers);
  const [set] = first?.request_headers?.response?.header_mutation?.set_headers ?? [];
  if (set === undefined || String(set.header.raw_value) !== token) return 'the first answer has no token';
  const bodiesSeen = bodies.map((body) => body.request_body?.response?.body_mutation?.streamed_response.body);
  const whole = Buffer.concat(bodiesSeen.map((body) => body ?? Buffer.alloc(0)));
  const expected = Buffer.concat(pieces.map((bytes) => contents.subarray(0, bytes)));
  return whole.equals(expected)
    ? undefined
    : `${whole.length} bytes of body are not the ${expected.length} that were sent`;
}

function responsesIn(answers: Buffer): ProcessingResponse[] {
  const responses: ProcessingResponse[] = [];
  for (let at = 0; at + 5 <= answers.length; ) {
    const end = at + 5 + answers.readUInt32BE(at + 1);
    responses.push(codec.responseDeserialize(answers.subarray(at + 5, end)));
    at = end;
  }
  return responses;
}
