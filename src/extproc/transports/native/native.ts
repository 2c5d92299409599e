/**
 * @module
 * The transport that implements HTTP/2 and gRPC itself, on plain sockets. It implements only what a gRPC server needs,
 * at a fraction of the CPU time of a general library (`docs/performance.md`).
 *
 * Read `connection.ts` (frames) first, then `calls.ts` (requests), then `process-call.ts`.
 */
import { type StartTransport, serviceNames } from '../transport.ts';
import type { CallSettings } from './calls.ts';
import { authorizationMethod } from './check-call.ts';
import { Connection } from './connection.ts';
import { Deadlines } from './deadlines.ts';
import { readingDirectly } from './direct-reads.ts';
import { checkMethod, watchMethod } from './health-calls.ts';
import { Memory } from './memory.ts';
import { processMethod } from './process-call.ts';

/** How often connections are checked for clients that are gone. */
const checkSeconds = 5;

export const startNative: StartTransport = async (options, service) => {
  const memory = new Memory(options.maxMessageBytes, () => service.memoryFull());
  const settings: CallSettings = {
    methods: new Map([
      [`/${serviceNames.processor}/Process`, processMethod(service)],
      [`/${serviceNames.authorization}/Check`, authorizationMethod(service)],
      [`/${serviceNames.health}/Check`, checkMethod(service.health)],
      [`/${serviceNames.health}/Watch`, watchMethod(service.health)],
    ]),
    maxMessageBytes: options.maxMessageBytes,
    memory,
    deadlines: new Deadlines(() => service.deadlinePassed()),
    defect: (error) => service.defect(error),
  };
  const connections = new Map<Connection, Promise<void>>();
  const listeners = await options.accept((accepted) => {
    const socket = readingDirectly(accepted);
    const connection = new Connection(socket, settings, options.maxConcurrentStreams);
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    connections.set(connection, closed);
    socket.once('close', () => connections.delete(connection));
  });
  const leaving = new WeakSet<Connection>();
  const checks = setInterval(() => {
    for (const connection of connections.keys()) connection.timePassed(checkSeconds);
    memory.timePassed(checkSeconds);
  }, checkSeconds * 1000);
  checks.unref();
  return {
    addresses: listeners.map((listener) => listener.address),
    shed(count) {
      const staying = [...connections.keys()].filter((connection) => !leaving.has(connection));
      const already = connections.size - staying.length;
      for (const connection of staying.slice(0, Math.max(0, count - already))) {
        leaving.add(connection);
        connection.drain();
      }
    },
    async stop(milliseconds) {
      for (const listener of listeners) listener.close();
      const closed = Promise.all(connections.values()).then(() => 'drained' as const);
      for (const connection of connections.keys()) connection.drain();
      const end = await inTime(closed, milliseconds);
      if (end === 'cut-off') for (const connection of connections.keys()) connection.destroy();
      await closed;
      clearInterval(checks);
      return end;
    },
  };
};

/** The result of `drained`, or `cut-off` after `milliseconds`. */
async function inTime(drained: Promise<'drained'>, milliseconds: number): Promise<'drained' | 'cut-off'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'cut-off'>((resolve) => {
    timer = setTimeout(resolve, milliseconds, 'cut-off');
  });
  const end = await Promise.race([drained, late]);
  clearTimeout(timer);
  return end;
}
