import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Awake, cpusOf, cpusToKeepAwake } from '../../bench/awake.ts';
import { childrenOf } from '../../bench/servers/process-use.ts';
import { ProcessGroup } from '../../demo/process-group.ts';

const lists: [list: string, cpus: number[]][] = [
  ['0', [0]],
  ['0-3', [0, 1, 2, 3]],
  ['0-1,4,6-7', [0, 1, 4, 6, 7]],
  ['', []],
];

for (const [list, cpus] of lists) test(`CPUs ${list}`, () => assert.deepEqual(cpusOf(list), cpus));

test('loops run while something is measured, behind everything else, and no longer', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'awake-'));
  await using group = new ProcessGroup(folder);
  const cpus = cpusToKeepAwake();
  const looping = (): number[] => childrenOf(process.pid).filter((pid) => commandOf(pid).includes('while :'));
  const policies = await new Awake(group, cpus).during(async () => {
    while (looping().some((pid) => policyOf(pid) !== schedIdle)) await new Promise((resolve) => setTimeout(resolve, 5));
    return looping().map(policyOf);
  });
  assert.deepEqual(
    policies,
    cpus.map(() => schedIdle),
  );
  assert.deepEqual(looping(), []);
  await rm(folder, { recursive: true });
});

test('they end with an error as well', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'awake-'));
  await using group = new ProcessGroup(folder);
  const failing = new Awake(group, cpusToKeepAwake()).during(() => Promise.reject(new Error('none')));
  await assert.rejects(failing, { message: 'none' });
  assert.deepEqual(
    childrenOf(process.pid).filter((pid) => commandOf(pid).includes('while :')),
    [],
  );
  await rm(folder, { recursive: true });
});

const schedIdle = 5;

function commandOf(pid: number): string {
  return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
}

/** Field 41 of proc_pid_stat(5); the second one may hold blanks. */
function policyOf(pid: number): number {
  const afterName = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1] ?? '';
  return Number(afterName.split(' ')[41 - 3]);
}
