/**
 * @module
 * Signatures that are made on other threads while the event loop goes on: those of libuv's pool, which all of the process
 * shares. So many are on their way at once; whoever wants another one signs by itself, which keeps more from coming.
 */
import type { SignByThread } from './sign.ts';

/** Signs, and calls `done` once in a later turn. @returns false where it does not, and `done` is not called */
export type SignLater = (signingInput: string, done: SignatureDone) => boolean;

/** Told the signature in base64url, or why there is none. */
export type SignatureDone = (signature: string | Error) => void;

const always = (): boolean => true;

export class SigningThreads {
  readonly #most: number;
  readonly #pay: () => boolean;
  #onTheirWay = 0;

  /**
   * @param most signatures at once. More than there are threads, so that a thread need not wait for the event loop
   * @param pay whether a signature made there is worth what it costs more
   */
  constructor(most: number, pay: () => boolean = always) {
    this.#most = most;
    this.#pay = pay;
  }

  signer(sign: SignByThread): SignLater {
    return (signingInput, done) => {
      if (this.#onTheirWay >= this.#most || !this.#pay()) return false;
      sign(signingInput, (signature) => {
        this.#onTheirWay--;
        done(signature);
      });
      this.#onTheirWay++;
      return true;
    };
  }
}
