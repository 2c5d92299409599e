import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Address, isLoopback, parseAddress } from '../../src/net/address.ts';

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
