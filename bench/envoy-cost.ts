/**
 * @module
 * The cost of the filter in Envoy itself, by the data that Envoy sends: `node bench/envoy-cost.ts`. The same server,
 * the transport alone, answers all listeners, so that only the filter differs.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../demo/ports.ts';
import { ProcessGroup } from '../demo/process-group.ts';
import { envoyBinary } from '../test/e2e/harness/stack.ts';
import { askInTurns } from './load/closed-loop.ts';
import { differenceOf, median } from './paired.ts';
import { ownRows } from './rows.ts';
import { type Fronted, startFront } from './servers/envoy-front.ts';
import { cpuOf } from './servers/process-use.ts';
import { startServer } from './servers/start-server.ts';
import { requestsOf } from './test-bed.ts';
import { ofServer, takeTurns } from './turns.ts';

/** What the filter sends in addition to the headers of the request. */
const filters: readonly (readonly [name: string, settings: NonNullable<Fronted['settings']>])[] = [
  ['headers only', { request_attributes: [], metadata_options: {} }],
  ["and the caller's identity", { request_attributes: [] }],
  ['and one attribute', { request_attributes: ['request.protocol'] }],
  [
    'and four attributes',
    { request_attributes: ['source.address', 'destination.address', 'request.protocol', 'request.scheme'] },
  ],
  ['and all that `envoy.yaml` lists', {}],
];
const rounds = 30;
const connections = 16;
const seconds = 0.4;

interface Round {
  /** Microseconds of CPU time of Envoy for each request. */
  readonly cpu: number;
  /** Requests a second. */
  readonly rate: number;
}

const folder = mkdtempSync(join(tmpdir(), 'mintproc-bench-'));
try {
  await using group = new ProcessGroup(folder);
  const row = ownRows.find(({ name }) => name === 'constant');
  if (row === undefined) throw new TypeError('there is no row for the transport alone');
  const { address } = await startServer(group, folder, row, undefined);
  const plainPort = await freePort();
  const servers: Fronted[] = [];
  for (const [name, settings] of filters) servers.push({ name, port: await freePort(), address, settings });
  const envoy = await startFront(group, folder, await envoyBinary(), { plainPort, servers });

  const listeners = [{ name: 'no filter', port: plainPort }, ...servers];
  const requests = requestsOf(row);
  const ask = (port: number) =>
    askInTurns({ port, requests, connections, seconds, maxRequests: Number.POSITIVE_INFINITY });
  for (const { port } of [...listeners, ...listeners]) await ask(port);
  const { calm } = await takeTurns(rounds, async (number) => {
    const turn: Round[] = [];
    for (const { name, port } of listeners) {
      const before = cpuOf(envoy.pid);
      const { count, seconds: took } = await ask(port);
      turn.push({ cpu: (cpuOf(envoy.pid) - before) / count, rate: count / took });
      process.stderr.write(`round ${number} of ${rounds}: ${name}\n`);
    }
    return turn;
  });

  const costsOf = (index: number): number[] => ofServer(calm, index).map(({ cpu }) => cpu);
  process.stdout.write(
    '| the filter sends | Envoy, µs per request | added to no filter | requests/s |\n|---|--:|--:|--:|\n',
  );
  for (const [index, { name }] of listeners.entries()) {
    const added = differenceOf(costsOf(index), costsOf(0)).toFixed(1);
    const rate = Math.round(median(ofServer(calm, index).map((round) => round.rate)));
    process.stdout.write(`| ${name} | ${median(costsOf(index)).toFixed(1)} | ${added} | ${rate} |\n`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
