/**
 * Signatures as services return them: in DER, and from anybody.
 */
import assert from 'node:assert/strict';
import { createPublicKey, sign } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { signatureAlgorithms } from '../../src/jose/signature-algorithms.ts';
import { privateKeyFor } from '../keys/outside/service-keys.ts';
import { rowNamed } from './algorithm-rows.ts';

const input = Buffer.from('a.b');

for (const [name, hash] of [
  ['ES256', 'sha256'],
  ['ES384', 'sha384'],
  ['ES512', 'sha512'],
] as const) {
  const row = rowNamed(signatureAlgorithms, name);
  const key = privateKeyFor(name);
  const publicKey = createPublicKey(key);

  test(`${name}: DER becomes r and s, however short they are`, async () => {
    for (let round = 0; round < 100; round++) {
      const joined = row.fromDer?.(sign(hash, input, key));
      assert.equal(await row.verify?.(input, publicKey, joined ?? Buffer.alloc(0)), true);
    }
  });

  test(`${name}: no bytes of somebody else verify, or are an error of another kind`, async () => {
    const right = sign(hash, input, key);
    const changed = fc.tuple(fc.nat(right.length - 1), fc.integer({ min: 1, max: 255 })).map(([at, by]) => {
      const copy = Buffer.from(right);
      copy[at] = ((copy[at] ?? 0) + by) % 256;
      return copy;
    });
    const any = fc.uint8Array({ maxLength: 160 }).map((bytes) => Buffer.from(bytes));
    const cut = fc.nat(right.length - 1).map((length) => right.subarray(0, length));
    await fc.assert(
      fc.asyncProperty(fc.oneof(changed, any, cut), async (der) => {
        let joined: Buffer | undefined;
        try {
          joined = row.fromDer?.(der);
        } catch (error) {
          assert.ok(error instanceof RangeError, String(error));
        }
        // The bytes around r and s may differ: what was read of them must be the signature, or be refused.
        if (joined === undefined || joined.equals(row.fromDer?.(right) ?? Buffer.alloc(0))) return;
        assert.equal(await row.verify?.(input, publicKey, joined), false);
      }),
      { numRuns: 300, seed: 98 },
    );
  });
}
