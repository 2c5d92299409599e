/**
 * @module
 * Decodes header blocks (RFC 7541): indexes into the static and the dynamic table, literals, Huffman codes and changes
 * of the table size.
 *
 * The dynamic table has the protocol's default of 4,096 bytes, enough for a proxy to send its usual fields as a few
 * indexes.
 */
import { decodeHuffman } from './huffman.ts';
import { ConnectionError, defaultTableBytes, errorCode } from './protocol.ts';
import { type Field, staticTable } from './static-table.ts';

/** Added to the size of a field's name and value (RFC 7541, 4.1). */
const fieldOverhead = 32;
/** Limits integers to 28 bits. No valid length or index needs more. */
const maxIntegerShift = 21;

export class HpackDecoder {
  readonly #listBytes: number;
  /** Newest last. */
  readonly #table: Field[] = [];
  #tableBytes = 0;
  /** The maximum size that the client chose. */
  #tableSize = defaultTableBytes;
  #version = 0;
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  #end = 0;

  /** @param listBytes maximum size of a header list, counted as for SETTINGS_MAX_HEADER_LIST_SIZE */
  constructor(listBytes: number) {
    this.#listBytes = listBytes;
  }

  /** Changes with every change of the dynamic table. As long as it is the same, equal blocks have equal fields. */
  get version(): number {
    return this.#version;
  }

  /**
   * Decodes the fields of a block, in order. A list that is too large is decoded to its end, to keep the dynamic table
   * in step, but is not returned.
   *
   * @returns undefined if the list is too large
   * @throws ConnectionError COMPRESSION_ERROR
   */
  decode(bytes: Buffer, start: number, end: number): Field[] | undefined {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    const fields: Field[] = [];
    let size = 0;
    while (this.#at < end) {
      const first = bytes[this.#at] ?? 0;
      if ((first & 0xe0) === 0x20) {
        // A size update is allowed at the beginning of a block only (RFC 7541, 4.2).
        if (size > 0) throw malformed('a table size update after a header field');
        this.#resize(this.#integer(5));
        continue;
      }
      const field = this.#field(first);
      size += sizeOf(field);
      if (size <= this.#listBytes) fields.push(field);
    }
    return size > this.#listBytes ? undefined : fields;
  }

  #field(first: number): Field {
    if (first >= 0x80) return this.#indexed(this.#integer(7));
    const incremental = first >= 0x40;
    const index = this.#integer(incremental ? 6 : 4);
    const name = index === 0 ? this.#text() : this.#indexed(index)[0];
    const field: Field = [name, this.#text()];
    if (incremental) this.#remember(field);
    return field;
  }

  #indexed(index: number): Field {
    const field =
      index <= staticTable.length
        ? staticTable[index - 1]
        : this.#table[this.#table.length - index + staticTable.length];
    if (field === undefined) throw malformed('an index outside the tables');
    return field;
  }

  /** An integer whose first byte has `prefix` bits for it (RFC 7541, 5.1). */
  #integer(prefix: number): number {
    const mask = (1 << prefix) - 1;
    let value = this.#byte() & mask;
    if (value < mask) return value;
    for (let shift = 0; shift <= maxIntegerShift; shift += 7) {
      const byte = this.#byte();
      value += (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw malformed('an integer that is too large');
  }

  #text(): string {
    const huffman = (this.#bytes[this.#at] ?? 0) >= 0x80;
    const length = this.#integer(7);
    const start = this.#at;
    const end = start + length;
    if (end > this.#end) throw malformed('a string that exceeds the block');
    this.#at = end;
    const text = huffman ? decodeHuffman(this.#bytes, start, end) : this.#bytes.toString('latin1', start, end);
    if (text === undefined) throw malformed('an invalid Huffman code');
    return text;
  }

  #byte(): number {
    if (this.#at >= this.#end) throw malformed('an incomplete field');
    return this.#bytes[this.#at++] ?? 0;
  }

  #remember(field: Field): void {
    this.#version++;
    this.#table.push(field);
    this.#tableBytes += sizeOf(field);
    this.#evict();
  }

  #resize(size: number): void {
    this.#version++;
    // This server does not change SETTINGS_HEADER_TABLE_SIZE from its default.
    if (size > defaultTableBytes) throw malformed('a table size larger than this server allows');
    this.#tableSize = size;
    this.#evict();
  }

  /** At most 128 fields fit into 4,096 bytes, so moving the rest costs little. */
  #evict(): void {
    while (this.#tableBytes > this.#tableSize) {
      const oldest = this.#table.shift();
      if (oldest === undefined) return;
      this.#tableBytes -= sizeOf(oldest);
    }
  }
}

function sizeOf([name, value]: Field): number {
  return name.length + value.length + fieldOverhead;
}

function malformed(what: string): ConnectionError {
  return new ConnectionError(errorCode.compression, `the header block has ${what}`);
}
