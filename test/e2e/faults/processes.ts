/**
 * @module
 * Faults of processes: they are killed, stopped and slowed down.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { servingProcesses } from '../soak/sample.ts';
import type { Fault } from './fault.ts';
import type { Stage } from './stage.ts';

const memoryGroups = '/sys/fs/cgroup/memory';

const connectFails = 'cluster.mintproc.upstream_cx_connect_fail';

async function killWorkers(stage: Stage): Promise<void> {
  for (let kills = 0; kills < 3; kills++) {
    await stage.world.untilSeen('both workers', async () => serving(await stage.world.readiness()) === 2);
    const workers = stage.workers();
    process.kill(stage.dice.pick(workers), 'SIGKILL');
    await stage.sometime(100, 600);
  }
}

function serving(readiness: Awaited<ReturnType<Stage['world']['readiness']>>): unknown {
  return (readiness?.body['workers'] as { readonly serving?: number } | undefined)?.serving;
}

/** As a platform restarts it. It is over when the readiness probe says so. */
async function restart(stage: Stage): Promise<void> {
  const started = stage.startMintproc();
  while ((await stage.world.readiness())?.status !== 200) await pause(20);
  stage.over();
  await started;
}

function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) process.kill(pid, signal);
}

export const processFaults = {
  'workers-killed': {
    what: 'workers are killed, one after the other',
    begin: async (stage) => {
      await killWorkers(stage);
      return undefined;
    },
    grows: ['mintproc_worker_restarts_total'],
    log: ['A worker ended and is replaced.'],
  },
  'mintproc-killed': {
    what: 'mintproc is killed, and its platform restarts it',
    begin: async (stage) => {
      await stage.world.stopMintproc();
      return () => restart(stage);
    },
    envoy: [connectFails],
  },
  'mintproc-stopped': {
    what: 'mintproc is stopped with its workers (SIGSTOP), and continues',
    begin: async (stage) => {
      const pids = servingProcesses(stage.world.sidecar.pid);
      signalAll(pids, 'SIGSTOP');
      return () => signalAll(pids, 'SIGCONT');
    },
    lasts: [1_000, 5_000],
  },
  'worker-stopped': {
    what: 'one of two workers is stopped, and continues',
    begin: async (stage) => {
      // Envoy's connections are with the one that has more open.
      const [pid = 0] = stage.workers().toSorted((a, b) => stage.descriptorsOf(b) - stage.descriptorsOf(a));
      process.kill(pid, 'SIGSTOP');
      return () => void process.kill(pid, 'SIGCONT');
    },
    lasts: [1_000, 5_000],
  },
  'envoy-killed': {
    what: 'Envoy is killed and restarted',
    begin: async ({ world }) => {
      world.envoy.signal('SIGKILL');
      await world.envoy.ended;
      return () => world.startEnvoy();
    },
    lasts: [200, 1_000],
    breaksConnections: true,
  },
  'envoy-stopped': {
    what: 'Envoy is stopped, and continues',
    begin: async ({ world }) => {
      world.envoy.signal('SIGSTOP');
      return () => world.envoy.signal('SIGCONT');
    },
    delays: true,
  },
  'descriptors-exhausted': {
    what: 'mintproc gets no more descriptors, and connections keep coming',
    begin: exhaust,
  },
  'memory-short': {
    what: 'the memory of mintproc is limited to less than it uses',
    begin: limitMemory,
    missing: noMemoryGroup(),
  },
} as const satisfies Record<string, Fault>;

/** The limit of each process is what it has open. */
async function exhaust(stage: Stage): Promise<() => void> {
  const pids = servingProcesses(stage.world.sidecar.pid);
  const limits = pids.map((pid) => {
    const [, soft = '', hard = ''] =
      /^Max open files\s+(\d+)\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/limits`, 'utf8')) ?? [];
    execFileSync('prlimit', ['--pid', String(pid), `--nofile=${stage.descriptorsOf(pid)}:${hard}`]);
    return { pid, soft, hard };
  });
  const dropped = stage.connect(stage.world.ports.mintproc, 300);
  stage.publish();
  return () => {
    for (const { pid, soft, hard } of limits)
      execFileSync('prlimit', ['--pid', String(pid), `--nofile=${soft}:${hard}`]);
    for (const socket of dropped) socket.destroy();
  };
}

function noMemoryGroup(): string | undefined {
  const isThere = existsSync(join(memoryGroups, 'memory.limit_in_bytes')) && process.getuid?.() === 0;
  return isThere ? undefined : 'a memory cgroup (v1) cannot be made here';
}

async function limitMemory(stage: Stage): Promise<() => Promise<void>> {
  const group = join(memoryGroups, `mintproc-faults-${process.pid}`);
  const set = (file: string, value: number): void => writeFileSync(join(group, file), String(value));
  mkdirSync(group);
  const pids = servingProcesses(stage.world.sidecar.pid);
  for (const pid of pids) set('cgroup.procs', pid);
  // What they have already counts where it was allocated; what they allocate from now on counts here.
  const limit = 8 << 20;
  set('memory.limit_in_bytes', limit);
  stage.publish();
  return async () => {
    set('memory.limit_in_bytes', -1);
    if (!stage.world.runs) await restart(stage);
    for (const pid of pids)
      if (existsSync(`/proc/${pid}`)) writeFileSync(join(memoryGroups, 'cgroup.procs'), String(pid));
    for (const pid of groupMembers(group)) writeFileSync(join(memoryGroups, 'cgroup.procs'), String(pid));
    await stage.world.untilSeen('an empty group', async () => groupMembers(group).length === 0);
    rmdirSync(group);
  };
}

function groupMembers(group: string): readonly number[] {
  return readFileSync(join(group, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number);
}
