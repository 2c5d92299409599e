/**
 * @module
 * A header block that spans several frames: HEADERS, then CONTINUATION frames until one ends it (RFC 9113, 4.3 and
 * 6.10).
 */
import { ConnectionError, errorCode } from './protocol.ts';

/**
 * Maximum compressed bytes of one block. It stops a CONTINUATION flood (CVE-2024-27316 and similar). @internal Exported
 * for the test at the limit.
 */
export const maxBlockBytes = 65_536;
/**
 * Maximum CONTINUATION frames of one block, because empty frames would never reach the limit in bytes. @internal
 * Exported for the test at the limit.
 */
export const maxContinuations = 16;

export class HeaderBlock {
  readonly stream: number;
  readonly endStream: boolean;
  readonly #parts: Buffer[] = [];
  #length = 0;

  /** @param first copied, because the socket's buffer is reused */
  constructor(stream: number, endStream: boolean, first: Buffer) {
    this.stream = stream;
    this.endStream = endStream;
    this.#parts.push(Buffer.from(first));
    this.#length = first.length;
  }

  /** @throws ConnectionError ENHANCE_YOUR_CALM */
  add(part: Buffer): void {
    this.#length += part.length;
    if (this.#length > maxBlockBytes || this.#parts.length > maxContinuations) {
      throw new ConnectionError(errorCode.enhanceYourCalm, 'a header block is too large');
    }
    this.#parts.push(Buffer.from(part));
  }

  get whole(): Buffer {
    return Buffer.concat(this.#parts, this.#length);
  }
}
