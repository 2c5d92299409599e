/**
 * @module
 * Caches request heads by the bytes of their header block. Envoy sends the same block for almost every stream, and as
 * long as the dynamic table does not change, the same bytes mean the same head.
 */
import type { HpackDecoder } from './hpack-decoder.ts';
import { type RequestHead, readRequestHead } from './request-head.ts';

/** Maximum size of a request's header list, announced as SETTINGS_MAX_HEADER_LIST_SIZE. */
export const maxHeaderListBytes = 32_768;
const maxRememberedHeads = 32;
const maxRememberedBytes = 512;

export type HeadResult = RequestHead | 'malformed' | 'too-large';

interface KnownHead {
  readonly block: Buffer;
  readonly head: HeadResult;
}

/** The cache of one connection. */
export class HeadMemory {
  readonly #decoder: HpackDecoder;
  /** Most recently used first, because nearly always the same head is next. */
  readonly #known: KnownHead[] = [];
  #version = 0;

  constructor(decoder: HpackDecoder) {
    this.#decoder = decoder;
  }

  /** @throws ConnectionError COMPRESSION_ERROR */
  read(bytes: Buffer, start: number, end: number): HeadResult {
    if (end - start > maxRememberedBytes) return this.#decode(bytes, start, end);
    if (this.#version !== this.#decoder.version) {
      this.#known.length = 0;
      this.#version = this.#decoder.version;
    }
    const known = this.#find(bytes, start, end);
    if (known !== undefined) return known.head;
    const block = Buffer.from(bytes.subarray(start, end));
    const head = this.#decode(bytes, start, end);
    if (this.#version === this.#decoder.version) this.#remember({ block, head });
    return head;
  }

  #find(bytes: Buffer, start: number, end: number): KnownHead | undefined {
    const known = this.#known;
    for (let at = 0; at < known.length; at++) {
      const found = known[at];
      if (found === undefined || !isAt(found.block, bytes, start, end)) continue;
      if (at > 0) {
        known.splice(at, 1);
        known.unshift(found);
      }
      return found;
    }
    return undefined;
  }

  #decode(bytes: Buffer, start: number, end: number): HeadResult {
    const fields = this.#decoder.decode(bytes, start, end);
    return fields === undefined ? 'too-large' : (readRequestHead(fields) ?? 'malformed');
  }

  #remember(known: KnownHead): void {
    if (this.#known.length >= maxRememberedHeads) this.#known.length = 0;
    this.#known.unshift(known);
  }
}

/** A loop, because Envoy's blocks have a dozen bytes and a native call costs more. */
function isAt(block: Buffer, bytes: Buffer, start: number, end: number): boolean {
  if (block.length !== end - start) return false;
  for (let at = 0; at < block.length; at++) if (block[at] !== bytes[start + at]) return false;
  return true;
}
