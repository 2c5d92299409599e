/**
 * @module
 * Ends the process when its thread for JavaScript has used up the CPU time of a mutant, or memory without bound: a
 * mutant may loop for ever, and then nothing else in that thread runs, and the end of the main process would not be
 * noticed either. CPU time, unlike the time of day, does not pass faster on a busy machine. Node's limit of the heap
 * does not count buffers.
 */
import { workerData } from 'node:worker_threads';

export interface LimitData {
  /** Of one double: microseconds of CPU time of the process. */
  readonly cpu: SharedArrayBuffer;
  /** Bytes of resident memory. */
  readonly memory: number;
  /** The process that waits for this one. */
  readonly parent: number;
}

const { cpu, memory, parent }: LimitData = workerData;
const cpuLimit = new Float64Array(cpu);

setInterval(() => {
  const { user, system } = process.cpuUsage();
  const isOver = user + system > (cpuLimit[0] ?? 0) || process.memoryUsage.rss() > memory;
  if (isOver || process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
}, 100);
