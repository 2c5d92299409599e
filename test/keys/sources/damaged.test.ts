/**
 * @module
 * Reading a key file returns a key or a finding for any content. It never throws.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { finish } from '../../../src/diagnostics/steps.ts';
import { derValues, objectIdentifier } from '../../../src/keys/der.ts';
import { readSource } from '../../../src/keys/sources/index.ts';
import type { KeySpec } from '../../../src/keys/sources/source.ts';
import { makeArchives } from '../../e2e/harness/pkcs12-archives.ts';
import { keyRequest, memoryAccess } from './memory-access.ts';

const pkcs12 = (await makeArchives()).unencrypted.content;

function outcome(spec: KeySpec, content: Uint8Array): 'key' | 'finding' {
  const access = memoryAccess({ k: { content } });
  const { keys, findings } = finish(readSource(spec, keyRequest(access, { form: { password: 'secret' } })));
  assert.notEqual(
    keys.length > 0,
    findings.some(({ severity }) => severity === 'error'),
  );
  return keys.length > 0 ? 'key' : 'finding';
}

test('property: PKCS#12 with a changed byte, or truncated', () => {
  const spec: KeySpec = { scheme: 'pkcs12', path: 'k' };
  fc.assert(
    fc.property(fc.nat(pkcs12.length - 1), fc.integer({ min: 1, max: 255 }), fc.boolean(), (at, change, cut) => {
      const bytes = cut ? pkcs12.subarray(0, at) : Buffer.from(pkcs12);
      if (!cut) bytes.writeUInt8(bytes.readUInt8(at) ^ change, at);
      outcome(spec, bytes);
    }),
    { numRuns: 300 },
  );
  assert.equal(outcome(spec, pkcs12), 'key');
});

for (const scheme of ['file', 'jwks', 'pkcs12'] as const) {
  test(`property: any bytes as ${scheme}`, () => {
    const spec: KeySpec = scheme === 'jwks' ? { scheme, path: 'k', kid: undefined } : { scheme, path: 'k' };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => outcome(spec, bytes) === 'finding'));
  });
}

const malformed: readonly [name: string, hex: string][] = [
  ['the indefinite length', '3080'],
  ['a length of five bytes', '30850000000001'],
  ['a value that is longer than its container', '300201'],
  ['no length', '30'],
  ['a truncated length', '3082'],
];

for (const [name, hex] of malformed) {
  test(`DER: ${name}`, () => assert.throws(() => derValues(Buffer.from(hex, 'hex')), RangeError));
}

test('DER: 10,000 values next to each other, and no more', () => {
  assert.equal(derValues(Buffer.alloc(20_000)).length, 10_000);
  assert.throws(() => derValues(Buffer.alloc(20_002)), RangeError);
});

const identifiers: readonly [hex: string, dotted: string][] = [
  ['06092a864886f70d010701', '1.2.840.113549.1.7.1'],
  ['0603550403', '2.5.4.3'],
  ['06028837', '2.999'],
];

for (const [hex, dotted] of identifiers) {
  test(`DER: ${dotted}`, () => {
    const [value] = derValues(Buffer.from(hex, 'hex'));
    assert.ok(value);
    assert.equal(objectIdentifier(value), dotted);
  });
}
