/**
 * @module
 * The folder of a benchmark's files, and the processes that it starts.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProcessGroup } from '../../demo/process-group.ts';

export class OwnFolder implements AsyncDisposable {
  readonly path = mkdtempSync(join(tmpdir(), 'mintproc-bench-'));
  readonly group = new ProcessGroup(this.path);
  readonly #remove = (): void => rmSync(this.path, { recursive: true, force: true });

  constructor() {
    // The folder contains keys, so it is removed even when the run is interrupted.
    process.once('exit', this.#remove);
  }

  /** Stops the processes and removes the folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.group[Symbol.asyncDispose]();
    this.#remove();
    process.off('exit', this.#remove);
  }
}
