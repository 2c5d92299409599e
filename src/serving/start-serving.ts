/**
 * @module
 * Starts serving, in this process or by workers. The code for workers is loaded only if it is needed.
 */
import { availableParallelism } from 'node:os';
import type { Settings } from '../configuration/configuration-schema.ts';
import { serveInProcess } from './serve-in-process.ts';
import type { Serving, ServingOptions } from './serving.ts';

/** @throws ListenError when it cannot listen; WorkerLost, WorkerRefused when the workers do not start */
export async function startServing(options: ServingOptions): Promise<Serving> {
  const count = workersOf(options.first.snapshot.settings);
  if (count === 1) return serveInProcess(options);
  const { serveByWorkers } = await import('./workers/serve-by-workers.ts');
  return serveByWorkers(options, count);
}

/**
 * The number of processes that serve. `availableParallelism` respects the CPU affinity and the CPU limit of a
 * container. @internal Exported for its test: starting that many processes would only show the same.
 */
export function workersOf({ workers }: Pick<Settings, 'workers'>): number {
  return workers === 'auto' ? availableParallelism() : workers;
}
