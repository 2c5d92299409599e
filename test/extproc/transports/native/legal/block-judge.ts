/**
 * @module
 * A strict reader of the header blocks that a server sends (RFC 7541), independent of `src/`: it insists on the table
 * size update that RFC 9113, 4.3.1, asks for, and refuses what this server has no reason to send.
 */
import { Finding } from '../../../../search/search.ts';

/** The allowed entries of the static table. */
const wholeFields: ReadonlyMap<number, readonly [string, string]> = new Map([[8, [':status', '200']]]);
const names: ReadonlyMap<number, string> = new Map([[31, 'content-type']]);

export class BlockJudge {
  /** The size that the client allows, and the smallest since the last block if an update is required. */
  #allowed = 4096;
  #due: number | undefined;
  /** The size that the server chose. */
  #chosen = 4096;
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;

  /** The server has acknowledged SETTINGS with these sizes, in this order. */
  acknowledged(sizes: readonly number[]): void {
    for (const size of sizes) {
      if (size < this.#allowed) this.#due = Math.min(size, this.#due ?? size);
      this.#allowed = size;
    }
  }

  /** @throws Finding */
  read(block: Buffer): Map<string, string> {
    this.#bytes = block;
    this.#at = 0;
    this.#updates();
    const fields = new Map<string, string>();
    while (this.#at < block.length) {
      const [name, value] = this.#field(block[this.#at] ?? 0);
      if (fields.has(name)) throw new Finding(`the field ${name} is repeated in a header block`);
      fields.set(name, value);
    }
    return fields;
  }

  #updates(): void {
    for (let count = 0; ((this.#bytes[this.#at] ?? 0) & 0xe0) === 0x20; count++) {
      const size = this.#integer(5);
      const limit = this.#due ?? this.#allowed;
      if (size > limit || count > 1) throw new Finding(`a table size update to ${size} where ${limit} is allowed`);
      this.#due = undefined;
      this.#chosen = size;
    }
    if (this.#due !== undefined) throw new Finding(`no table size update after SETTINGS lowered it to ${this.#due}`);
    if (this.#chosen > 4096) throw new Finding('the table grew without being used');
  }

  #field(first: number): readonly [string, string] {
    if (first >= 0x80) {
      const index = this.#integer(7);
      const field = wholeFields.get(index);
      if (field === undefined) throw new Finding(`a header block with the index ${index}`);
      return field;
    }
    if (first >= 0x20) throw new Finding('a header block that changes the table');
    const index = this.#integer(4);
    const name = index === 0 ? this.#text() : names.get(index);
    if (name === undefined) throw new Finding(`a header block with the name ${index}`);
    return [name, this.#text()];
  }

  #text(): string {
    if ((this.#bytes[this.#at] ?? 0) >= 0x80) throw new Finding('a header block with a Huffman code');
    const length = this.#integer(7);
    const text = this.#bytes.toString('latin1', this.#at, this.#at + length);
    this.#at += length;
    if (this.#at > this.#bytes.length) throw new Finding('a header block that is cut');
    return text;
  }

  #integer(bits: number): number {
    const mask = (1 << bits) - 1;
    let value = this.#byte() & mask;
    if (value < mask) return value;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  #byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new Finding('a header block that is cut');
    return byte;
  }
}
