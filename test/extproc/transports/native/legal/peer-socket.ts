/**
 * @module
 * The server's end of an in-memory connection, whose client may stop reading.
 */
import { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';

export class PeerSocket extends Duplex {
  readonly #receive: (bytes: Buffer) => void;
  #full = false;
  #waiting: { readonly chunk: Buffer; readonly done: () => void } | undefined;

  /** @param receive receives the server's output */
  constructor(receive: (bytes: Buffer) => void) {
    super();
    this.#receive = receive;
  }

  /** Whether the client has paused reading. */
  get isFull(): boolean {
    return this.#full;
  }

  fill(): void {
    this.#full = true;
  }

  /** The client resumes reading. */
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
