/**
 * @module
 * Encodes `CheckResponse`. The message equals `respondToCheck(decision)`, without the steps in between.
 */
import type { Decision } from '../../decision/decision.ts';
import { encodeStruct } from '../codec/encode-struct.ts';
import { cleared, type Encoded, encodedBy, headerName, newWriter, overwrite } from '../codec/message-writer.ts';
import { codeOf, finalStatus } from '../respond.ts';
import { structOf } from '../struct.ts';
import { rpcStatusOf } from './respond-check.ts';

/** Shared by all messages: each message is sent or copied before the next. */
let writer = newWriter();

const noHeaders: readonly never[] = [];

export function encodeCheck(decision: Decision): Encoded {
  writer = cleared(writer);
  if (decision.kind === 'refuse') encodeDenied(decision);
  else if (decision.kind === 'untouched') encodeOk(noHeaders, noHeaders);
  else encodeForward(decision);
  return encodedBy(writer);
}

function encodeForward({ set, remove, metadata }: Extract<Decision, { kind: 'forward' }>): void {
  if (metadata !== undefined) {
    encodeStruct(writer, structOf({ mintproc: metadata }));
    writer.message(4, 0);
  }
  encodeOk(set, remove);
}

function encodeOk(set: readonly (readonly [name: string, value: string])[], remove: readonly string[]): void {
  const before = writer.length;
  for (let at = remove.length - 1; at >= 0; at--) writer.string(5, remove[at] ?? '');
  for (let at = set.length - 1; at >= 0; at--) {
    const [name, value] = set[at] ?? ['', ''];
    encodeHeader(name, value);
  }
  writer.message(3, before);
  // Without a code, the status is OK.
  writer.message(1, writer.length);
}

function encodeDenied(decision: Extract<Decision, { kind: 'refuse' }>): void {
  const { status, contentType, headers = [], body } = decision.refusal;
  const code = finalStatus(status);
  writer.string(3, body);
  for (const [name, value] of headers.toReversed()) encodeHeader(name, value);
  encodeHeader('content-type', contentType);
  const before = writer.length;
  writer.varint(1, code);
  writer.message(1, before);
  writer.message(2, 0);
  const beforeStatus = writer.length;
  writer.string(2, codeOf(decision));
  writer.varint(1, rpcStatusOf(code));
  writer.message(1, beforeStatus);
}

/** A `HeaderValueOption` of either answer. */
function encodeHeader(name: string, value: string): void {
  const beforeOption = writer.length;
  writer.encoded(overwrite);
  const beforeHeader = writer.length;
  writer.string(2, value);
  writer.encoded(headerName(name));
  writer.message(1, beforeHeader);
  writer.message(2, beforeOption);
}
