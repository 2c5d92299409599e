/**
 * @module
 * What a request costs with more or fewer streams in flight on one connection, without Envoy.
 */
import type { Effort } from './effort.ts';
import { envoyMessage } from './load/envoy-request.ts';
import { askOver, ConnectionRefused } from './load/stream-load.ts';
import { type StreamsRow, spreadOf } from './results.ts';
import type { Progress } from './rounds.ts';
import { isAmong } from './rows.ts';
import { cpuOf } from './servers/process-use.ts';
import type { Subject } from './stand.ts';

const counts = [1, 16, 128, 1000];
export const streamsRows = ['constant', 'grpc-js', 'RS256-reused'];
const requestsOfRound = 20_000;

/** For some rows and the compared servers. A server that takes fewer streams, or ends the connection, has no figures there. */
export async function measureStreams(
  all: readonly Subject[],
  effort: Effort,
  progress: Progress,
): Promise<StreamsRow[]> {
  const message = envoyMessage('/orders/42?tenant=acme');
  const found: StreamsRow[] = [];
  for (const concurrency of counts) {
    const requests = Math.min(requestsOfRound, Math.max(effort.most, concurrency));
    for (const { row, server } of all.filter(({ row }) => isAmong(row, streamsRows))) {
      const rounds: { cpu: number; took: Float64Array }[] = [];
      for (let number = 1; number <= Math.min(effort.rounds, 3); number++) {
        const before = cpuOf(server.pid);
        const asked = askOver({ address: server.address, message, requests, concurrency });
        const took = await asked.catch((error: unknown) => {
          if (row.serving.kind !== 'compared' || !(error instanceof ConnectionRefused)) throw error;
          progress(`${concurrency} streams: ${row.name} ended the connection`);
          return undefined;
        });
        if (took !== undefined) rounds.push({ cpu: (cpuOf(server.pid) - before) / requests, took: took.sort() });
      }
      const [best] = rounds.toSorted((one, other) => one.cpu - other.cpu);
      if (best === undefined) continue;
      found.push({
        name: row.name,
        streams: concurrency,
        cpu: best.cpu,
        spread: spreadOf(rounds.map(({ cpu }) => cpu)),
        p50: best.took[Math.floor(requests * 0.5)] ?? 0,
        p99: best.took[Math.floor(requests * 0.99)] ?? 0,
      });
      progress(`${concurrency} streams: ${row.name} ${best.cpu.toFixed(1)} µs`);
    }
  }
  return found;
}
