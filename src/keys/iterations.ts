/**
 * @module
 * How often a password is hashed to derive the key that a file is encrypted with (RFC 8018 section 4.2). The file says
 * how often, and OpenSSL does it without a limit: two billion iterations take a quarter of an hour.
 */
import { type DerValue, derValues } from './der.ts';

/** Some seconds. Tools write 2,048 to a few million. @internal Exported for the test at the limit. */
export const maxIterations = 10_000_000;

/** Whether the bytes ask for more iterations than any tool writes. Bytes that are not DER do not. */
export function hasTooManyIterations(bytes: Uint8Array): boolean {
  return isCostly(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0);
}

const [integer, octetString, sequence, set] = [0x02, 0x04, 0x30, 0x31];
const containers: ReadonlySet<number> = new Set([octetString, sequence, set, 0xa0, 0xa1]);

/** More than the levels of PKCS#12 and PKCS#8 together. */
const deepest = 32;

/**
 * In all forms, the number follows the salt: in the parameters of PBES1 and PBKDF2 (RFC 8018 appendix A), and in the
 * MacData of PKCS#12 (RFC 7292 section 4). An octet string may contain more DER.
 */
function isCostly(bytes: Buffer, depth: number): boolean {
  const values = valuesIn(bytes);
  return values.some((value, index) => {
    const afterSalt = value.tag === integer && values[index - 1]?.tag === octetString;
    if (afterSalt && numberOf(value) > maxIterations) return true;
    return depth < deepest && containers.has(value.tag) && isCostly(value.content, depth + 1);
  });
}

function valuesIn(bytes: Buffer): readonly DerValue[] {
  try {
    return derValues(bytes);
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
}

/** OpenSSL refuses a negative number, and reads a longer one as far too large or not at all. */
function numberOf({ content }: DerValue): number {
  const digits = content.subarray(content.findIndex((byte) => byte !== 0));
  return digits.length > 6 ? Number.POSITIVE_INFINITY : Number.parseInt(digits.toString('hex') || '0', 16);
}
