/**
 * @module
 * The server's end of a connection without a network, whose other end may stop taking what is written.
 */
import { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';

export class PeerSocket extends Duplex {
  readonly #receive: (bytes: Buffer) => void;
  #full = false;
  #waiting: { readonly chunk: Buffer; readonly done: () => void } | undefined;

  /** @param receive takes what the server writes */
  constructor(receive: (bytes: Buffer) => void) {
    super();
    this.#receive = receive;
  }

  /** Whether the client reads nothing for now. */
  get isFull(): boolean {
    return this.#full;
  }

  fill(): void {
    this.#full = true;
  }

  /** The client reads on. */
  async empty(): Promise<void> {
    this.#full = false;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting !== undefined) {
      this.#receive(waiting.chunk);
      waiting.done();
    }
    await turn();
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    if (this.#full) {
      this.#waiting = { chunk: Buffer.from(chunk), done };
      return;
    }
    this.#receive(Buffer.from(chunk));
    done();
  }
}
