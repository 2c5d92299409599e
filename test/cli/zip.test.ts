import assert from 'node:assert/strict';
import { test } from 'node:test';
import { constants, deflateRawSync } from 'node:zlib';
import { isZip, maxBytes, maxEntries, readZip, ZipError } from '../../src/cli/zip.ts';
import { type Packed, zip } from './zip-writer.ts';

const all = (): boolean => true;

test('stored and deflated entries are read, folders and unwanted ones are not', () => {
  const archive = zip([
    { name: 'a/', text: '', method: 0 },
    { name: 'a/é.xml', text: 'stored', method: 0 },
    { name: 'b.xml', text: 'deflated '.repeat(100) },
    { name: 'c.txt', text: 'x' },
  ]);
  const read = readZip(archive, (name) => name.endsWith('.xml')).map(({ name, bytes }) => [name, bytes.toString()]);
  assert.deepEqual(read, [
    ['a/é.xml', 'stored'],
    ['b.xml', 'deflated '.repeat(100)],
  ]);
});

test('an archive is known by its first bytes', () => {
  assert.deepEqual(
    [isZip(zip([])), isZip(zip([{ name: 'a', text: '' }])), isZip(Buffer.from('<a/>')), isZip(Buffer.alloc(0))],
    [true, true, false, false],
  );
});

const one: Packed = { name: 'a.xml', text: 'text' };
const cut = (archive: Buffer, from: number, to: number): Buffer =>
  Buffer.concat([archive.subarray(0, from), archive.subarray(to)]);

const refused: [name: string, archive: Buffer, message: RegExp][] = [
  ['no directory', Buffer.from('PK\x03\x04'), /damaged/],
  ['a directory that points nowhere', cut(zip([one]), 0, 30), /damaged/],
  ['an encrypted entry', zip([{ ...one, flags: 1 }]), /encrypted/],
  ['another method', zip([{ ...one, method: 12 }]), /other than deflate/],
  ['a size that is too small', zip([{ ...one, text: 'x'.repeat(1000), claimed: 10 }]), /damaged/],
  ['a size that is too large', zip([{ ...one, claimed: 10 }]), /damaged/],
  ['more bytes than are read', zip([{ ...one, claimed: maxBytes + 1 }]), /more than 67108864 bytes/],
  [
    'more entries than are read',
    zip(Array.from({ length: maxEntries + 1 }, () => ({ ...one, text: '' }))),
    /more than 5000/,
  ],
];

for (const [name, archive, message] of refused) {
  test(`a ZIP archive is refused: ${name}`, () => {
    assert.throws(
      () => readZip(archive, all),
      (error) => error instanceof ZipError && message.test(error.message),
    );
  });
}

test('an entry that inflates to more than its directory says is not inflated to its end', () => {
  // Zeros, a megabyte after the other, so that this test does not need the memory itself.
  const megabyte = deflateRawSync(Buffer.alloc(1 << 20), { finishFlush: constants.Z_FULL_FLUSH });
  const deflated = Buffer.concat([...Array.from({ length: 400 }, () => megabyte), deflateRawSync(Buffer.alloc(0))]);
  const archive = zip([{ ...one, deflated, claimed: 10 }]);
  const before = process.resourceUsage().maxRSS;
  assert.throws(() => readZip(archive, all), ZipError);
  const kilobytes = process.resourceUsage().maxRSS - before;
  assert.ok(kilobytes < 100 * 1024, `it took ${kilobytes} kB`);
});

test('5,000 entries are read', () => {
  const archive = zip(Array.from({ length: maxEntries }, (_, index) => ({ name: `${index}`, text: '', method: 0 })));
  assert.equal(readZip(archive, all).length, maxEntries);
});
