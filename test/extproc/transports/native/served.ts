/**
 * @module
 * A native server and a raw client, both closed after the test.
 */
import type { TestContext } from 'node:test';
import { type ProcessorServer, type ServerOptions, startServer } from '../../../../src/extproc/server.ts';
import { defaultLimits } from '../../default-limits.ts';
import { RecordingObserver } from '../../recording-observer.ts';
import { RawClient } from './raw-client.ts';

export interface Served {
  readonly server: ProcessorServer;
  readonly observer: RecordingObserver;
  readonly client: RawClient;
  /** Another connection. */
  connect(first?: Buffer): Promise<RawClient>;
}

/** @param first the client's first frame; default: empty SETTINGS */
export async function served(t: TestContext, options: Partial<ServerOptions> = {}, first?: Buffer): Promise<Served> {
  const observer = new RecordingObserver();
  const server = await startServer({
    addresses: ['127.0.0.1:0'],
    transport: 'native',
    observer,
    limits: defaultLimits,
    pin: () => () => ({ kind: 'untouched', mints: [] }),
    ...options,
  });
  const clients: RawClient[] = [];
  async function connect(greeting?: Buffer): Promise<RawClient> {
    const client = await RawClient.connect(server.addresses[0] ?? '', greeting);
    clients.push(client);
    return client;
  }
  t.after(async () => {
    for (const client of clients) client.socket.destroy();
    await server.stop(0);
  });
  return { server, observer, client: await connect(first), connect };
}
