/**
 * @module
 * A checker whose process is this one, for tests that check a thousand times; what it says is copied as on its way from
 * one process to another. `test/cli/reload-world.ts` starts the real one.
 */
import type { ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { deserialize, serialize } from 'node:v8';
import type { FileReader } from '../../src/configuration/files.ts';
import { type CheckRequest, check } from '../../src/configuration/reload/check.ts';
import { Checker } from '../../src/configuration/reload/checker.ts';

export function checkerHere(files: FileReader): Checker {
  return new Checker({ start: () => new ChildHere(files) as unknown as ChildProcess });
}

/** As much of a child process as the checker uses. */
class ChildHere extends EventEmitter {
  connected = true;
  readonly #files: FileReader;

  constructor(files: FileReader) {
    super();
    this.#files = files;
  }

  send(request: CheckRequest): void {
    if (request.kind !== 'check') return;
    setImmediate(async () => {
      try {
        await check(deserialize(serialize(request)), { files: this.#files }, (message) => {
          this.emit('message', deserialize(serialize(message)));
        });
      } catch {
        this.connected = false;
        this.emit('exit', 1, null);
      }
    });
  }

  kill(): void {
    setImmediate(() => this.emit('exit', null, 'SIGKILL'));
  }

  disconnect(): void {
    this.connected = false;
  }

  unref(): void {
    // It holds nothing up.
  }
}
