/**
 * @module
 * The external processor as one thing to start and stop.
 */
import { Exchange, type ExchangeSettings } from './exchange.ts';
import { Health } from './health.ts';
import { describeDefect } from './observer.ts';
import { type TransportName, transports } from './transports/index.ts';
import { serviceNames, type Transport, type TransportOptions } from './transports/transport.ts';
import { defaultWireLimits, type WireLimits } from './wire-limits.ts';

export interface ServerOptions
  extends Pick<ExchangeSettings, 'pin' | 'observer'>,
    Pick<TransportOptions, 'addresses' | 'tls'> {
  readonly transport?: TransportName;
  readonly limits?: WireLimits;
  readonly maxMessageBytes?: number;
  readonly maxConcurrentStreams?: number;
}

export interface ProcessorServer extends Transport {
  readonly health: Health;
}

/** 4 MiB is gRPC's own default; Envoy's default buffer, the largest body in one message, is 1 MiB. */
const defaultMaxMessageBytes = 4 * 1024 * 1024;
/** Far above Envoy's default of 1,024 requests per cluster, so that one connection per worker is always enough. */
const defaultMaxConcurrentStreams = 16_384;

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
      addresses: options.addresses,
      tls: options.tls,
      maxMessageBytes: options.maxMessageBytes ?? defaultMaxMessageBytes,
      maxConcurrentStreams: options.maxConcurrentStreams ?? defaultMaxConcurrentStreams,
    },
    {
      health,
      open: (routePolicy) => new Exchange(settings, routePolicy),
      defect: (error) => options.observer.defect(describeDefect(error)),
    },
  );
  return {
    health,
    addresses: transport.addresses,
    stop(milliseconds) {
      health.set('NOT_SERVING');
      return transport.stop(milliseconds);
    },
  };
}
