/**
 * @module
 * How the token is protected: signed, encrypted, or signed and then encrypted, depending on the properties of the
 * policy.
 */
import { nearest } from '../../diagnostics/suggest.ts';
import { type ContentEncryption, contentEncryptions } from '../../jose/content-encryption.ts';
import { type KeyManagement, keyManagements } from '../../jose/key-management.ts';
import { type SignatureAlgorithm, signatureAlgorithms } from '../../jose/signature-algorithms.ts';
import type { Encryption, HeaderStep, KeySource, TokenPlan } from '../../plan/token-plan.ts';
import { readKey } from './key.ts';
import { readKeyId } from './key-id.ts';
import type { PolicyReader } from './policy-reader.ts';
import { readName } from './property-text.ts';
import type { Properties, TextProperty } from './schema.ts';

export type Protection = Pick<TokenPlan, 'algorithm' | 'key' | 'header'> & { readonly encryption?: Encryption };

/** Undefined if there are errors, which are reported. */
export function readProtection(reader: PolicyReader, properties: Properties): Protection | undefined {
  const signature = readSignature(reader, properties);
  const encryption = readEncryption(reader, properties, signature !== undefined);
  if (signature === 'invalid' || encryption === 'invalid') return undefined;
  if (encryption === undefined) return signature === undefined ? unprotected(reader) : signedOnly(reader, signature);
  const encloses = signature === undefined ? 'claims' : signature.algorithm === undefined ? 'unsecured' : 'signed';
  // RFC 7519 section 5.2: a nested token is announced by `cty`.
  const cty: HeaderStep[] = signature === undefined ? [] : [{ kind: 'fixed', name: 'cty', value: 'JWT' }];
  return {
    algorithm: signature?.algorithm,
    key: signature?.key,
    header: signature?.header ?? [],
    encryption: { ...encryption, encloses, header: [...encryption.header, ...cty] },
  };
}

function unprotected(reader: PolicyReader): undefined {
  reader.reportProperty('datapower.unprotected', '', {
    message: 'The policy neither signs nor encrypts the token.',
    suggestion:
      'Write `jws-alg` with `jws-crypto` or `jws-jwk`, or `jwe-alg` and `jwe-enc` with `jwe-crypto` or `jwe-jwk`.',
  });
  return undefined;
}

function signedOnly(reader: PolicyReader, signature: Signature): Protection | undefined {
  if (signature.algorithm !== undefined) return signature;
  reader.reportProperty('datapower.unprotected', 'jws-alg', {
    message: '`jws-alg: none` makes an unsigned token, which anybody can forge.',
    suggestion:
      'Write an algorithm, or encrypt the token as well: only a token inside an encrypted one may be unsigned.',
  });
  return undefined;
}

interface Signature {
  /** Undefined for `none`. */
  readonly algorithm: SignatureAlgorithm | undefined;
  readonly key: KeySource | undefined;
  readonly header: readonly HeaderStep[];
}

function readSignature(reader: PolicyReader, properties: Properties): Signature | 'invalid' | undefined {
  const given = properties['jws-alg'];
  const hasKey = properties['jws-crypto'] !== undefined || properties['jws-jwk'] !== undefined;
  if (given === undefined && !hasKey) return undefined;
  const name = readName(reader, properties, 'jws-alg');
  if (name === undefined) {
    if (given === undefined) reportMissing(reader, 'jws-alg', 'The policy has a key to sign with, but no `jws-alg`.');
    return 'invalid';
  }
  if (name.text === 'none') {
    const header = [{ kind: 'fixed', name: 'alg', value: 'none', place: name.placeAt(0) } as const];
    return { algorithm: undefined, key: undefined, header };
  }
  const algorithm = readAlgorithm(reader, name.text, 'jws-alg', signatureAlgorithms, vendorAlgorithms.signatures);
  const key = readKey(reader, properties, 'jws', algorithm?.keyKind === 'secret');
  if (algorithm === undefined || key === 'invalid') return 'invalid';
  const kid = readKeyId(reader, properties, 'custom-kid-value-jws');
  return { algorithm, key, header: [kid, fixed('alg', algorithm.name, reader, 'jws-alg')] };
}

/**
 * The vendor's page makes a nested token "when both JWS and JWE crypto material are specified": an algorithm alone does
 * not encrypt, and the public files that write one read a signed token back.
 */
function withoutKey(reader: PolicyReader, property: TextProperty): undefined {
  reader.reportProperty('datapower.encryption-without-key', property, {
    message: `\`${property}\` has no effect: the policy names no key to encrypt to, so its tokens are signed only.`,
    suggestion: 'Remove it, or name the key with `jwe-crypto` or `jwe-jwk`, or with `recipient:` in the entry.',
  });
  return undefined;
}

function readEncryption(
  reader: PolicyReader,
  properties: Properties,
  isSigned: boolean,
): Omit<Encryption, 'encloses'> | 'invalid' | undefined {
  const isGiven = (name: TextProperty): boolean => properties[name] !== undefined;
  const algorithm = (['jwe-alg', 'jwe-enc'] as const).find(isGiven);
  const hasOwnKey = isGiven('jwe-crypto') || isGiven('jwe-jwk');
  if (algorithm === undefined && !hasOwnKey) return undefined;
  if (algorithm !== undefined && isSigned && !hasOwnKey && !reader.hasRecipient) return withoutKey(reader, algorithm);
  const management = readEncryptionPart(reader, properties, 'jwe-alg', keyManagements, vendorAlgorithms.managements);
  const content = readEncryptionPart(reader, properties, 'jwe-enc', contentEncryptions, vendorAlgorithms.contents);
  const key = readKey(reader, properties, 'jwe', management?.keyKind !== 'public');
  if (management === undefined || content === undefined || key === 'invalid') return 'invalid';
  const header: HeaderStep[] = [
    readKeyId(reader, properties, 'custom-kid-value-jwe'),
    fixed('alg', management.name, reader, 'jwe-alg'),
    fixed('enc', content.name, reader, 'jwe-enc'),
  ];
  return { management, content, key, header };
}

function fixed(name: string, value: string, reader: PolicyReader, property: TextProperty): HeaderStep {
  return { kind: 'fixed', name, value, place: reader.placeOf(property) };
}

function readEncryptionPart<T extends KeyManagement | ContentEncryption>(
  reader: PolicyReader,
  properties: Properties,
  property: 'jwe-alg' | 'jwe-enc',
  rows: ReadonlyMap<string, T>,
  vendors: readonly string[],
): T | undefined {
  if (properties[property] === undefined) {
    reportMissing(reader, property, `The policy encrypts the token, but \`${property}\` is missing.`);
    return undefined;
  }
  const name = readName(reader, properties, property);
  return name === undefined ? undefined : readAlgorithm(reader, name.text, property, rows, vendors);
}

function reportMissing(reader: PolicyReader, property: TextProperty, message: string): void {
  reader.reportProperty('policy.missing-key', property, { message, suggestion: `Write \`${property}: …\`.` });
}

/** The algorithms that the vendor's pages and object model list for any version. */
export const vendorAlgorithms = {
  signatures: [
    ...['HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512'],
    ...['ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512'],
  ],
  managements: ['RSA1_5', 'RSA-OAEP', 'RSA-OAEP-256', 'dir', 'A128KW', 'A192KW', 'A256KW'],
  contents: ['A128CBC-HS256', 'A192CBC-HS384', 'A256CBC-HS512', 'A128GCM', 'A192GCM', 'A256GCM'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

function readAlgorithm<T>(
  reader: PolicyReader,
  name: string,
  property: TextProperty,
  rows: ReadonlyMap<string, T>,
  vendors: readonly string[],
): T | undefined {
  const row = rows.get(name);
  if (row === undefined) {
    const guess = nearest(name, vendors);
    reader.reportProperty('policy.invalid-value', property, {
      message: `\`${property}\` is not a known algorithm.`,
      suggestion: guess === undefined ? `Write one of ${vendors.join(', ')}.` : `Did you mean \`${guess}\`?`,
    });
  } else if (!vendors.includes(name)) {
    reader.reportProperty('policy.unsupported-algorithm', property, {
      message: `DataPower does not support ${name}, so the policy fails there; mintproc supports it.`,
    });
  }
  return row;
}
