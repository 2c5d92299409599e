/**
 * @module
 * The transports by name, one row each. Only the transport in use is loaded.
 */
import type { StartTransport } from './transport.ts';

export const transports = {
  native: async (options, service) => (await import('./native/native.ts')).startNative(options, service),
  'grpc-js': async (options, service) => (await import('./grpc-js.ts')).startGrpcJs(options, service),
} as const satisfies Record<string, StartTransport>;

export type TransportName = keyof typeof transports;
