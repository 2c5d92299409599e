/**
 * @module
 * What many policies and routes cost: the last of them is asked, without Envoy, so that nothing hides the difference.
 */

import type { ProcessGroup } from '../demo/process-group.ts';
import { algorithms } from './algorithms.ts';
import type { Effort } from './effort.ts';
import { envoyMessage } from './load/envoy-request.ts';
import { askOver } from './load/stream-load.ts';
import { type PoliciesRow, spreadOf } from './results.ts';
import type { Progress } from './rounds.ts';
import { manyPolicies, pathOfPolicy } from './servers/policy-files.ts';
import { cpuOf, residentOf } from './servers/process-use.ts';
import { type Server, startSidecar } from './servers/start-server.ts';

const counts = [1, 100, 1000];
const minting = { algorithm: 'RS256', claims: 0, reuse: true } as const;
const concurrency = 16;
const requestsOfRound = 30_000;

export async function measurePolicies(
  group: ProcessGroup,
  folder: string,
  effort: Effort,
  progress: Progress,
): Promise<PoliciesRow[]> {
  const keys = algorithms.RS256.makeKeys();
  const servers: { count: number; server: Server; costs: number[] }[] = [];
  for (const count of counts) {
    const server = await startSidecar(group, folder, `policies-${count}`, manyPolicies(minting, keys, count));
    servers.push({ count, server, costs: [] });
  }
  const requests = Math.min(requestsOfRound, effort.most);
  for (let number = 0; number <= effort.rounds; number++) {
    for (const { count, server, costs } of servers) {
      const cost = await costOf(server, envoyMessage(`${pathOfPolicy(count)}/orders/42?tenant=acme`), requests);
      // The first round warms up.
      if (number > 0) costs.push(cost);
      progress(`policies, round ${number} of ${effort.rounds}: ${count} ${cost.toFixed(1)} µs`);
    }
  }
  const rows = servers.map(
    ({ count, server, costs }): PoliciesRow => ({
      policies: count,
      cpu: Math.min(...costs),
      spread: spreadOf(costs),
      resident: residentOf(server.pid),
      ready: server.readyAfter,
    }),
  );
  for (const { server } of servers) await server.stop();
  return rows;
}

/** Microseconds of CPU time. @throws when not each request got a token */
async function costOf({ pid, port, minted }: Server, message: Buffer, requests: number): Promise<number> {
  const mintedBefore = (await minted()) ?? 0;
  const before = cpuOf(pid);
  await askOver({ port, message, requests, concurrency });
  const cost = (cpuOf(pid) - before) / requests;
  const tokens = ((await minted()) ?? 0) - mintedBefore;
  if (tokens !== requests) throw new Error(`${tokens} tokens were minted for ${requests} requests.`);
  return cost;
}
