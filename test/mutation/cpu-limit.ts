/**
 * @module
 * Ends the process when its thread for JavaScript has used up the CPU time of a mutant: a mutant may loop for ever, and
 * then nothing else in that thread runs, and the end of the main process would not be noticed either. CPU time, unlike the time of day, does not pass faster on a busy machine.
 */
import { workerData } from 'node:worker_threads';

/** `[limit]` in microseconds of CPU time of the process. */
const limits = new Float64Array(workerData.shared);

setInterval(() => {
  const { user, system } = process.cpuUsage();
  if (user + system > (limits[0] ?? 0) || process.ppid !== workerData.parent) process.kill(process.pid, 'SIGKILL');
}, 100);
