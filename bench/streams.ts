/**
 * @module
 * The cost of a request by the number of streams in flight on one connection, without Envoy.
 */
import type { Effort } from './effort.ts';
import { envoyMessage } from './load/envoy-request.ts';
import { askOver, ConnectionRefused } from './load/stream-load.ts';
import { type StreamsRow, spreadOf } from './results.ts';
import type { Progress } from './rounds.ts';
import { isAmong } from './rows.ts';
import { cpuOf } from './servers/process-use.ts';
import type { Subject } from './test-bed.ts';

const counts = [1, 16, 128, 1000];
const message = envoyMessage('/orders/42?tenant=acme');
export const streamsRows = ['constant', 'grpc-js', 'RS256-reused'];
const requestsOfRound = 20_000;
const maxRounds = 3;

interface Round {
  /** CPU time per request, in microseconds. */
  readonly cpu: number;
  /** Latencies in milliseconds, ascending. */
  readonly took: Float64Array;
}

/**
 * Measures some rows and the compared servers. There are no figures for a server that allows fewer streams, or for a
 * compared server that ends the connection.
 */
export async function measureStreams(
  all: readonly Subject[],
  effort: Effort,
  progress: Progress,
): Promise<StreamsRow[]> {
  const subjects = all.filter(({ row }) => isAmong(row, streamsRows));
  const found: StreamsRow[] = [];
  for (const streams of counts) {
    const requests = Math.min(requestsOfRound, Math.max(effort.maxRequests, streams));
    for (const subject of subjects) {
      const rounds: Round[] = [];
      for (let number = 1; number <= Math.min(effort.rounds, maxRounds); number++) {
        rounds.push(...(await oneRound(subject, requests, streams, progress)));
      }
      const row = rowOf(subject.row.name, streams, rounds);
      if (row === undefined) continue;
      found.push(row);
      progress(`${streams} streams: ${row.name} ${row.cpu.toFixed(1)} µs`);
    }
  }
  return found;
}

/** @returns the round, or nothing if the server does not take part */
async function oneRound(
  { row, server }: Subject,
  requests: number,
  concurrency: number,
  progress: Progress,
): Promise<readonly Round[]> {
  const before = cpuOf(server.pid);
  try {
    const took = await askOver({ address: server.address, message, requests, concurrency });
    return took === undefined ? [] : [{ cpu: (cpuOf(server.pid) - before) / requests, took: took.sort() }];
  } catch (error) {
    if (row.serving.kind !== 'compared' || !(error instanceof ConnectionRefused)) throw error;
    progress(`${concurrency} streams: ${row.name} ended the connection`);
    return [];
  }
}

function rowOf(name: string, streams: number, rounds: readonly Round[]): StreamsRow | undefined {
  const [best] = rounds.toSorted((one, other) => one.cpu - other.cpu);
  if (best === undefined) return undefined;
  const { cpu, took } = best;
  const spread = spreadOf(rounds.map((round) => round.cpu));
  const at = (share: number): number => took[Math.floor(took.length * share)] ?? 0;
  return { name, streams, cpu, spread, p50: at(0.5), p99: at(0.99) };
}
