/**
 * @module
 * `Authorization/Check` on the native transport: each call is one exchange with one message.
 */
import { decisionOf } from '../../authz/check-exchange.ts';
import { encodeCheck } from '../../authz/encode-check.ts';
import { decodeCheck } from '../../authz/wire-check.ts';
import type { Answer, Exchange } from '../../exchange.ts';
import type { Service } from '../transport.ts';
import type { Method, Reply } from './calls.ts';
import { GrpcError, grpcStatus } from './grpc-status.ts';
import { pieceOverhead } from './memory.ts';
import type { Call } from './stream.ts';

export function authorizationMethod(service: Pick<Service, 'check'>): Method {
  return (reply, head) => new CheckCall(service.check(head), reply);
}

class CheckCall implements Call {
  readonly #exchange: Exchange;
  readonly #reply: Reply;
  #state: 'no message' | 'pending' | 'answered' = 'no message';
  /** The client has ended its side. */
  #isEnded = false;

  constructor(exchange: Exchange, reply: Reply) {
    this.#exchange = exchange;
    this.#reply = reply;
  }

  message(bytes: Buffer, start: number, end: number): void {
    if (this.#state !== 'no message') throw new GrpcError(grpcStatus.invalidArgument, 'The call has two messages.');
    this.#state = 'pending';
    this.#deliver(this.#exchange.answer(decodeCheck(bytes, start, end)), end - start);
  }

  ended(): void {
    if (this.#state === 'no message') throw new GrpcError(grpcStatus.internal, 'The call has no message.');
    this.#isEnded = true;
    this.#endIfDone();
  }

  closed(): void {
    this.#exchange.close();
  }

  /** @param bytes size of the message */
  #deliver(answer: Answer, bytes: number): void {
    const decision = decisionOf(answer);
    if (decision.kind === 'later') {
      this.#reply.hold();
      decision.listen((later) => this.#reply.resume(() => this.#deliver(later, 0)));
      // The exchange keeps a copy of the request meanwhile. Last, because it may end the call.
      this.#reply.keep(bytes + pieceOverhead);
      return;
    }
    const encoded = encodeCheck(decision);
    this.#reply.message(encoded.bytes, encoded.start, encoded.end);
    this.#state = 'answered';
    this.#endIfDone();
  }

  #endIfDone(): void {
    if (!this.#isEnded || this.#state !== 'answered') return;
    this.#exchange.close();
    this.#reply.end(grpcStatus.ok, '');
  }
}
