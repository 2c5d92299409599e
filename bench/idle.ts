/**
 * @module
 * Measures what an idle mintproc costs: the CPU time of the built program, with all its threads, while nobody asks it
 * anything and while somebody scrapes it.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ProcessGroup } from '../demo/process-group.ts';
import { algorithms } from './algorithms.ts';
import { onePolicy } from './servers/policy-files.ts';
import { cpuOf } from './servers/process-use.ts';
import { startSidecar } from './servers/start-server.ts';

const help = `Usage: node bench/idle.ts [--seconds N]

Starts the example policy, waits until the start is over, and measures the CPU time of two periods: without any request,
and with a scrape of the metrics every 15 seconds.

  --seconds N  length of each period (default 60)`;

/** Seconds until Node has compiled what a start runs. */
const settling = 15;
const scrapeInterval = 15;

const root = join(import.meta.dirname, '..');

/** CPU time in milliseconds for each second. */
async function measure(pid: number, seconds: number, during: () => Promise<void>): Promise<number> {
  const before = cpuOf(pid);
  const began = performance.now();
  const over = delay(seconds * 1000);
  await during();
  await over;
  return (cpuOf(pid) - before) / (performance.now() - began);
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { help: { type: 'boolean' }, seconds: { type: 'string', default: '60' } },
  });
  const seconds = Number(values.seconds);
  if (values.help === true || !(seconds >= 1)) {
    (values.help === true ? process.stdout : process.stderr).write(`${help}\n`);
    return values.help === true ? 0 : 2;
  }
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  const folder = mkdtempSync(join(tmpdir(), 'mintproc-idle-'));
  try {
    await using group = new ProcessGroup(folder);
    const files = onePolicy({ algorithm: 'RS256', claims: 0, reuse: true }, algorithms.RS256.makeKeys());
    const { pid, adminPort } = await startSidecar(group, folder, 'sidecar', files);
    await delay(settling * 1000);
    const idle = await measure(pid, seconds, async () => undefined);
    const scraped = await measure(pid, seconds, async () => {
      for (let scrape = 0; scrape < seconds / scrapeInterval; scrape++) {
        await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text();
        await delay(scrapeInterval * 1000);
      }
    });
    process.stdout.write(
      `CPU time for each second: idle ${idle.toFixed(2)} ms, with a scrape every ${scrapeInterval} s ${scraped.toFixed(2)} ms\n`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
  return 0;
}

process.exitCode = await main();
