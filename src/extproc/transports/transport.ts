/**
 * @module
 * The interface of a transport: it accepts connections, decodes messages, and passes each stream to its own exchange.
 */

import type { Accept } from '../../net/listen.ts';
import type { CallMetadata } from '../call-metadata.ts';
import type { Exchange } from '../exchange.ts';
import type { Health } from '../health.ts';

/** The full names of the services that a transport serves. */
export const serviceNames = {
  processor: 'envoy.service.ext_proc.v3.ExternalProcessor',
  authorization: 'envoy.service.auth.v3.Authorization',
  health: 'grpc.health.v1.Health',
} as const;

export interface TransportOptions {
  readonly accept: Accept;
  /** Maximum size of a message, in bytes. A larger message ends its stream with RESOURCE_EXHAUSTED. */
  readonly maxMessageBytes: number;
  /** Maximum open streams per connection. */
  readonly maxConcurrentStreams: number;
}

/** The services that a transport serves. */
export interface Service {
  /** A stream of ext_proc. */
  open(call: CallMetadata): Exchange;
  /** A call of ext_authz, an exchange with one message. */
  check(call: CallMetadata): Exchange;
  /** Reports a stream that was ended because the memory limit is reached. */
  memoryFull(): void;
  /** Reports a call that was ended because its deadline passed. */
  deadlinePassed(): void;
  /** Reports an unexpected error in the transport itself. */
  defect(error: unknown): void;
  readonly health: Health;
}

export interface Transport {
  /** The addresses it listens at, with actual ports. */
  readonly addresses: readonly string[];
  /**
   * Makes the clients of the given number of connections reconnect, without losing a request. Connections that are
   * already closing count. A transport that cannot do this does nothing.
   */
  shed(connections: number): void;
  /**
   * Accepts no new connection and no new stream, and waits for open streams to end.
   *
   * @param milliseconds the drain time; streams that are still open then are cut off, and Envoy fails their requests
   * @returns whether streams were cut off
   */
  stop(milliseconds: number): Promise<'drained' | 'cut-off'>;
}

/** Rejects as `accept` does. */
export type StartTransport = (options: TransportOptions, service: Service) => Promise<Transport>;
