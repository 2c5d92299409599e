/**
 * @module
 * The Concat key derivation function of NIST SP 800-56A with SHA-256, as RFC 7518 section 4.6.2 uses it.
 */
import { createHash } from 'node:crypto';

const hashBytes = 32;

/**
 * Derives a key from an agreed secret.
 *
 * @param algorithmId the name of the content encryption, or of the key management if the key wraps another
 * @param partyU `apu`, decoded. Our tokens have neither; the example of RFC 7518 appendix C has both.
 * @param partyV `apv`, decoded
 */
export function concatKdf(
  secret: Buffer,
  keyBytes: number,
  algorithmId: string,
  partyU: Buffer = empty,
  partyV: Buffer = empty,
): Buffer {
  const otherInfo = Buffer.concat([
    ...withLength(Buffer.from(algorithmId, 'latin1')),
    ...withLength(partyU),
    ...withLength(partyV),
    uint32(keyBytes * 8),
  ]);
  const rounds = Math.ceil(keyBytes / hashBytes);
  const pieces = Array.from({ length: rounds }, (_, round) =>
    createHash('sha256')
      .update(uint32(round + 1))
      .update(secret)
      .update(otherInfo)
      .digest(),
  );
  return Buffer.concat(pieces).subarray(0, keyBytes);
}

const empty = Buffer.alloc(0);

function withLength(bytes: Buffer): readonly Buffer[] {
  return [uint32(bytes.length), bytes];
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
