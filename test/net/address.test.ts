import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Address, isLoopback, parseAddress } from '../../src/net/address.ts';
import { audienceOf } from '../../src/net/address-literal.ts';

const addresses: [text: string, expected: Address | undefined][] = [
  ['127.0.0.1:50051', { kind: 'tcp', host: '127.0.0.1', port: 50051 }],
  ['localhost:0', { kind: 'tcp', host: 'localhost', port: 0 }],
  ['[::1]:65535', { kind: 'tcp', host: '::1', port: 65535 }],
  ['[::1]:65536', undefined],
  ['unix:/run/m.sock', { kind: 'unix', path: '/run/m.sock' }],
  ['unix:///run/m.sock', { kind: 'unix', path: '/run/m.sock' }],
  [`unix:/${'a'.repeat(106)}`, { kind: 'unix', path: `/${'a'.repeat(106)}` }],
  [`unix:/${'a'.repeat(107)}`, undefined],
  ['unix:run/m.sock', undefined],
  ['unix:/a\0b', undefined],
  ['50051', undefined],
  [':50051', undefined],
  ['127.0.0.1', undefined],
  ['127.0.0.1:', undefined],
  ['::1:50051', undefined],
  ['http://127.0.0.1:50051', undefined],
  ['', undefined],
];
for (const [text, expected] of addresses) {
  test(`address ${JSON.stringify(text.slice(0, 30))}`, () => assert.deepEqual(parseAddress(text), expected));
}

const audiences: readonly (readonly [audience: ReturnType<typeof audienceOf>, hosts: readonly string[]])[] = [
  [
    'machine',
    ['127.0.0.1', '127.1', '127.8.9.10', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1', 'localhost', 'LOCALHOST.'],
  ],
  ['every address', ['0.0.0.0', '0', '0x0', '::', '::0', '0:0:0:0:0:0:0:0', '::ffff:0.0.0.0']],
  [
    'address',
    [
      '10.0.0.5',
      '128.0.0.1',
      'fe80::1',
      '::2',
      'gateway',
      'localhost.example.com',
      '127.0.0.1.example.com',
      '010.0.0.1',
    ],
  ],
];

for (const [audience, hosts] of audiences) {
  for (const host of hosts) test(`who reaches ${host}: ${audience}`, () => assert.equal(audienceOf(host), audience));
}

const hosts: [host: string, expected: boolean][] = [
  ['127.0.0.1', true],
  ['127.8.9.10', true],
  ['::1', true],
  ['localhost', true],
  ['127.example.com', false],
  ['10.0.0.1', false],
  ['0.0.0.0', false],
];
for (const [host, expected] of hosts) {
  test(`loopback: ${host}`, () => assert.equal(isLoopback(host), expected));
}
