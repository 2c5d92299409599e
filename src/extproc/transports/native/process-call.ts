/**
 * @module
 * `ExternalProcessor/Process` on the native transport: each stream is one exchange.
 */
import { decodeRequest } from '../../codec/decode-request.ts';
import { encodeDecision, encodeResponse } from '../../codec/encode-response.ts';
import { WireFormatError } from '../../codec/protobuf-reader.ts';
import type { Exchange } from '../../exchange.ts';
import type { ProcessingRequest } from '../../messages.ts';
import type { Service } from '../transport.ts';
import type { Method, Reply } from './calls.ts';
import { GrpcError, grpcStatus } from './grpc-status.ts';
import type { Call } from './stream.ts';

export function processMethod(service: Service): Method {
  return (reply, head) => new ProcessCall(service.open(head.routePolicy), reply);
}

class ProcessCall implements Call {
  readonly #exchange: Exchange;
  readonly #reply: Reply;

  constructor(exchange: Exchange, reply: Reply) {
    this.#exchange = exchange;
    this.#reply = reply;
  }

  message(bytes: Buffer, start: number, end: number): void {
    const answer = this.#exchange.answer(decoded(bytes, start, end));
    if (answer.kind === 'fail') {
      this.#reply.end(grpcStatus.invalidArgument, answer.code);
    } else if (answer.kind === 'respond') {
      const { decision } = answer;
      const encoded = decision === undefined ? encodeResponse(answer.response) : encodeDecision(decision);
      this.#reply.message(encoded.bytes, encoded.start, encoded.end);
    }
  }

  ended(): void {
    this.#exchange.close();
    this.#reply.end(grpcStatus.ok, '');
  }

  closed(): void {
    this.#exchange.close();
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
