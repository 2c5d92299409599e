/**
 * @module
 * Request heads by the bytes of their header block. Envoy sends the same block for almost every stream, and while the
 * dynamic table does not change the same bytes mean the same head.
 */
import type { HpackDecoder } from './hpack-decoder.ts';
import { type RequestHead, readRequestHead } from './request-head.ts';

/** The largest header list of a request, announced as SETTINGS_MAX_HEADER_LIST_SIZE. */
export const mostListBytes = 32_768;
const mostRemembered = 32;
const mostBytes = 512;

export type HeadResult = RequestHead | 'malformed' | 'too-large';

/** Of one connection. */
export class HeadMemory {
  readonly #decoder: HpackDecoder;
  readonly #heads = new Map<string, HeadResult>();
  #version = 0;

  constructor(decoder: HpackDecoder) {
    this.#decoder = decoder;
  }

  /** @throws ConnectionError COMPRESSION_ERROR */
  read(bytes: Buffer, start: number, end: number): HeadResult {
    if (end - start > mostBytes) return this.#decode(bytes, start, end);
    if (this.#version !== this.#decoder.version) {
      this.#heads.clear();
      this.#version = this.#decoder.version;
    }
    const key = bytes.toString('latin1', start, end);
    const known = this.#heads.get(key);
    if (known !== undefined) return known;
    const head = this.#decode(bytes, start, end);
    if (this.#version === this.#decoder.version) this.#remember(key, head);
    return head;
  }

  #decode(bytes: Buffer, start: number, end: number): HeadResult {
    const fields = this.#decoder.decode(bytes, start, end);
    return fields === undefined ? 'too-large' : (readRequestHead(fields) ?? 'malformed');
  }

  #remember(key: string, head: HeadResult): void {
    if (this.#heads.size >= mostRemembered) this.#heads.clear();
    this.#heads.set(key, head);
  }
}
