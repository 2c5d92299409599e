/**
 * @module
 * The effect of more workers: `node bench/workers.ts`. Without Envoy, by a client that behaves like Envoy, over as many
 * connections as the maximum number of workers. The client uses CPU on the same machine, so compare the ratio with the
 * cores that the workers had.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProcessGroup } from '../demo/process-group.ts';
import { algorithms } from './algorithms.ts';
import { envoyMessage } from './load/envoy-request.ts';
import { askOver } from './load/stream-load.ts';
import { type Minting, onePolicy } from './servers/policy-files.ts';
import { childrenOf, cpuOf } from './servers/process-use.ts';
import { type Server, startSidecar } from './servers/start-server.ts';

const cases: readonly (readonly [name: string, minting: Minting, requests: number])[] = [
  ['RS256, each signed', { algorithm: 'RS256', claims: 0, reuse: false }, 2_000],
  ['RS256 reused', { algorithm: 'RS256', claims: 0, reuse: true }, 40_000],
];
const workerCounts = [...new Set([1, 2, availableParallelism()])];
const rounds = 12;
const concurrency = 16;
const message = envoyMessage('/orders/42?tenant=acme');

interface Round {
  /** Requests per second. */
  readonly rate: number;
  /** The share of a core that each serving process had. */
  readonly shares: readonly number[];
}

async function measure({ pid, address }: Server, requests: number, connections: number): Promise<Round> {
  const workers = childrenOf(pid);
  const serving = workers.length === 0 ? [pid] : workers;
  const before = serving.map(cpuOf);
  const begin = performance.now();
  const each = { address, message, requests: requests / connections, concurrency };
  await Promise.all(Array.from({ length: connections }, () => askOver(each)));
  const milliseconds = performance.now() - begin;
  return {
    rate: (requests / milliseconds) * 1000,
    shares: serving.map((process, index) => (cpuOf(process) - (before[index] ?? 0)) / 1000 / milliseconds),
  };
}

/** The best round of each server. They take turns, so that a disturbance affects all of them. */
async function bestOf(servers: readonly Server[], requests: number, connections: number): Promise<readonly Round[]> {
  const best = servers.map((): Round => ({ rate: 0, shares: [] }));
  for (let round = 0; round < rounds; round++) {
    for (const [index, server] of servers.entries()) {
      const measured = await measure(server, requests, connections);
      if (measured.rate > (best[index]?.rate ?? 0)) best[index] = measured;
    }
  }
  return best;
}

const folder = mkdtempSync(join(tmpdir(), 'mintproc-bench-'));
try {
  await using group = new ProcessGroup(folder);
  const connections = Math.max(...workerCounts);
  process.stdout.write(
    `| ${connections} connections, ${concurrency} streams each | workers | requests/s | ratio | cores that each had | requests per CPU second |\n`,
  );
  process.stdout.write('|---|--:|--:|--:|---|--:|\n');
  for (const [name, minting, requests] of cases) {
    const { files, configuration } = onePolicy(minting, algorithms[minting.algorithm].makeKeys());
    const servers: Server[] = [];
    for (const workers of workerCounts) {
      const settings = { files, configuration: { ...configuration, workers } };
      servers.push(await startSidecar(group, folder, `${minting.reuse}-${workers}`, settings));
    }
    const best = await bestOf(servers, requests, connections);
    for (const server of servers) await server.stop();
    for (const [index, { rate, shares }] of best.entries()) {
      const each = shares.map((share) => share.toFixed(2)).join(', ');
      const ratio = (rate / (best[0]?.rate ?? 0)).toFixed(2);
      const perCpu = rate / shares.reduce((sum, share) => sum + share, 0);
      const figures = [workerCounts[index], Math.round(rate), ratio, each, Math.round(perCpu)];
      process.stdout.write(`| ${name} | ${figures.join(' | ')} |\n`);
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
