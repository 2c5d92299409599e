/**
 * @module
 * A client that behaves like Envoy, over a real connection.
 */
import * as grpc from '@grpc/grpc-js';
import type { CheckRequest, CheckResponse } from '../../src/extproc/authz/check-messages.ts';
import type { ProcessingRequest, ProcessingResponse } from '../../src/extproc/messages.ts';
import { serviceDefinition } from '../../src/extproc/transports/grpc-js.ts';
import { serviceNames } from '../../src/extproc/transports/transport.ts';

type Call = grpc.ClientDuplexStream<ProcessingRequest, ProcessingResponse>;

/** The codec of the one method, as the server uses it. */
export function processMethod(): grpc.MethodDefinition<ProcessingRequest, ProcessingResponse> {
  const method = serviceDefinition('external_processor.proto', serviceNames.processor)['Process'];
  if (method === undefined) throw new Error('The service has no method Process.');
  return method;
}

/** The codec of ext_authz's method. */
export function checkMethod(): grpc.MethodDefinition<CheckRequest, CheckResponse> {
  const method = serviceDefinition('external_auth.proto', serviceNames.authorization)['Check'];
  if (method === undefined) throw new Error('The service has no method Check.');
  return method;
}

export interface Conversation {
  /** What the server sent, in order. */
  readonly answers: readonly ProcessingResponse[];
  readonly status: { readonly code: grpc.status; readonly details: string };
}

export class StreamClient {
  readonly #client: grpc.Client;
  readonly #process = processMethod();

  /** @param address as the server reports it @param credentials default: no TLS */
  constructor(address: string, credentials = grpc.credentials.createInsecure(), options: grpc.ClientOptions = {}) {
    this.#client = new grpc.Client(address, credentials, { 'grpc.ssl_target_name_override': 'localhost', ...options });
  }

  /** @param deadline milliseconds since the epoch */
  open(metadata: readonly (readonly [name: string, value: string])[] = [], deadline = Number.POSITIVE_INFINITY): Call {
    const headers = new grpc.Metadata();
    for (const [name, value] of metadata) headers.add(name, value);
    const method = this.#process;
    if (method === undefined) throw new Error('The service has no method Process.');
    return this.#client.makeBidiStreamRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      headers,
      { deadline },
    );
  }

  /** A stream that sends raw bytes instead of messages. */
  openRaw(): grpc.ClientDuplexStream<Buffer, ProcessingResponse> {
    const { path, responseDeserialize } = this.#process;
    return this.#client.makeBidiStreamRequest(path, (bytes: Buffer) => bytes, responseDeserialize, new grpc.Metadata());
  }

  /** Sends `messages` on one stream, half-closes it and waits for its end. */
  converse(messages: readonly ProcessingRequest[]): Promise<Conversation> {
    const call = this.open();
    for (const message of messages) call.write(message);
    call.end();
    return endOf(call);
  }

  /** A check of ext_authz. */
  check(request: CheckRequest, metadata: readonly (readonly [name: string, value: string])[] = []): Promise<void> {
    const { path, requestSerialize, responseDeserialize } = checkMethod();
    const headers = new grpc.Metadata();
    for (const [name, value] of metadata) headers.add(name, value);
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, headers, (error) =>
        error === null ? resolve() : reject(error),
      );
    });
  }

  close(): void {
    this.#client.close();
  }
}

/** Collects the messages of `call` until it ends. */
export function endOf(call: grpc.ClientReadableStream<ProcessingResponse>): Promise<Conversation> {
  return new Promise((resolve) => {
    const answers: ProcessingResponse[] = [];
    call.on('data', (answer: ProcessingResponse) => answers.push(answer));
    call.on('error', () => undefined);
    call.on('status', ({ code, details }) => resolve({ answers, status: { code, details } }));
  });
}
