/**
 * @module
 * HPACK as RFC 7541 describes it, without what makes the decoder fast: each block is a copy, a table is a list whose
 * first field is the newest, and nothing is remembered of a block. It shares the static table and the Huffman code.
 */
import { decodeHuffman } from '../../../../src/extproc/transports/native/huffman.ts';
import { type Field, staticTable } from '../../../../src/extproc/transports/native/static-table.ts';

/** RFC 7541 section 4.2 and RFC 9113 section 6.5.2. */
const largestTable = 4_096;
/** Of an integer after its first byte: the decoder's own limit. */
const maxBytes = 4;

/** The blocks of one connection, in order. */
export class HpackModel {
  #table: Field[] = [];
  #size = largestTable;
  #left: number[] = [];

  /** @returns undefined if the block is malformed, after which the connection is over */
  decode(block: Uint8Array): Field[] | undefined {
    this.#left = [...block];
    const fields: Field[] = [];
    while (this.#left.length > 0) {
      const first = this.#left[0] ?? 0;
      const field = first >> 5 === 1 ? this.#update(fields) : this.#field(first);
      if (field === undefined) return undefined;
      if (field !== 'update') fields.push(field);
    }
    return fields;
  }

  /** Section 6.3. */
  #update(before: readonly Field[]): 'update' | undefined {
    const size = this.#integer(5);
    if (size === undefined || before.length > 0 || size > largestTable) return undefined;
    this.#size = size;
    this.#evict();
    return 'update';
  }

  /** Sections 6.1 and 6.2. */
  #field(first: number): Field | undefined {
    if (first >= 0x80) return this.#at(this.#integer(7));
    const isKept = first >= 0x40;
    const index = this.#integer(isKept ? 6 : 4);
    const name = index === 0 ? this.#text() : this.#at(index)?.[0];
    const value = name === undefined ? undefined : this.#text();
    if (name === undefined || value === undefined) return undefined;
    if (isKept) this.#table.unshift([name, value]);
    this.#evict();
    return [name, value];
  }

  /** Section 2.3.3. */
  #at(index: number | undefined): Field | undefined {
    return index === undefined ? undefined : [undefined, ...staticTable, ...this.#table][index];
  }

  /** Section 5.1. */
  #integer(prefix: number): number | undefined {
    const most = 2 ** prefix - 1;
    const first = this.#left.shift();
    if (first === undefined) return undefined;
    const value = first % 2 ** prefix;
    if (value < most) return value;
    const end = this.#left.slice(0, maxBytes).findIndex((byte) => byte < 128);
    if (end === -1) return undefined;
    const bytes = this.#left.splice(0, end + 1);
    return bytes.reduce((sum, byte, place) => sum + (byte % 128) * 128 ** place, most);
  }

  /** Section 5.2. */
  #text(): string | undefined {
    const isHuffman = (this.#left[0] ?? 0) >= 0x80;
    const length = this.#integer(7);
    if (length === undefined || length > this.#left.length) return undefined;
    const bytes = Buffer.from(this.#left.splice(0, length));
    return isHuffman ? decodeHuffman(bytes, 0, bytes.length) : bytes.toString('latin1');
  }

  /** Section 4.1: each field counts 32 bytes more. */
  #evict(): void {
    const sizeOf = ([name, value]: Field): number => name.length + value.length + 32;
    while (this.#table.reduce((sum, field) => sum + sizeOf(field), 0) > this.#size) this.#table.pop();
  }
}
