/**
 * @module
 * `ExternalProcessor/Process` on the native transport: each stream is one exchange.
 */
import { decodeRequest } from '../../codec/decode-request.ts';
import { encodeDecision, encodeResponse } from '../../codec/encode-response.ts';
import { WireFormatError } from '../../codec/protobuf-reader.ts';
import type { Answer, Exchange } from '../../exchange.ts';
import type { ProcessingRequest } from '../../messages.ts';
import type { Service } from '../transport.ts';
import type { Method, Reply } from './calls.ts';
import { GrpcError, grpcStatus } from './grpc-status.ts';
import { pieceOverhead } from './memory.ts';
import type { Call } from './stream.ts';

export function processMethod(service: Pick<Service, 'open'>): Method {
  return (reply, head) => new ProcessCall(service.open(head), reply);
}

/**
 * Maximum bytes of messages that wait for a pending answer. A stream's window has at most 65,535 bytes, so this limits
 * only decompressed messages. @internal Exported for the test at the limit.
 */
export const maxHeldBytes = 262_144;

class ProcessCall implements Call {
  readonly #exchange: Exchange;
  readonly #reply: Reply;
  /** Messages behind the one whose answer is pending; undefined if no answer is pending. */
  #held: Buffer[] | undefined;
  #heldBytes = 0;
  #endsAfterHeld = false;

  constructor(exchange: Exchange, reply: Reply) {
    this.#exchange = exchange;
    this.#reply = reply;
  }

  message(bytes: Buffer, start: number, end: number): void {
    if (this.#held !== undefined) this.#hold(this.#held, bytes.subarray(start, end));
    else this.#deliver(this.#exchange.answer(decoded(bytes, start, end)), end - start);
  }

  ended(): void {
    if (this.#held === undefined) this.#end();
    else this.#endsAfterHeld = true;
  }

  closed(): void {
    this.#exchange.close();
    this.#held = undefined;
  }

  /** @param bytes size of the message that it answers */
  #deliver(answer: Answer, bytes: number): void {
    switch (answer.kind) {
      case 'respond': {
        const { decision } = answer;
        const encoded = decision === undefined ? encodeResponse(answer.response) : encodeDecision(decision);
        this.#reply.message(encoded.bytes, encoded.start, encoded.end);
        break;
      }
      case 'fail':
        this.#reply.end(grpcStatus.invalidArgument, answer.code);
        break;
      case 'later':
        this.#held = [];
        this.#reply.hold();
        answer.listen((later) => this.#reply.resume(() => this.#release(later)));
        // The exchange keeps a copy of the request meanwhile. Last, because it may end the call.
        this.#reply.keep(bytes + pieceOverhead);
        break;
      case 'none':
    }
  }

  /** @throws GrpcError */
  #hold(held: Buffer[], message: Buffer): void {
    this.#heldBytes += message.length;
    if (this.#heldBytes > maxHeldBytes)
      throw new GrpcError(grpcStatus.resourceExhausted, 'Too many bytes wait for an answer.');
    this.#reply.keep(message.length + pieceOverhead);
    // Its buffer is reused.
    const copy = Buffer.allocUnsafeSlow(message.length);
    message.copy(copy);
    held.push(copy);
  }

  #release(answer: Answer): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    this.#deliver(answer, 0);
    for (const message of held) this.message(message, 0, message.length);
    if (this.#endsAfterHeld) this.#end();
  }

  #end(): void {
    this.#exchange.close();
    this.#reply.end(grpcStatus.ok, '');
  }
}

/** @throws GrpcError */
function decoded(bytes: Buffer, start: number, end: number): ProcessingRequest {
  try {
    return decodeRequest(bytes, start, end);
  } catch (error) {
    if (!(error instanceof WireFormatError)) throw error;
    throw new GrpcError(grpcStatus.internal, 'extproc.malformed-message');
  }
}
