import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allowOlderLibraries } from './older-glibc.ts';

/** Where the parts of `library` are. */
const [versions, strings, sections] = [64, 128, 192];

/** The least of an ELF library: a section of needed versions, and its strings. @param names of the versions */
function library(names: readonly string[]): Buffer {
  const bytes = Buffer.alloc(sections + 2 * 64);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1]);
  bytes.writeBigUInt64LE(BigInt(sections), 40);
  bytes.writeUInt16LE(2, 60);
  bytes.writeUInt32LE(0x6fff_fffe, sections + 4);
  bytes.writeBigUInt64LE(BigInt(versions), sections + 24);
  bytes.writeUInt32LE(1, sections + 40);
  bytes.writeBigUInt64LE(BigInt(strings), sections + 64 + 24);
  // One library, of which all versions are needed.
  bytes.writeUInt16LE(names.length, versions + 2);
  bytes.writeUInt32LE(16, versions + 8);
  let text = 0;
  for (const [index, name] of names.entries()) {
    const entry = versions + 16 + 16 * index;
    bytes.writeUInt32LE(text, entry + 8);
    bytes.writeUInt32LE(index === names.length - 1 ? 0 : 16, entry + 12);
    text += bytes.write(`${name}\0`, strings + text, 'latin1');
  }
  return bytes;
}

function weakIn(bytes: Buffer, count: number): readonly boolean[] {
  return Array.from({ length: count }, (_, index) => bytes.readUInt16LE(versions + 16 + 16 * index + 4) === 2);
}

const libraries: [name: string, names: string[], glibc: string, weak: boolean[]][] = [
  ['an older C library', ['GLIBC_2.34', 'GLIBC_2.38', 'GLIBCXX_3.4.32'], '2.36', [false, true, true]],
  ['nothing newer is asked for', ['GLIBC_2.34'], '2.36', [false]],
  ['a C library that is new enough', ['GLIBC_2.38'], '2.38', [false]],
];

for (const [name, names, glibc, weak] of libraries) {
  test(`versions that are marked as weak: ${name}`, () => {
    const bytes = library(names);
    assert.equal(allowOlderLibraries(bytes, glibc), weak.includes(true));
    assert.deepEqual(weakIn(bytes, names.length), weak);
  });
}

test('a file of another form is left as it is', () => {
  const bytes = library(['GLIBC_2.38']);
  bytes[4] = 1;
  const before = Buffer.from(bytes);
  assert.equal(allowOlderLibraries(bytes, '2.36'), false);
  assert.deepEqual(bytes, before);
});
