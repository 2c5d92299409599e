/**
 * @module
 * The entries of a ZIP archive (PKWARE APPNOTE 4.3), stored or deflated: what proxy bundles are packed with.
 *
 * Bounded, since an archive of kilobytes can hold gigabytes. Encrypted entries, ZIP64 and several volumes are refused.
 */
import { inflateRawSync } from 'node:zlib';

export interface ZipEntry {
  readonly name: string;
  readonly bytes: Buffer;
}

/** @internal Exported for the test at the limit. */
export const maxEntries = 5_000;
/** Of all entries together, unpacked. */
export const maxBytes = 64 * 1024 * 1024;

/** Why an archive cannot be read, as the end of a sentence that begins with its name. */
export class ZipError extends Error {
  override readonly name = 'ZipError';
}

const signatures = { local: 0x04034b50, central: 0x02014b50, end: 0x06054b50 };

export function isZip(bytes: Buffer): boolean {
  return bytes.length >= 4 && (bytes.readUInt32LE(0) === signatures.local || bytes.readUInt32LE(0) === signatures.end);
}

/**
 * The entries whose names `wanted` accepts, without folders.
 *
 * @throws ZipError
 */
export function readZip(bytes: Buffer, wanted: (name: string) => boolean): readonly ZipEntry[] {
  try {
    return entriesOf(bytes, wanted);
  } catch (error) {
    // Reading past the end, or zlib's error for damaged data.
    if (error instanceof RangeError || (error instanceof Error && 'code' in error)) throw new ZipError('is damaged');
    throw error;
  }
}

function entriesOf(bytes: Buffer, wanted: (name: string) => boolean): readonly ZipEntry[] {
  const end = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end === -1) throw new ZipError('is damaged');
  const count = bytes.readUInt16LE(end + 10);
  if (count > maxEntries) throw new ZipError(`has more than ${maxEntries} entries`);
  const entries: ZipEntry[] = [];
  const names = new Set<string>();
  let total = 0;
  let at = bytes.readUInt32LE(end + 16);
  for (let index = 0; index < count; index++) {
    if (bytes.readUInt32LE(at) !== signatures.central) throw new ZipError('is damaged');
    const nameLength = bytes.readUInt16LE(at + 28);
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength);
    if (!name.endsWith('/') && wanted(name)) {
      // Which of two the gateway took, readers of archives do not agree on.
      if (names.has(name)) throw new ZipError('holds two files of the same name');
      names.add(name);
      const entry = { name, bytes: contentAt(bytes, at, maxBytes - total) };
      total += entry.bytes.length;
      entries.push(entry);
    }
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return entries;
}

/** The content of the entry that the central directory describes at `at`. */
function contentAt(bytes: Buffer, at: number, left: number): Buffer {
  const encrypted = (bytes.readUInt16LE(at + 8) & 1) !== 0;
  const method = bytes.readUInt16LE(at + 10);
  const packed = bytes.readUInt32LE(at + 20);
  const unpacked = bytes.readUInt32LE(at + 24);
  const local = bytes.readUInt32LE(at + 42);
  if (encrypted) throw new ZipError('has encrypted entries');
  if (unpacked > left) throw new ZipError(`holds more than ${maxBytes} bytes`);
  const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
  const content = bytes.subarray(start, start + packed);
  if (content.length !== packed) throw new ZipError('is damaged');
  if (method === 0) return content;
  if (method !== 8) throw new ZipError('uses a compression method other than deflate');
  // The directory may be wrong about the size; zlib stops at that size.
  const inflated = inflateRawSync(content, { maxOutputLength: Math.max(1, unpacked) });
  if (inflated.length !== unpacked) throw new ZipError('is damaged');
  return inflated;
}
