/**
 * @module
 * Starts and verifies everything that is measured: the server of each row, and one Envoy in front of all of them.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../demo/ports.ts';
import type { ProcessGroup, Running } from '../demo/process-group.ts';
import { algorithms, type Keys } from './algorithms.ts';
import { getRequest } from './load/http-connection.ts';
import { prove } from './proof.ts';
import type { Row } from './rows.ts';
import { type Fronted, startFront } from './servers/envoy-front.ts';
import { OwnFolder } from './servers/own-folder.ts';
import { residentOf } from './servers/process-use.ts';
import { type Server, startServer } from './servers/start-server.ts';

/** A row with its server. */
export interface Subject {
  readonly row: Row;
  readonly server: Server;
  /** Envoy's listener for it. */
  readonly port: number;
  readonly requests: readonly Buffer[];
  readonly keys: Keys | undefined;
  /** The input of the bare operation. */
  readonly input: Buffer;
  /** Megabytes resident before the first request. */
  readonly idle: number;
}

export interface TestBed extends AsyncDisposable {
  readonly subjects: readonly Subject[];
  readonly envoy: Running;
  /** Envoy's listener without the filter. */
  readonly plainPort: number;
  readonly group: ProcessGroup;
  readonly folder: string;
}

const headers: readonly (readonly [name: string, value: string])[] = [
  ['user-agent', 'curl/8.5.0'],
  ['accept', 'application/json'],
  ['x-client-id', 'client-7'],
];

const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331';

const traceparents: Readonly<Record<Row['traceparent'], typeof headers>> = {
  sampled: [['traceparent', `${parent}-01`]],
  unsampled: [['traceparent', `${parent}-00`]],
  none: [],
};

/** What every request of the other benchmarks carries. */
export const sentHeaders = [...headers, ...traceparents.sampled];

export function requestsOf({ requests, traceparent }: Row): Buffer[] {
  const sent = [...headers, ...traceparents[traceparent]];
  return Array.from({ length: requests }, (_, number) => getRequest(`/orders/${number}?tenant=acme`, sent));
}

/**
 * Starts all servers and Envoy, and waits until they are ready. If this fails, everything that was started is stopped.
 *
 * @param idle seconds before the idle memory of the servers is measured
 */
export async function startTestBed(rows: readonly Row[], envoy: string, idle: number): Promise<TestBed> {
  const own = new OwnFolder();
  const { group, path: folder } = own;
  try {
    const started = await Promise.all(
      rows.map(async (row) => {
        const keys = row.serving.kind === 'sidecar' ? algorithms[row.serving.minting.algorithm].makeKeys() : undefined;
        const server = await startServer(group, folder, row, keys);
        return { row, keys, server, port: await freePort(), requests: requestsOf(row) };
      }),
    );
    const plainPort = await freePort();
    const fronted = started.map(
      ({ row, server, port }): Fronted => ({ name: row.name, port, address: server.address, filter: row.filter }),
    );
    const running = await startFront(group, folder, envoy, { plainPort, servers: fronted });
    await pause(1000 * idle);
    const resident = started.map(({ server }) => residentOf(server.pid));
    const subjects: Subject[] = [];
    for (const [index, subject] of started.entries()) {
      subjects.push({
        ...subject,
        idle: resident[index] ?? Number.NaN,
        input: await prove(subject.row, subject.port, subject.keys),
      });
    }
    const dispose = (): Promise<void> => own[Symbol.asyncDispose]();
    return { subjects, envoy: running, plainPort, group, folder, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await own[Symbol.asyncDispose]();
    throw error;
  }
}
