/**
 * @module
 * Signature algorithms, one row each (RFC 7518 section 3.1, RFC 8037 section 3.1, RFC 9964 section 3).
 *
 * A policy's algorithm is looked up once, when it loads; the code below takes the row.
 */

interface Row {
  readonly name: string;
}

export interface HmacAlgorithm extends Row {
  readonly family: 'hmac';
  readonly hash: string;
  /** RFC 7518 section 3.2: a key of the hash's size or larger must be used. */
  readonly minimumBytes: number;
}

export interface RsaAlgorithm extends Row {
  readonly family: 'rsa' | 'rsa-pss';
  readonly hash: string;
  /** RFC 7518 sections 3.3 and 3.5. */
  readonly minimumBits: number;
}

export interface EcAlgorithm extends Row {
  readonly family: 'ec';
  readonly hash: string;
  /** The curve by its OpenSSL name, as `KeyObject.asymmetricKeyDetails` has it, and by its JWK name. */
  readonly curve: string;
  readonly curveName: string;
  /** The size in bytes of each of r and s (RFC 7518 section 3.4). */
  readonly scalarBytes: number;
}

export interface EdAlgorithm extends Row {
  readonly family: 'ed';
}

export interface MlDsaAlgorithm extends Row {
  readonly family: 'ml-dsa';
  /** The parameter set, as `KeyObject.asymmetricKeyType` has it. */
  readonly keyType: 'ml-dsa-44' | 'ml-dsa-65' | 'ml-dsa-87';
  /** The size in bytes of a signature (FIPS 204 section 4). */
  readonly signatureBytes: number;
}

export type SignatureAlgorithm = HmacAlgorithm | RsaAlgorithm | EcAlgorithm | EdAlgorithm | MlDsaAlgorithm;

const rows: readonly SignatureAlgorithm[] = [
  { name: 'HS256', family: 'hmac', hash: 'sha256', minimumBytes: 32 },
  { name: 'HS384', family: 'hmac', hash: 'sha384', minimumBytes: 48 },
  { name: 'HS512', family: 'hmac', hash: 'sha512', minimumBytes: 64 },
  { name: 'RS256', family: 'rsa', hash: 'sha256', minimumBits: 2048 },
  { name: 'RS384', family: 'rsa', hash: 'sha384', minimumBits: 2048 },
  { name: 'RS512', family: 'rsa', hash: 'sha512', minimumBits: 2048 },
  { name: 'PS256', family: 'rsa-pss', hash: 'sha256', minimumBits: 2048 },
  { name: 'PS384', family: 'rsa-pss', hash: 'sha384', minimumBits: 2048 },
  { name: 'PS512', family: 'rsa-pss', hash: 'sha512', minimumBits: 2048 },
  { name: 'ES256', family: 'ec', hash: 'sha256', curve: 'prime256v1', curveName: 'P-256', scalarBytes: 32 },
  { name: 'ES384', family: 'ec', hash: 'sha384', curve: 'secp384r1', curveName: 'P-384', scalarBytes: 48 },
  { name: 'ES512', family: 'ec', hash: 'sha512', curve: 'secp521r1', curveName: 'P-521', scalarBytes: 66 },
  { name: 'EdDSA', family: 'ed' },
  { name: 'ML-DSA-44', family: 'ml-dsa', keyType: 'ml-dsa-44', signatureBytes: 2420 },
  { name: 'ML-DSA-65', family: 'ml-dsa', keyType: 'ml-dsa-65', signatureBytes: 3309 },
  { name: 'ML-DSA-87', family: 'ml-dsa', keyType: 'ml-dsa-87', signatureBytes: 4627 },
];

export const signatureAlgorithms: ReadonlyMap<string, SignatureAlgorithm> = new Map(rows.map((row) => [row.name, row]));
