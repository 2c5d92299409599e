/**
 * @module
 * `node bench/sizing.ts`: what to reserve for a sidecar, by the number of its policies (docs/operations/sizing.md).
 * Without Envoy, by a client that behaves like Envoy. CPU is that of mintproc's process alone.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ProcessGroup } from '../demo/process-group.ts';
import { algorithms } from './algorithms.ts';
import { envoyMessage } from './load/envoy-request.ts';
import { askOver } from './load/stream-load.ts';
import { median } from './paired.ts';
import { type Minting, manyPolicies, pathOfPolicy } from './servers/policy-files.ts';
import { cpuOf, residentOf } from './servers/process-use.ts';
import { startSidecar } from './servers/start-server.ts';

const counts = [1, 100, 1000];
const kinds: readonly (readonly [name: string, minting: Minting, requests: number])[] = [
  ['RS256 reused', { algorithm: 'RS256', claims: 0, reuse: true }, 20_000],
  ['ES256, each signed', { algorithm: 'ES256', claims: 0, reuse: false }, 5_000],
  ['RS256, each signed', { algorithm: 'RS256', claims: 0, reuse: false }, 1_500],
];
const rounds = 7;
const concurrency = 16;
/** Seconds after the start until the memory is that of an idle sidecar. */
const idle = 10;

const root = join(import.meta.dirname, '..');
execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
const folder = mkdtempSync(join(tmpdir(), 'mintproc-sizing-'));
try {
  await using group = new ProcessGroup(folder);
  const [first] = cpus();
  process.stdout.write(`${cpus().length} × ${first?.model ?? 'unknown'}, Node ${process.version}\n\n`);
  process.stdout.write('| policies | token | ready after, ms | idle, MB | under load, MB | CPU a request, µs |\n');
  process.stdout.write('| --: | --- | --: | --: | --: | --: |\n');
  for (const count of counts) {
    for (const [name, minting, requests] of kinds) {
      const files = manyPolicies(minting, algorithms[minting.algorithm].makeKeys(), count);
      const server = await startSidecar(group, folder, `${minting.algorithm}-${minting.reuse}-${count}`, files);
      await pause(idle * 1000);
      const before = residentOf(server.pid);
      // Every policy once, so that each has what it needs to mint.
      const message = Array.from({ length: count }, (_, at) =>
        envoyMessage(`${pathOfPolicy(at + 1)}/orders/42?tenant=acme`),
      );
      await askOver({ address: server.address, message, requests, concurrency });
      const costs: number[] = [];
      for (let round = 0; round < rounds; round++) {
        const begin = cpuOf(server.pid);
        await askOver({ address: server.address, message, requests, concurrency });
        costs.push((cpuOf(server.pid) - begin) / requests);
      }
      const figures = [server.readyAfter, before, residentOf(server.pid), median(costs)].map(Math.round);
      process.stdout.write(`| ${[count, name, ...figures].join(' | ')} |\n`);
      await server.stop();
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
