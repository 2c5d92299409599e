/**
 * Files that ask for more iterations than any tool writes. Nothing here derives a key: a file at the limit would take
 * seconds.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { finish } from '../../src/diagnostics/steps.ts';
import { hasTooManyIterations, maxIterations } from '../../src/keys/iterations.ts';
import { readMaterial } from '../../src/keys/key-material.ts';
import { readSource } from '../../src/keys/sources/index.ts';
import { keyRequest, memoryAccess } from './sources/memory-access.ts';

function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.of(tag, 0x82, content.length >> 8, content.length & 0xff), content]);
}

const sequence = (...contents: readonly Uint8Array[]): Buffer => der(0x30, ...contents);
const octets = (...contents: readonly Uint8Array[]): Buffer => der(0x04, ...contents);
const identifier = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));
const salt = octets(randomBytes(8));
const number = (value: number): Buffer => der(0x02, Buffer.from(value.toString(16).padStart(16, '0'), 'hex'));

const data = identifier('2a864886f70d010701');
const tripleDes = identifier('2a864886f70d010c0103');

/** PKCS#8 with PBES2 (RFC 8018 appendix A.4). */
const pbes2 = (iterations: number): Buffer =>
  sequence(
    sequence(
      identifier('2a864886f70d01050d'),
      sequence(sequence(identifier('2a864886f70d01050c'), sequence(salt, number(iterations))), sequence()),
    ),
    octets(randomBytes(40)),
  );

/** PKCS#12 with its key encrypted with 3DES, or with a MAC. */
const archive = (ofKey: number, ofMac: number): Buffer => {
  const key = sequence(sequence(tripleDes, sequence(salt, number(ofKey))), octets(randomBytes(40)));
  const bag = sequence(identifier('2a864886f70d010c0a0102'), der(0xa0, key));
  const safes = sequence(sequence(data, der(0xa0, octets(sequence(bag)))));
  const mac = sequence(sequence(sequence(tripleDes), octets(randomBytes(20))), salt, number(ofMac));
  return sequence(Buffer.of(2, 1, 3), sequence(data, der(0xa0, octets(safes))), mac);
};

const [most, more] = [maxIterations, maxIterations + 1];

const rows: readonly (readonly [name: string, bytes: Buffer, isTooMany: boolean])[] = [
  ['PBES2 at the limit', pbes2(most), false],
  ['PBES2 beyond it', pbes2(more), true],
  ['PBES2 with 2^31 - 1', pbes2(2 ** 31 - 1), true],
  ['PBES2 with 2^52', pbes2(2 ** 52), true],
  ['PKCS#12 at the limit', archive(most, most), false],
  ['3DES in PKCS#12 beyond it', archive(more, 1), true],
  ['the MAC of PKCS#12 beyond it', archive(1, more), true],
  ['no DER', Buffer.from('-----BEGIN'), false],
  ['nothing', Buffer.alloc(0), false],
  ['DER that is nested as deep as bytes allow', Buffer.from('30'.repeat(50_000), 'hex'), false],
  [
    'a private key that is not encrypted',
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'der', type: 'pkcs8' }),
    false,
  ],
];

for (const [name, bytes, isTooMany] of rows) {
  test(`iterations: ${name}`, () => assert.equal(hasTooManyIterations(bytes), isTooMany));
}

test('PKCS#12 with too many iterations is refused before a key is derived', () => {
  const access = memoryAccess({ k: { content: archive(2 ** 31 - 1, 1), mode: 0o600 } });
  const request = keyRequest(access, { form: { password: 'secret' } });
  const { keys, findings } = finish(readSource({ scheme: 'pkcs12', path: 'k' }, request));
  assert.deepEqual([keys.length, findings.map(({ message }) => /iterations/.test(message))], [0, [true]]);
});

test('PEM with too many iterations is refused before a key is derived', () => {
  const body = pbes2(2 ** 31 - 1).toString('base64');
  const text = `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${body}\n-----END ENCRYPTED PRIVATE KEY-----\n`;
  const reading = readMaterial('private', text, 'file', { password: 'secret' });
  assert.match(reading.ok ? '' : reading.finding.message, /iterations/);
});
