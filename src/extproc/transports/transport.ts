/**
 * @module
 * What a transport is: it accepts connections, decodes messages, and hands each stream to its own exchange.
 */

import type { Accept } from '../../net/listen.ts';
import type { Exchange } from '../exchange.ts';
import type { Health } from '../health.ts';

/** The full names of the services that a transport serves. */
export const serviceNames = {
  processor: 'envoy.service.ext_proc.v3.ExternalProcessor',
  health: 'grpc.health.v1.Health',
} as const;

/** The gRPC metadata by which a route names its policy. */
export const policyMetadata = 'x-mintproc-policy';

export interface TransportOptions {
  readonly accept: Accept;
  /** The largest message taken, in bytes; a larger one ends its stream with RESOURCE_EXHAUSTED. */
  readonly maxMessageBytes: number;
  /** How many streams one connection may have open. */
  readonly maxConcurrentStreams: number;
}

/** What is served. */
export interface Service {
  /** @param routePolicy what the stream's metadata says under `policyMetadata` */
  open(routePolicy: string | undefined): Exchange;
  /** Reports a stream that had to end because too much is held in memory for the peers. */
  memoryFull(): void;
  /** Reports a defect in the transport itself. */
  defect(error: unknown): void;
  readonly health: Health;
}

export interface Transport {
  /** Where it listens, with real port numbers. */
  readonly addresses: readonly string[];
  /**
   * Has the clients of so many connections open others, without losing a request; those that are on their way out
   * already count. A transport that cannot do that does nothing.
   */
  shed(connections: number): void;
  /**
   * Takes no new connection and no new stream, and lets streams in flight end.
   *
   * @param milliseconds how long they may take; what is left then is cut off, and Envoy fails those requests
   * @returns whether anything was cut off
   */
  stop(milliseconds: number): Promise<'drained' | 'cut-off'>;
}

/** Rejects as `accept` does. */
export type StartTransport = (options: TransportOptions, service: Service) => Promise<Transport>;
