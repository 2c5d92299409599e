/**
 * @module
 * What can go wrong between the primary and a worker.
 */

/** A worker ended, or did not answer in time; whoever comes in its place may do better. */
export class WorkerLost extends Error {
  override readonly name = 'WorkerLost';
}

/** A worker cannot do what the primary could: a defect. */
export class WorkerRefused extends Error {
  override readonly name = 'WorkerRefused';
}
