/**
 * @module
 * CPU time and memory of a process and its children, from Linux's /proc.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { cpuOf, residentOf } from '../../bench/servers/process-use.ts';

const busy =
  'const end = Date.now() + 200; while (Date.now() < end); console.log("done"); setInterval(() => {}, 1000);';

async function ended(child: ChildProcess): Promise<void> {
  child.kill();
  await once(child, 'exit');
}

test('CPU time and memory of a child process count for its parent', async () => {
  const [cpu, resident] = [cpuOf(process.pid), residentOf(process.pid)];
  const child = spawn(process.execPath, ['-e', busy], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const used = cpuOf(child.pid ?? 0);
  assert.ok(used > 50_000, `${used} µs`);
  assert.ok(cpuOf(process.pid) - cpu >= used);
  assert.ok(residentOf(process.pid) - resident > 20);
  await ended(child);
});
