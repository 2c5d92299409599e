import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mutationOf, readHeaders } from '../../src/extproc/headers.ts';
import type { HeaderValue } from '../../src/extproc/messages.ts';

const wide = { headerCount: 1_000, headerBytes: 1_000 };

const read: [name: string, list: HeaderValue[], expected: [string, string][]][] = [
  ['raw bytes', [{ key: 'a', raw_value: Buffer.from('b') }], [['a', 'b']]],
  ['text', [{ key: 'a', value: 'b' }], [['a', 'b']]],
  ['raw bytes before text', [{ key: 'a', value: 'text', raw_value: Buffer.from('raw') }], [['a', 'raw']]],
  ['text where the bytes are empty', [{ key: 'a', value: 'text', raw_value: Buffer.alloc(0) }], [['a', 'text']]],
  ['an empty value', [{ key: 'a' }], [['a', '']]],
  [
    'repeats, in order',
    [
      { key: 'x-dup', raw_value: Buffer.from('a') },
      { key: 'y', raw_value: Buffer.from('-') },
      { key: 'x-dup', raw_value: Buffer.from('b') },
    ],
    [
      ['x-dup', 'a'],
      ['y', '-'],
      ['x-dup', 'b'],
    ],
  ],
  ['UTF-8', [{ key: 'a', raw_value: Buffer.from('žluť €') }], [['a', 'žluť €']]],
  ['a byte order mark stays', [{ key: 'a', raw_value: Buffer.from([0xef, 0xbb, 0xbf, 0x41]) }], [['a', '\uFEFFA']]],
  ['bytes that are no UTF-8', [{ key: 'a', raw_value: Buffer.from([0x61, 0xe9, 0xff]) }], [['a', 'aéÿ']]],
  ['an overlong encoding', [{ key: 'a', raw_value: Buffer.from([0xc0, 0xaf]) }], [['a', '\xc0\xaf']]],
];

for (const [name, list, expected] of read) {
  test(`reads ${name}`, () => assert.deepEqual(readHeaders(list, wide), expected));
}

const three: HeaderValue[] = [
  { key: 'a', raw_value: Buffer.from('1') },
  { key: 'bc', value: '€' },
  { key: 'd', raw_value: Buffer.from('4444') },
];

const allowed: [name: string, limits: { headerCount: number; headerBytes: number }][] = [
  ['as many headers as allowed', { headerCount: 3, headerBytes: 1_000 }],
  ['as many bytes as allowed', { headerCount: 3, headerBytes: 12 }],
];

for (const [name, limits] of allowed) test(`reads ${name}`, () => assert.equal(readHeaders(three, limits).length, 3));

const excessive: [name: string, limits: { headerCount: number; headerBytes: number }, code: string, message: string][] =
  [
    [
      'one header more',
      { headerCount: 2, headerBytes: 1_000 },
      'extproc.too-many-headers',
      'The request has more than 2 headers.',
    ],
    [
      'one byte more',
      { headerCount: 3, headerBytes: 11 },
      'extproc.headers-too-large',
      'The headers of the request have more than 11 bytes.',
    ],
  ];

for (const [name, limits, code, message] of excessive) {
  test(`refuses ${name}`, () => {
    assert.throws(() => readHeaders(three, limits), { name: 'MintError', code, message });
  });
}

test('a mutation replaces existing values and sends bytes', () => {
  assert.deepEqual(mutationOf([['authorization', 'Bearer žeton']], ['x-spoofed']), {
    set_headers: [
      {
        header: { key: 'authorization', raw_value: Buffer.from('Bearer žeton') },
        append_action: 'OVERWRITE_IF_EXISTS_OR_ADD',
      },
    ],
    remove_headers: ['x-spoofed'],
  });
});
