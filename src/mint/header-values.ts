/**
 * @module
 * The header value that a policy writes: its prefix and the token.
 */
import { MintError } from '../diagnostics/mint-error.ts';

/** The header values of one policy. The last one is kept, so a reused token needs no new string. */
export class HeaderValues {
  readonly #prefix: string;
  #token: string | undefined;
  #value = '';

  /** @param prefix ASCII without line breaks, checked by `policy-output.ts` */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /**
   * @param token in compact serialization, or what the policy makes of it, in ASCII: each character is one byte
   * @param maxBytes maximum size of the value
   * @throws MintError if the value is too long, or contains a character that would end the header
   */
  of(token: string, maxBytes: number): string {
    if (token === this.#token && this.#value.length <= maxBytes) return this.#value;
    const value = this.#prefix + token;
    if (value.length > maxBytes) {
      throw new MintError('mint.token-too-large', `The header value has more than ${maxBytes} bytes.`);
    }
    if (value.includes('\n') || value.includes('\r') || value.includes('\0')) {
      throw new MintError('mint.forbidden-character', 'The header value contains a line break or a zero byte.');
    }
    this.#token = token;
    this.#value = value;
    return value;
  }
}
