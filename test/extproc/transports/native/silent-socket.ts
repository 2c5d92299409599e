/**
 * @module
 * A socket without a network: what comes is emitted as `data` by the test, and what goes out is kept.
 */
import { Duplex } from 'node:stream';

export class SilentSocket extends Duplex {
  readonly written: Buffer[] = [];
  /** Whether what is written is taken at once. */
  readonly #takes: boolean;
  readonly #keeps: boolean;

  constructor({ takes = true, keeps = true } = {}) {
    super();
    this.#takes = takes;
    this.#keeps = keeps;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    if (this.#keeps) this.written.push(Buffer.from(chunk));
    if (this.#takes) done();
  }
}
