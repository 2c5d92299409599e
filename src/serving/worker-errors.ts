/**
 * @module
 * The errors between the primary and a worker.
 */

/** A worker ended or did not answer in time. Its replacement may succeed. */
export class WorkerLost extends Error {
  override readonly name = 'WorkerLost';
}

/** A worker failed at what the primary succeeded at, which is a defect. */
export class WorkerRefused extends Error {
  override readonly name = 'WorkerRefused';
}
