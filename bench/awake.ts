/**
 * @module
 * Keeps the CPUs of a virtual machine from halting. One that halts goes back to the host, which may give it to somebody else
 * for milliseconds, and with it the caches; then a request costs up to half as much again, and every figure is about the
 * neighbours. A loop on each CPU that runs when nobody else wants to leaves the host nothing to take.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { ProcessGroup } from '../demo/process-group.ts';

/**
 * SCHED_IDLE (`ranIdly`) counts among the processes of one session, of which Linux makes a group of its own; the group itself is
 * made to weigh as little as it can (sched(7), "The autogroup feature"). Where there are no such groups, nothing is lost.
 */
const loop = ['/bin/sh', '-c', 'echo 19 > /proc/self/autogroup; while :; do :; done'];

/** Loops on these CPUs until the group ends. */
export async function keepAwake(group: ProcessGroup, cpus: readonly number[]): Promise<void> {
  await Promise.all(
    cpus.map((cpu) => {
      const [file = '', ...args] = ranIdly(cpu, loop);
      return group.start({ name: `awake-${cpu}`, file, args, cwd: '/' });
    }),
  );
}

/** The CPUs that would halt and can be kept from it: those of a virtual machine where util-linux is installed. */
export function cpusToKeepAwake(): readonly number[] {
  if (!/^flags\s*:.* hypervisor/m.test(readFileSync('/proc/cpuinfo', 'latin1'))) return [];
  const cpus = cpusOf(/^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1] ?? '');
  const [file = '', ...args] = ranIdly(cpus[0] ?? 0, ['true']);
  try {
    execFileSync(file, args, { stdio: 'ignore' });
  } catch {
    return []; // no such commands, or not allowed here
  }
  return cpus;
}

/** @param list as of cpuset(7): `0-2,5` */
export function cpusOf(list: string): number[] {
  return list.split(',').flatMap((part) => {
    const [first = Number.NaN, last = first] = part.split('-').map(Number);
    return Number.isNaN(first) || part === '' ? [] : Array.from({ length: last - first + 1 }, (_, at) => first + at);
  });
}

function ranIdly(cpu: number, command: readonly string[]): string[] {
  return ['taskset', '--cpu-list', String(cpu), 'chrt', '--idle', '0', ...command];
}
