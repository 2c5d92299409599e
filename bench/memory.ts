/**
 * @module
 * Measures memory growth: sends millions of requests from many callers to the built mintproc, and samples the memory of
 * the process after each part of them.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ProcessGroup } from '../demo/process-group.ts';
import { algorithms } from './algorithms.ts';
import { envoyMessage } from './load/envoy-request.ts';
import { askOver } from './load/stream-load.ts';
import { growthPerMillion, type Sample } from './memory-growth.ts';
import { onePolicy } from './servers/policy-files.ts';
import { residentOf } from './servers/process-use.ts';
import { type Server, startSidecar } from './servers/start-server.ts';

const help = `Usage: node bench/memory.ts [--requests N] [--callers N] [--algorithm RS256|ES256] [--json]

Sends requests for the example policy, 16 in flight, and samples the process after each twentieth of them. The first half is
the warm-up. Growth is the slope over the second half.

  --requests N      total requests (default 10000000)
  --callers N       number of different tokens, requested in turn (default 200); more than 10,000 per second fill the
                    memory of reused tokens
  --algorithm NAME  signature algorithm (default RS256)
  --json            all samples as JSON`;

const concurrency = 16;
const parts = 20;

interface Plan {
  readonly requests: number;
  readonly callers: number;
  readonly algorithm: 'RS256' | 'ES256';
}

interface Result extends Plan {
  readonly idle: Sample;
  readonly samples: readonly Sample[];
}

const root = join(import.meta.dirname, '..');

async function measure(plan: Plan): Promise<Result> {
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  const folder = mkdtempSync(join(tmpdir(), 'mintproc-memory-'));
  try {
    await using group = new ProcessGroup(folder);
    const minting = { algorithm: plan.algorithm, claims: 0, reuse: true };
    const server = await startSidecar(
      group,
      folder,
      'sidecar',
      onePolicy(minting, algorithms[plan.algorithm].makeKeys()),
    );
    return { ...plan, ...(await sampled(server, plan)) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function sampled(server: Server, { requests, callers }: Plan): Promise<Pick<Result, 'idle' | 'samples'>> {
  const message = Array.from({ length: callers }, (_, caller) => envoyMessage(`/orders/${caller}?tenant=acme`));
  const idle = await sample(server, 0);
  const samples: Sample[] = [];
  for (let part = 1; part <= parts; part++) {
    const sent = Math.round((requests * part) / parts) - Math.round((requests * (part - 1)) / parts);
    await askOver({ address: server.address, message, requests: sent, concurrency });
    const taken = await sample(server, Math.round((requests * part) / parts));
    samples.push(taken);
    process.stderr.write(
      `${taken.requests} requests: ${taken.resident.toFixed(1)} MB, heap ${taken.heap.toFixed(1)} MB\n`,
    );
  }
  const minted = await server.minted();
  if (minted !== requests) throw new Error(`${requests} requests were sent, but ${minted} tokens were minted`);
  return { idle, samples };
}

async function sample(server: Server, requests: number): Promise<Sample> {
  const response = await fetch(`http://127.0.0.1:${server.adminPort}/metrics`);
  const heap = /^nodejs_heap_size_used_bytes (\d+)$/m.exec(await response.text())?.[1];
  return { requests, resident: residentOf(server.pid), heap: Number(heap) / 1e6 };
}

function print({ requests, callers, algorithm, idle, samples }: Result): void {
  const resident = samples.map((taken) => taken.resident);
  const growth = growthPerMillion(samples.slice(parts / 2));
  process.stdout.write(`${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}
${requests} requests, ${algorithm}, ${callers} different tokens, ${concurrency} in flight
idle ${idle.resident.toFixed(1)} MB, under load ${Math.min(...resident).toFixed(1)} to ${Math.max(...resident).toFixed(1)} MB resident
growth over the second half: ${growth.resident.toFixed(3)} MB resident, ${growth.heap.toFixed(3)} MB of heap per million requests\n`);
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean' },
      requests: { type: 'string', default: '10000000' },
      callers: { type: 'string', default: '200' },
      algorithm: { type: 'string', default: 'RS256' },
      json: { type: 'boolean', default: false },
    },
  });
  const [requests, callers, { algorithm }] = [Number(values.requests), Number(values.callers), values];
  const known = algorithm === 'RS256' || algorithm === 'ES256';
  if (values.help === true || !known || !(requests >= parts) || !(callers >= 1)) {
    (values.help === true ? process.stdout : process.stderr).write(`${help}\n`);
    return values.help === true ? 0 : 2;
  }
  const result = await measure({ requests, callers, algorithm });
  if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else print(result);
  return 0;
}

process.exitCode = await main();
