/**
 * @module
 * Random calls of `ExternalProcessor/Process` and `Authorization/Check`, and the expected answers.
 */
import { gzipSync } from 'node:zlib';
import type { Decision } from '../../../../../src/decision/decision.ts';
import { encodeCheck } from '../../../../../src/extproc/authz/encode-check.ts';
import { encodeDecision, encodeResponse } from '../../../../../src/extproc/codec/encode-response.ts';
import type { Encoded } from '../../../../../src/extproc/codec/message-writer.ts';
import type { Dice } from '../../../../search/dice.ts';
import { bodyMessage, checkMessage, grpcMessage, headersMessage } from '../messages.ts';
import { checkPath, processPath } from '../raw-client.ts';

/** How a client ends its side of a stream. */
const ends = ['with its last data', 'with empty data', 'with trailers'] as const;

export interface CallScript {
  /** Of the method. */
  readonly path: string;
  /** All messages of the call, each with its prefix. */
  readonly bytes: Buffer;
  /** Where each message ends in `bytes`. */
  readonly messageEnds: readonly number[];
  /** All answers, each with its prefix, in order. */
  readonly expected: Buffer;
  /** Where the answers to each message end in `expected`. */
  readonly answerEnds: readonly number[];
  readonly decision: Decision;
  /** Whether the decision arrives in a later event-loop turn. */
  readonly later: boolean;
  readonly gzip: boolean;
  readonly ends: (typeof ends)[number];
  /** Maximum bytes of data in one frame. */
  readonly frameBytes: number;
  /** The client resets the call after this number of bytes. */
  readonly resetsAt: number | undefined;
}

/** From empty to larger than a window. */
const sizes = [0, 1, 100, 5_000, 16_384, 32_768, 65_535, 100_000];

export function randomSize(dice: Dice): number {
  const size = dice.pick(sizes);
  return dice.chance(50) ? size : dice.roll(size + 1);
}

/** Bytes without a repeated sequence. */
const noise = Buffer.from(Uint8Array.from({ length: 400_000 }, (_, at) => Math.imul(at + 1, 0x9e3779b1) >>> 24));

function piece(dice: Dice, length: number): Buffer {
  const start = dice.roll(noise.length - length + 1);
  return noise.subarray(start, start + length);
}

/** @param maxBytes approximate size of one message */
export function randomCall(dice: Dice, maxBytes = Number.POSITIVE_INFINITY): CallScript {
  const size = (): number => Math.min(maxBytes, randomSize(dice));
  const decision = randomDecision(dice, size());
  const later = dice.chance(25);
  const gzip = !later && dice.chance(5);
  const duplex = dice.chance(70);
  const isCheck = dice.chance(25);
  const messages = [isCheck ? checkMessage(size(), duplex) : headersMessage(size(), duplex)];
  const answers = [framed(isCheck ? encodeCheck(decision) : encodeDecision(decision))];
  for (let left = isCheck ? 0 : dice.roll(6); left > 0; left--) {
    const body = piece(dice, size());
    messages.push(bodyMessage(body, left === 1));
    answers.push(
      decision.kind === 'refuse' ? Buffer.alloc(0) : framed(encodeResponse(bodyAnswer(body, duplex, left === 1))),
    );
  }
  const written = messages.map((message) =>
    gzip && dice.chance(50) ? grpcMessage(gzipSync(message), 1) : grpcMessage(message),
  );
  const bytes = Buffer.concat(written);
  return {
    path: isCheck ? checkPath : processPath,
    bytes,
    messageEnds: endsOf(written),
    expected: Buffer.concat(answers),
    answerEnds: endsOf(answers),
    decision,
    later,
    gzip,
    ends: dice.pick(ends),
    frameBytes: bytes.length < 60_000 && dice.chance(4) ? 1 + dice.roll(20) : 16_384,
    resetsAt: dice.chance(8) ? dice.roll(bytes.length + 1) : undefined,
  };
}

function randomDecision(dice: Dice, size: number): Decision {
  switch (dice.roll(6)) {
    case 0:
      return { kind: 'untouched', mints: [] };
    case 1:
      return { kind: 'refuse', refusal: { status: 401, contentType: 'text/plain', body: 'x'.repeat(size) }, mints: [] };
    default:
      return { kind: 'forward', set: [['authorization', 'x'.repeat(size)]], remove: [], mints: [] };
  }
}

function bodyAnswer(body: Buffer, duplex: boolean, last: boolean) {
  if (!duplex) return { request_body: {} };
  return { request_body: { response: { body_mutation: { streamed_response: { body, end_of_stream: last } } } } };
}

function framed({ bytes, start, end }: Encoded): Buffer {
  return grpcMessage(bytes.subarray(start, end));
}

function endsOf(parts: readonly Buffer[]): number[] {
  let end = 0;
  return parts.map((part) => {
    end += part.length;
    return end;
  });
}
