/**
 * @module
 * Starts what answers Envoy: this process alone, or workers, which are loaded only where they are wanted.
 */
import { availableParallelism } from 'node:os';
import type { Settings } from '../configuration/configuration-schema.ts';
import { serveHere } from './here.ts';
import type { Serving, ServingOptions } from './serving.ts';

/** @throws ListenError when `listen` cannot be had; WorkerLost, WorkerRefused when the workers do not come up */
export async function startServing(options: ServingOptions): Promise<Serving> {
  const count = workersOf(options.first.snapshot.settings);
  if (count === 1) return serveHere(options);
  const { serveByWorkers } = await import('./workers/serve-by-workers.ts');
  return serveByWorkers(options, count);
}

/** How many processes serve; libuv knows the affinity and the CPU limit of a container. */
export function workersOf({ workers }: Pick<Settings, 'workers'>): number {
  return workers === 'auto' ? availableParallelism() : workers;
}
