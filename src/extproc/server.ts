/**
 * @module
 * The external processor as one thing to start and stop.
 */
import type { SocketWatch } from '../observe/socket-file.ts';
import { limitConnections } from './connection-limit.ts';
import { Exchange, type ExchangeSettings } from './exchange.ts';
import { Health } from './health.ts';
import { describeDefect, type ServerObserver } from './observer.ts';
import { type TransportName, transports } from './transports/index.ts';
import { listening } from './transports/listen.ts';
import type { TlsTermination } from './transports/tls-termination.ts';
import { serviceNames, type Transport, type TransportOptions } from './transports/transport.ts';
import { defaultWireLimits, type WireLimits } from './wire-limits.ts';

/** It listens itself, or its connections come from elsewhere. */
export type Connections =
  | { readonly addresses: readonly string[]; readonly tls?: TlsTermination | undefined; readonly watch?: SocketWatch }
  | Pick<TransportOptions, 'accept'>;

interface Settings extends Pick<ExchangeSettings, 'pin'> {
  readonly observer: ServerObserver;
  readonly transport?: TransportName;
  readonly limits?: WireLimits;
  readonly maxMessageBytes?: number;
  readonly maxConcurrentStreams?: number;
  readonly maxConnections?: number;
}

export type ServerOptions = Settings & Connections;

export interface ProcessorServer extends Transport {
  readonly health: Health;
}

/** 4 MiB is gRPC's own default; Envoy's default buffer, the largest body in one message, is 1 MiB. */
const defaultMaxMessageBytes = 4 * 1024 * 1024;
/** Far above Envoy's default of 1,024 requests per cluster, so that one connection per worker is always enough. */
const defaultMaxConcurrentStreams = 16_384;
/** Envoy opens one for each of its workers, and a few while it replaces itself. */
const defaultMaxConnections = 1000;

/** @throws ListenError when one of the addresses cannot be had */
export async function startServer(options: ServerOptions): Promise<ProcessorServer> {
  const health = new Health([serviceNames.processor]);
  const settings: ExchangeSettings = {
    pin: options.pin,
    observer: options.observer,
    limits: options.limits ?? defaultWireLimits,
    now: () => performance.now() / 1000,
  };
  const transport = await transports[options.transport ?? 'native'](
    {
      accept: limitConnections(
        'accept' in options ? options.accept : listening(options.addresses, options.tls, options.watch),
        options.maxConnections ?? defaultMaxConnections,
        () => options.observer.connectionRefused(),
      ),
      maxMessageBytes: options.maxMessageBytes ?? defaultMaxMessageBytes,
      maxConcurrentStreams: options.maxConcurrentStreams ?? defaultMaxConcurrentStreams,
    },
    {
      health,
      open: (routePolicy) => new Exchange(settings, routePolicy),
      memoryFull: () => options.observer.memoryFull(),
      defect: (error) => options.observer.defect(describeDefect(error)),
    },
  );
  return {
    health,
    addresses: transport.addresses,
    shed: (connections) => transport.shed(connections),
    stop(milliseconds) {
      health.set('NOT_SERVING');
      return transport.stop(milliseconds);
    },
  };
}
