/**
 * @module
 * An in-memory socket: the test emits input as `data`, and output is recorded.
 */
import { Duplex } from 'node:stream';

export class SilentSocket extends Duplex {
  readonly written: Buffer[] = [];
  /** Whether writes complete immediately. */
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
