/**
 * @module
 * Starts and stops the server of both of Envoy's protocols, ext_proc and ext_authz.
 */

import { describeDefect } from '../diagnostics/defect.ts';
import { limitConnections, listening } from '../net/listen.ts';
import type { SocketWatch } from '../net/socket-file.ts';
import type { TlsTermination } from '../net/tls-termination.ts';
import { Admission } from './admission.ts';
import { checkSettings } from './authz/check-exchange.ts';
import { Exchange, type ExchangeSettings } from './exchange.ts';
import { Health } from './health.ts';
import type { ServerObserver } from './observer.ts';
import { type TransportName, transports } from './transports/index.ts';
import { serviceNames, type Transport, type TransportOptions } from './transports/transport.ts';
import type { WireLimits } from './wire-limits.ts';

/** Where connections come from: addresses to listen at, or an `accept` function. */
export type Connections =
  | { readonly addresses: readonly string[]; readonly tls?: TlsTermination | undefined; readonly watch?: SocketWatch }
  | Pick<TransportOptions, 'accept'>;

/** Limits for each peer. The defaults are in the schema of the configuration. */
export interface ServerLimits extends WireLimits {
  /** Maximum size of a message, in bytes. */
  readonly messageBytes: number;
  /** Maximum streams per connection. */
  readonly concurrentStreams: number;
  readonly connections: number;
  /** Maximum requests in flight on all connections. */
  readonly inFlight: number;
}

interface Settings extends Pick<ExchangeSettings, 'pin'> {
  readonly observer: ServerObserver;
  readonly transport?: TransportName;
  readonly limits: ServerLimits;
}

export type ServerOptions = Settings & Connections;

export interface ProcessorServer extends Transport {
  readonly health: Health;
}

/** @throws ListenError when it cannot listen at one of the addresses */
export async function startServer(options: ServerOptions): Promise<ProcessorServer> {
  const health = new Health([serviceNames.processor, serviceNames.authorization]);
  const settings: ExchangeSettings = {
    pin: options.pin,
    observer: options.observer,
    limits: options.limits,
    admission: new Admission(options.limits.inFlight),
    now: () => performance.now() / 1000,
  };
  const checking = checkSettings(settings);
  const transport = await transports[options.transport ?? 'native'](
    {
      accept: limitConnections(
        'accept' in options ? options.accept : listening(options.addresses, options.tls, options.watch),
        options.limits.connections,
        () => options.observer.connectionRefused(),
      ),
      maxMessageBytes: options.limits.messageBytes,
      maxConcurrentStreams: options.limits.concurrentStreams,
    },
    {
      health,
      open: (call) => new Exchange(settings, call),
      check: (call) => new Exchange(checking, call),
      memoryFull: () => options.observer.memoryFull(),
      deadlinePassed: () => options.observer.deadlinePassed(),
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
