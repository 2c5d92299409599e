/**
 * @module
 * What a policy writes into its header: its prefix and the token.
 */
import { MintError } from '../diagnostics/mint-error.ts';

/** The values of one policy. The last one is kept: a token that is given out again has no value put together anew. */
export class HeaderValues {
  readonly #prefix: string;
  #token: string | undefined;
  #value = '';

  /** @param prefix ASCII without line breaks, as `policy-output.ts` has checked */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /**
   * @param token in compact serialisation, or whatever a policy makes of it; ASCII: a byte a character
   * @param most bytes of the value
   * @throws MintError where the value is too long or would not stay one header
   */
  of(token: string, most: number): string {
    if (token === this.#token && this.#value.length <= most) return this.#value;
    const value = this.#prefix + token;
    if (value.length > most) {
      throw new MintError('mint.token-too-large', `The header value has more than ${most} bytes.`);
    }
    if (value.includes('\n') || value.includes('\r') || value.includes('\0')) {
      throw new MintError('mint.forbidden-character', 'The header value holds a line break or a zero byte.');
    }
    this.#token = token;
    this.#value = value;
    return value;
  }
}
