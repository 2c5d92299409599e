import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { HpackDecoder } from '../../../../src/extproc/transports/native/hpack-decoder.ts';
import { encodeBlock } from '../../../../src/extproc/transports/native/hpack-encoder.ts';
import { type Field, staticTable } from '../../../../src/extproc/transports/native/static-table.ts';

function decode(hex: string, decoder = new HpackDecoder(1000)): Field[] | undefined {
  const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  return decoder.decode(bytes, 0, bytes.length);
}

const get: Field[] = [
  [':method', 'GET'],
  [':scheme', 'http'],
  [':path', '/'],
  [':authority', 'www.example.com'],
];

/** The header blocks of one connection, in order. */
const conversations: [name: string, blocks: [hex: string, fields: Field[]][]][] = [
  [
    'RFC 7541, C.3: requests without Huffman coding',
    [
      ['828684410f7777772e6578616d706c652e636f6d', get],
      ['828684be58086e6f2d6361636865', [...get, ['cache-control', 'no-cache']]],
    ],
  ],
  [
    'RFC 7541, C.4: requests with Huffman coding',
    [
      ['828684418cf1e3c2e5f23a6ba0ab90f4ff', get],
      ['828684be5886a8eb10649cbf', [...get, ['cache-control', 'no-cache']]],
      [
        '828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf',
        [
          [':method', 'GET'],
          [':scheme', 'https'],
          [':path', '/index.html'],
          [':authority', 'www.example.com'],
          ['custom-key', 'custom-value'],
        ],
      ],
    ],
  ],
  [
    'RFC 7541, C.2.3: a literal that is never indexed',
    [['100870617373776f726406736563726574', [['password', 'secret']]]],
  ],
  [
    'a table of no bytes keeps nothing',
    [
      ['20 40 0161 0162', [['a', 'b']]],
      [
        '3f e1 1f 40 0161 0162 be',
        [
          ['a', 'b'],
          ['a', 'b'],
        ],
      ],
    ],
  ],
];

for (const [name, blocks] of conversations) {
  test(`decodes ${name}`, () => {
    const decoder = new HpackDecoder(1000);
    for (const [hex, fields] of blocks) assert.deepEqual(decode(hex, decoder), fields);
  });
}

const refused: [name: string, hex: string, reason: RegExp][] = [
  ['index 0', '80', /an index outside the tables/],
  ['an index beyond both tables', 'be', /an index outside the tables/],
  ['a truncated string', '00 01 61 05 62', /a string that exceeds the block/],
  ['a truncated field', '40', /an incomplete field/],
  ['an integer of 36 bits', 'ff ff ff ff ff ff 01', /an integer that is too large/],
  ['a table larger than allowed', '3f e2 1f', /a table size larger/],
  ['a size update after a field', '82 20', /after a header field/],
  ['Huffman padding of zeros', '00 01 61 81 00', /an invalid Huffman code/],
  ['Huffman padding of 8 bits', '00 01 61 82 1f ff', /an invalid Huffman code/],
  ['the Huffman code of the end-of-string symbol', '00 01 61 84 ff ff ff ff', /an invalid Huffman code/],
];

for (const [name, hex, reason] of refused) {
  test(`refuses ${name}`, () =>
    assert.throws(() => decode(hex), { name: 'ConnectionError', code: 9, message: reason }));
}

test('a list of the maximum size is returned, a larger one is not', () => {
  const block = encodeBlock([['a', 'b'.repeat(67)]]);
  assert.equal(new HpackDecoder(100).decode(block, 0, block.length)?.length, 1);
  assert.equal(new HpackDecoder(99).decode(block, 0, block.length), undefined);
});

test('the oldest fields are evicted from a full table', () => {
  const decoder = new HpackDecoder(100_000);
  const field = (value: string): string => `40 01 61 7f a1 0f ${Buffer.alloc(2080, value).toString('hex')}`;
  decode(field('x'), decoder);
  decode(field('y'), decoder);
  assert.equal(decode('be', decoder)?.[0]?.[1][0], 'y');
  assert.throws(() => decode('bf', decoder), { message: /an index outside the tables/ });
});

test('the version changes only when the table changes', () => {
  const decoder = new HpackDecoder(1000);
  decode('82 00 0161 0162', decoder);
  assert.equal(decoder.version, 0);
  decode('40 0161 0162', decoder);
  assert.equal(decoder.version, 1);
  decode('be', decoder);
  assert.equal(decoder.version, 1);
  decode('20', decoder);
  assert.equal(decoder.version, 2);
});

test('decoding an encoded block returns the same fields', () => {
  const text = fc.string({ minLength: 1, maxLength: 300, unit: 'binary-ascii' });
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text)), (fields) => {
      const block = encodeBlock(fields);
      assert.deepEqual(new HpackDecoder(1_000_000).decode(block, 0, block.length), fields);
    }),
  );
});

test('any bytes are decoded or refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (array) => {
      const bytes = Buffer.from(array);
      try {
        new HpackDecoder(1000).decode(bytes, 0, bytes.length);
      } catch (error) {
        assert.equal(error instanceof Error && error.name, 'ConnectionError');
      }
    }),
    { numRuns: 2000 },
  );
});

test('the static table is that of RFC 7541, appendix A', () => {
  const lines = staticTable.map(([name, value], index) => `${index + 1} ${name} ${value}`.trimEnd());
  const digest = createHash('sha256').update(lines.join('\n')).digest('hex');
  assert.equal(digest, '46ab04078af9f1d1375418baaca55e6173e37e353874b8c8b2522635b85ad502');
});
