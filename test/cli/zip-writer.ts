/**
 * Small ZIP archives for tests.
 */
import { crc32, deflateRawSync } from 'node:zlib';

export interface Packed {
  readonly name: string;
  readonly text: string;
  /** In place of the deflated text. */
  readonly deflated?: Buffer;
  /** 0 stores, 8 deflates. */
  readonly method?: number;
  readonly flags?: number;
  /** What the directory says of the unpacked size, where that is not true. */
  readonly claimed?: number;
}

export function zip(entries: readonly Packed[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, text, deflated, method = 8, flags = 0, claimed } of entries) {
    const plain = Buffer.from(text);
    const content = deflated ?? (method === 8 ? deflateRawSync(plain) : plain);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(Buffer.byteLength(name), 26);
    locals.push(local, Buffer.from(name), content);
    const row = Buffer.alloc(46);
    row.writeUInt32LE(0x02014b50, 0);
    row.writeUInt16LE(flags, 8);
    row.writeUInt16LE(method, 10);
    row.writeUInt32LE(crc32(plain), 16);
    row.writeUInt32LE(content.length, 20);
    row.writeUInt32LE(claimed ?? plain.length, 24);
    row.writeUInt16LE(Buffer.byteLength(name), 28);
    row.writeUInt32LE(offset, 42);
    directory.push(row, Buffer.from(name));
    offset += 30 + Buffer.byteLength(name) + content.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, ...directory, end]);
}
