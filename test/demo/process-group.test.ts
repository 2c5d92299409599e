/**
 * @module
 * No process outlives the one that started it.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { type Command, describeExit, ProcessGroup } from '../../demo/process-group.ts';
import { untilReady } from '../../demo/readiness.ts';

const logs = mkdtempSync(join(tmpdir(), 'mintproc-group-'));
after(() => rmSync(logs, { recursive: true }));

function shell(name: string, script: string): Command {
  return { name, file: '/bin/sh', args: ['-c', script], cwd: logs };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false; // ESRCH: gone
  }
}

test('leaving the scope stops all', async () => {
  const pids: number[] = [];
  {
    await using group = new ProcessGroup(logs);
    for (const name of ['one', 'two']) pids.push((await group.start(shell(name, 'exec sleep 600'))).pid);
    assert.deepEqual(pids.map(isAlive), [true, true]);
  }
  assert.deepEqual(pids.map(isAlive), [false, false]);
});

test('a process that ends is reported with the end of its log', async () => {
  await using group = new ProcessGroup(logs);
  await group.start(shell('survivor', 'exec sleep 600'));
  await group.start(shell('victim', 'echo my last words; exit 3'));
  const dead = await group.firstExit;
  assert.equal(describeExit(dead), 'victim ended (3). The last lines of victim.log:\n  my last words');
});

test('waiting for a process ends when it ends', async () => {
  await using group = new ProcessGroup(logs);
  const running = await group.start(shell('short', 'exit 4'));
  await assert.rejects(
    untilReady(running, async () => false),
    /^SetupError: short ended \(4\)/,
  );
});

test('a missing program is reported', async () => {
  await using group = new ProcessGroup(logs);
  await assert.rejects(
    group.start({ name: 'none', file: join(logs, 'none'), args: [], cwd: logs }),
    /^SetupError: Cannot start none: .* cannot be run \(ENOENT\)\.$/,
  );
});

test('the processes of a killed parent are killed', async () => {
  const module = join(import.meta.dirname, '..', '..', 'demo', 'process-group.ts');
  const script = `
    import { ProcessGroup } from ${JSON.stringify(module)};
    const group = new ProcessGroup(${JSON.stringify(logs)});
    const { pid } = await group.start({ name: 'left', file: '/bin/sleep', args: ['600'], cwd: '/' });
    console.log(pid);`;
  const parent = spawn(process.execPath, ['--input-type=module-typescript', '-e', script]);
  const [line]: Buffer[] = await once(parent.stdout, 'data');
  const pid = Number(line?.toString());
  assert.equal(isAlive(pid), true);
  parent.kill('SIGKILL');
  const giveUp = Date.now() + 5_000;
  while (isAlive(pid) && Date.now() < giveUp) await pause(10);
  assert.equal(isAlive(pid), false);
});
