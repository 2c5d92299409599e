/**
 * @module
 * Header blocks to header fields (RFC 7541): indexes into the static and the dynamic table, literals, Huffman codes and
 * changes of the table's size.
 *
 * The dynamic table has the protocol's default of 4,096 bytes: enough for a proxy to send what it always sends as a few
 * indexes.
 */
import { decodeHuffman } from './huffman.ts';
import { ConnectionError, defaultTableBytes, errorCode } from './protocol.ts';
import { type Field, staticTable } from './static-table.ts';

/** What a field counts beside its name and value (RFC 7541, 4.1). */
const fieldOverhead = 32;
/** No length or index of a sensible block needs more than 28 bits. */
const maxIntegerShift = 21;

export class HpackDecoder {
  readonly #listBytes: number;
  /** Newest last. */
  readonly #table: Field[] = [];
  #tableBytes = 0;
  /** What the client chose. */
  #tableSize = defaultTableBytes;
  #version = 0;
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  #end = 0;

  /** @param listBytes the largest header list, as SETTINGS_MAX_HEADER_LIST_SIZE counts it */
  constructor(listBytes: number) {
    this.#listBytes = listBytes;
  }

  /** Changes whenever the dynamic table does: while it stays, a block means the same whenever it comes. */
  get version(): number {
    return this.#version;
  }

  /**
   * The fields of a block, in order. A list that is too large is decoded to its end, because the table must follow it,
   * and is not kept.
   *
   * @returns undefined where the list is too large
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
        // A change of size stands at the beginning of a block only (RFC 7541, 4.2).
        if (size > 0) throw broken('a change of the table size amid header fields');
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
    if (field === undefined) throw broken('an index that no table has');
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
    throw broken('an integer that is too large');
  }

  #text(): string {
    const huffman = (this.#bytes[this.#at] ?? 0) >= 0x80;
    const length = this.#integer(7);
    const start = this.#at;
    const end = start + length;
    if (end > this.#end) throw broken('a string that passes the end of its block');
    this.#at = end;
    const text = huffman ? decodeHuffman(this.#bytes, start, end) : this.#bytes.toString('latin1', start, end);
    if (text === undefined) throw broken('a malformed Huffman code');
    return text;
  }

  #byte(): number {
    if (this.#at >= this.#end) throw broken('a block that ends amid a field');
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
    // SETTINGS_HEADER_TABLE_SIZE is left at its default.
    if (size > defaultTableBytes) throw broken('a table larger than this server allows');
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

function broken(what: string): ConnectionError {
  return new ConnectionError(errorCode.compression, `a header block holds ${what}`);
}
