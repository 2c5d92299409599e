import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { cpusOf, cpusToKeepAwake, keepAwake } from '../../bench/awake.ts';
import { childrenOf } from '../../bench/servers/process-use.ts';
import { ProcessGroup } from '../../demo/process-group.ts';

const lists: [list: string, cpus: number[]][] = [
  ['0', [0]],
  ['0-3', [0, 1, 2, 3]],
  ['0-1,4,6-7', [0, 1, 4, 6, 7]],
  ['', []],
];

for (const [list, cpus] of lists) test(`CPUs ${list}`, () => assert.deepEqual(cpusOf(list), cpus));

test('a loop runs on each CPU, behind everything else, until the group ends', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'awake-'));
  const cpus = cpusToKeepAwake();
  {
    await using group = new ProcessGroup(folder);
    await keepAwake(group, cpus);
    while (looping().length < cpus.length) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual(
      looping().map(policyOf),
      cpus.map(() => schedIdle),
    );
  }
  assert.deepEqual(looping(), []);
  await rm(folder, { recursive: true });
});

/** Those that have come as far as the loop: a shell, at the lowest priority of its group. */
function looping(): number[] {
  return childrenOf(process.pid).filter((pid) => /^\/bin\/sh.*while :/s.test(commandOf(pid)) && isLast(pid));
}

function isLast(pid: number): boolean {
  return !existsSync('/proc/self/autogroup') || readFileSync(`/proc/${pid}/autogroup`, 'latin1').includes('nice 19');
}

const schedIdle = 5;

function commandOf(pid: number): string {
  return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
}

/** Field 41 of proc_pid_stat(5); the second one may hold blanks. */
function policyOf(pid: number): number {
  const afterName = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1] ?? '';
  return Number(afterName.split(' ')[41 - 3]);
}
