/**
 * @module
 * A client of the gRPC health service with a separate connection.
 */
import * as grpc from '@grpc/grpc-js';
import { serviceDefinition } from '../../src/extproc/transports/grpc-js.ts';
import { serviceNames } from '../../src/extproc/transports/transport.ts';

export interface HealthClient extends Disposable {
  /** The reported status of the external processor. */
  check(): Promise<string>;
}

/** @param address as the server reports it */
export function healthClient(address: string): HealthClient {
  const Client = grpc.makeClientConstructor(serviceDefinition('health.proto', serviceNames.health), 'health');
  const options = { 'grpc.use_local_subchannel_pool': 1 };
  const client = new Client(address, grpc.credentials.createInsecure(), options);
  return {
    check: () =>
      new Promise((resolve, reject) => {
        const answered = (error: grpc.ServiceError | null, response?: { readonly status: string }): void => {
          if (error === null) resolve(response?.status ?? '');
          else reject(error);
        };
        client['Check']?.({ service: serviceNames.processor }, answered);
      }),
    [Symbol.dispose]: () => client.close(),
  };
}
