/**
 * @module
 * The transport on `@grpc/grpc-js`.
 *
 * The sockets are opened by `net/listen.ts` and passed to the library one by one, so that listening, stopping and
 * counting connections do not depend on it.
 */
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import * as grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { Listener } from '../../net/listen.ts';
import { type CallMetadata, callMetadata } from '../call-metadata.ts';
import type { Answer } from '../exchange.ts';
import type { ProcessingRequest, ProcessingResponse } from '../messages.ts';
import { authorize } from './grpc-js-check.ts';
import { closeWhenCancelled, hasExpired } from './grpc-js-deadlines.ts';
import { checkHealth, watchHealth } from './grpc-js-health.ts';
import { type Service, type StartTransport, serviceNames, type Transport } from './transport.ts';

type Call = grpc.ServerDuplexStream<ProcessingRequest, ProcessingResponse>;

/** Absent members stay absent, enums are names, and `request` names the member of the oneof. */
const loaderOptions = { keepCase: true, enums: String, longs: Number, oneofs: true } as const;

/** A service of `proto/`, in the form that grpc-js expects. */
export function serviceDefinition(file: string, name: string): grpc.ServiceDefinition {
  const path = fileURLToPath(new URL(`../../../proto/${file}`, import.meta.url));
  const definition = loadSync(path, loaderOptions)[name];
  if (definition === undefined || 'format' in definition)
    throw new Error(`proto/${file} does not define the service ${name}.`);
  return definition;
}

export const startGrpcJs: StartTransport = async (options, service) => {
  const server = new grpc.Server({
    'grpc.max_receive_message_length': options.maxMessageBytes,
    'grpc.max_concurrent_streams': options.maxConcurrentStreams,
    'grpc.enable_channelz': 0,
  });
  allowResets(server);
  server.addService(serviceDefinition('external_processor.proto', serviceNames.processor), {
    Process: (call: Call) => serve(call, service),
  });
  server.addService(serviceDefinition('external_auth.proto', serviceNames.authorization), {
    Check: authorize(service, metadataOf),
  });
  server.addService(serviceDefinition('health.proto', serviceNames.health), {
    Check: checkHealth(service.health),
    Watch: watchHealth(service.health),
  });
  const injector = server.createConnectionInjector(grpc.ServerCredentials.createInsecure());
  const sockets = new Set<Socket>();
  try {
    const listeners = await options.accept((socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      injector.injectConnection(socket);
    });
    return runningTransport(listeners, sockets, injector);
  } catch (error) {
    injector.destroy();
    throw error;
  }
};

function runningTransport(
  listeners: readonly Listener[],
  sockets: ReadonlySet<Socket>,
  injector: ReturnType<grpc.Server['createConnectionInjector']>,
): Transport {
  return {
    addresses: listeners.map((listener) => listener.address),
    // Without a shutdown notice (see `stop`), requests would be lost.
    shed: () => undefined,
    async stop(milliseconds) {
      for (const listener of listeners) listener.close();
      const closed = Promise.all([...sockets].map((socket) => new Promise((resolve) => socket.once('close', resolve))));
      // Each connection sends GOAWAY and closes after its last stream. A stream that the client opens before it
      // receives GOAWAY is refused: Node's HTTP/2 has no shutdown notice (RFC 9113, 6.8) and accepts no stream after
      // GOAWAY.
      injector.drain(milliseconds);
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<'late'>((resolve) => {
        timer = setTimeout(resolve, milliseconds, 'late');
      });
      const first = await Promise.race([closed, late]);
      clearTimeout(timer);
      if (first === 'late') for (const socket of sockets) socket.destroy();
      await closed;
      injector.destroy();
      return first === 'late' ? 'cut-off' : 'drained';
    },
  };
}

/** The options of `http2` that this file sets in the library's private object. */
interface PrivateOptions {
  streamResetBurst?: number;
  streamResetRate?: number;
}

/**
 * Envoy resets each stream after its answer, so resets come at the rate of requests. Node defends against
 * CVE-2023-44487 ("rapid reset") by closing a connection after 1,000 resets at more than 33 per second, which would
 * lose requests here. Clients of this port are trusted to be the proxy, and `maxConcurrentStreams` still limits them.
 *
 * grpc-js has no option for it. It passes this private object to `http2.createServer`.
 */
export function allowResets(server: object): void {
  const options: unknown = 'commonServerOptions' in server ? server.commonServerOptions : undefined;
  if (typeof options !== 'object' || options === null) {
    throw new Error(
      'This version of @grpc/grpc-js has no `commonServerOptions`, so the limit on stream resets cannot be lifted.',
    );
  }
  const resets: PrivateOptions = { streamResetBurst: 2 ** 31 - 1, streamResetRate: 2 ** 31 - 1 };
  Object.assign(options, resets);
}

function metadataOf(metadata: grpc.Metadata): CallMetadata {
  return callMetadata((key) => metadata.get(key).map(String));
}

/** Serves one stream with a new exchange. No path ends the stream without an error before Envoy has ended it. */
function serve(call: Call, service: Service): void {
  const exchange = service.open(metadataOf(call.metadata));
  const close = (): void => exchange.close();
  call.on('data', (message: ProcessingRequest) => {
    // What cannot be answered in time is not begun.
    if (!hasExpired(call)) deliver(exchange.answer(message));
  });
  call.on('end', () => {
    close();
    call.end();
  });
  closeWhenCancelled(call, service, exchange);
  call.on('error', close);
  call.on('close', close);

  function deliver(answer: Answer): void {
    switch (answer.kind) {
      case 'respond':
        // Otherwise a body that is returned faster than Envoy reads it would accumulate here.
        if (call.write(answer.response)) break;
        call.pause();
        call.once('drain', () => call.resume());
        break;
      case 'fail':
        call.emit('error', { code: grpc.status.INVALID_ARGUMENT, details: answer.code });
        break;
      case 'later':
        // While paused, neither a message nor the end arrives.
        call.pause();
        answer.listen((later) => {
          call.resume();
          deliver(later);
        });
        break;
      case 'none':
    }
  }
}
