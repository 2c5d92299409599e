/**
 * @module
 * The transports by name. A new one is a row here.
 */
import { startGrpcJs } from './grpc-js.ts';
import { startNative } from './native/native.ts';
import type { StartTransport } from './transport.ts';

export const transports = {
  native: startNative,
  'grpc-js': startGrpcJs,
} as const satisfies Record<string, StartTransport>;

export type TransportName = keyof typeof transports;
