/**
 * @module
 * CPU time (of all threads) and resident memory of a process and its child processes. Reads Linux's /proc.
 */
import { readdirSync, readFileSync } from 'node:fs';

/** CPU time so far, in microseconds. */
export function cpuOf(pid: number): number {
  let nanoseconds = 0;
  for (const folder of threads(pid)) nanoseconds += Number(readFileSync(`${folder}/schedstat`, 'latin1').split(' ')[0]);
  return nanoseconds / 1000 + total(childrenOf(pid), cpuOf);
}

/** Megabytes (of 10^6 bytes). */
export function residentOf(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
  return (Number(kilobytes) * 1024) / 1e6 + total(childrenOf(pid), residentOf);
}

export function childrenOf(pid: number): number[] {
  return threads(pid).flatMap((folder) =>
    readFileSync(`${folder}/children`, 'latin1')
      .split(' ')
      .filter((text) => text !== '')
      .map(Number),
  );
}

function threads(pid: number): string[] {
  const folder = `/proc/${pid}/task`;
  return readdirSync(folder).map((thread) => `${folder}/${thread}`);
}

function total(pids: readonly number[], use: (pid: number) => number): number {
  return pids.reduce((sum, pid) => sum + use(pid), 0);
}
