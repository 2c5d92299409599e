/**
 * @module
 * The cost of many policies and routes: requests match the last of them. Measured without Envoy, so that nothing hides
 * the difference.
 */

import type { ProcessGroup } from '../demo/process-group.ts';
import { algorithms } from './algorithms.ts';
import type { Effort } from './effort.ts';
import { envoyMessage } from './load/envoy-request.ts';
import { askOver } from './load/stream-load.ts';
import { median } from './paired.ts';
import type { PoliciesRow } from './results.ts';
import type { Progress } from './rounds.ts';
import { manyPolicies, pathOfPolicy } from './servers/policy-files.ts';
import { cpuOf, residentOf } from './servers/process-use.ts';
import { type Server, startSidecar } from './servers/start-server.ts';
import { ofServer, takeTurns } from './turns.ts';

const counts = [1, 100, 1000];
const minting = { algorithm: 'RS256', claims: 0, reuse: true } as const;
const concurrency = 16;
const requestsOfRound = 10_000;

export async function measurePolicies(
  group: ProcessGroup,
  folder: string,
  effort: Effort,
  progress: Progress,
): Promise<PoliciesRow[]> {
  const keys = algorithms.RS256.makeKeys();
  const servers: { count: number; server: Server; minted: number }[] = [];
  for (const count of counts) {
    const server = await startSidecar(group, folder, `policies-${count}`, manyPolicies(minting, keys, count));
    servers.push({ count, server, minted: (await server.minted()) ?? 0 });
  }
  const requests = Math.min(requestsOfRound, effort.maxRequests);
  const turn = async (number: number): Promise<number[]> => {
    const costs: number[] = [];
    for (const { count, server } of servers) {
      const cost = await costOf(server, envoyMessage(`${pathOfPolicy(count)}/orders/42?tenant=acme`), requests);
      costs.push(cost);
      progress(`policies, round ${number} of ${effort.rounds}: ${count} ${cost.toFixed(1)} µs`);
    }
    return costs;
  };
  // Warms up.
  await turn(0);
  const { calm } = await takeTurns(effort.rounds, turn);
  for (const { count, server, minted } of servers) {
    const [tokens, asked] = [((await server.minted()) ?? 0) - minted, requests * (effort.rounds + 1)];
    if (tokens !== asked) throw new Error(`With ${count} policies ${tokens} tokens were minted for ${asked} requests.`);
  }
  const rows = servers.map(({ count, server }, index): PoliciesRow => {
    const rounds = ofServer(calm, index);
    const resident = residentOf(server.pid);
    return { policies: count, cpu: median(rounds), rounds, resident, ready: server.readyAfter };
  });
  for (const { server } of servers) await server.stop();
  return rows;
}

/**
 * Microseconds of CPU time. No scrape happens between the rounds, because a thousand policies have thousands of series.
 */
async function costOf({ pid, address }: Server, message: Buffer, requests: number): Promise<number> {
  const before = cpuOf(pid);
  await askOver({ address, message, requests, concurrency });
  return (cpuOf(pid) - before) / requests;
}
