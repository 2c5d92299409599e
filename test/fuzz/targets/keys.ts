/**
 * @module
 * Key material in all its forms, tokens that are given, and the file that remembers published keys.
 */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { finish } from '../../../src/diagnostics/steps.ts';
import { readJwk, readJwkSet } from '../../../src/jose/jwk.ts';
import { checkRsaSize } from '../../../src/jose/key-finding.ts';
import { thumbprintOf } from '../../../src/jose/key-types.ts';
import { readToken } from '../../../src/jose/token-parts.ts';
import { type DerValue, derValues } from '../../../src/keys/der.ts';
import { derKind, isOldEncryption } from '../../../src/keys/der-kind.ts';
import { kindOfBytes, kindOfText } from '../../../src/keys/found-kind.ts';
import { hasTooManyIterations } from '../../../src/keys/iterations.ts';
import type { KeyKind } from '../../../src/keys/key-material.ts';
import { pemBlocks } from '../../../src/keys/pem.ts';
import { readKeys } from '../../../src/keys/read-keys.ts';
import type { KeySpec, SourceReading } from '../../../src/keys/sources/source.ts';
import { readState } from '../../../src/publishing/state-document.ts';
import { legacyArchive } from '../../keys/legacy-archive.ts';
import { anySigning, keyRequest, memoryAccess } from '../../keys/sources/memory-access.ts';
import { type FuzzTarget, require } from '../target.ts';

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const edwards = generateKeyPairSync('ed25519');
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;

function readFrom(spec: KeySpec, kind: KeyKind, content: string | Uint8Array, password?: string): SourceReading {
  const access = memoryAccess({ k: { content } });
  return finish(readKeys(spec, keyRequest(access, { use: anySigning(kind), form: { password, jwk: true } })));
}

/** What a finding says has nothing of the file in it, so it has a bounded length. */
function requireAnswer({ keys, findings }: SourceReading): number {
  require(keys.length > 0 || findings.length > 0, 'there is neither a key nor a finding');
  return JSON.stringify(findings).length;
}

const kinds: readonly KeyKind[] = ['secret', 'private', 'public'];
const maxFindings = 20_000;

export const jwks: FuzzTarget = {
  property: 'A JWK or a set is refused, or has a key that has the same thumbprint after it is written and read again.',
  form: 'text',
  seeds: () => [
    JSON.stringify(pair.privateKey.export({ format: 'jwk' })),
    JSON.stringify({
      keys: [{ ...edwards.publicKey.export({ format: 'jwk' }), kid: 'a', use: 'sig', key_ops: ['verify'] }],
    }),
    '{"kty":"oct","k":"c2VjcmV0","alg":"HS256"}',
    '{"kty":"RSA","n":"u1SU1LfVLPHCozMxH2Mo4lgOEePzNm0tRgeLezV6ffAt0g","e":"AQAB"}',
    ...['AQAB', 'AQ', 'Ag'].map((e) => JSON.stringify({ ...rsa.export({ format: 'jwk' }), e })),
  ],
  words: [
    '"kty":',
    '"RSA"',
    '"EC"',
    '"OKP"',
    '"AKP"',
    '"oct"',
    '"crv":',
    '"P-256"',
    '"key_ops":',
    '"keys":[',
    '"d":',
    '"n":',
  ],
  maxBytes: 2_048,
  maxMilliseconds: 5_000,
  run({ text }) {
    const reading = readJwk(text);
    if (reading.ok && isUsual(reading.value.key)) {
      const { key } = reading.value;
      const { publicExponent = 3n } = key.asymmetricKeyDetails ?? {};
      require(publicExponent > 1n && publicExponent % 2n === 1n, 'the exponent of the key protects nothing');
      const again = readJwk(JSON.stringify(key.export({ format: 'jwk' })));
      require(again.ok && thumbprintOf(again.value.key) === thumbprintOf(key), 'it is another key when read again');
    }
    readJwkSet(text);
    return requireAnswer(readFrom({ scheme: 'jwks', path: 'k', kid: undefined }, 'private', text));
  },
  maxOutput: () => maxFindings,
};

/** OpenSSL also reads RSA keys that it cannot write again, such as those with the exponent 0. */
function isUsual(key: KeyObject): boolean {
  return key.asymmetricKeyType !== 'rsa' || checkRsaSize('x', key).length === 0;
}

const pemOptions = { type: 'pkcs8', format: 'pem' } as const;

export const pems: FuzzTarget = {
  property: 'A text in PEM has a key or a finding, for each kind of key that is needed.',
  form: 'text',
  seeds: () => [
    String(pair.privateKey.export(pemOptions)),
    String(pair.privateKey.export({ type: 'sec1', format: 'pem' })),
    String(pair.publicKey.export({ type: 'spki', format: 'pem' })),
    String(edwards.privateKey.export({ ...pemOptions, cipher: 'aes-128-cbc', passphrase: 'p' })),
    '-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----',
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA a@b',
  ],
  words: ['-----BEGIN ', '-----END ', 'PRIVATE KEY-----', 'ENCRYPTED ', 'Proc-Type: 4,ENCRYPTED', 'DEK-Info: ', '\\n'],
  maxBytes: 2_048,
  maxMilliseconds: 5_000,
  run({ text }) {
    kindOfText(text);
    pemBlocks(text);
    const spec: KeySpec = { scheme: 'file', path: 'k' };
    const lengths = kinds.map((kind) =>
      requireAnswer(readFrom(spec, kind, text, kind === 'private' ? 'p' : undefined)),
    );
    return Math.max(...lengths);
  },
  maxOutput: () => maxFindings,
};

/** Whether the bytes before the content say its length (X.690 section 8.1.3). */
function saysItsLength({ whole, content }: DerValue): boolean {
  const [, first = 0, ...longer] = whole.subarray(0, whole.length - content.length);
  if (first < 0x80) return longer.length === 0 && first === content.length;
  return longer.length === first - 0x80 && longer.reduce((sum, byte) => sum * 256 + byte, 0) === content.length;
}

function requireSoundValues(bytes: Buffer): void {
  let values: readonly DerValue[];
  try {
    values = derValues(bytes);
  } catch (error) {
    if (error instanceof RangeError) return;
    throw error;
  }
  require(Buffer.concat(values.map(({ whole }) => whole)).equals(bytes), 'values are not next to each other');
  require(values.every(saysItsLength), 'a value is not as long as it says');
}

export const ders: FuzzTarget = {
  property: 'Bytes in DER, and archives in PKCS#12, have a key or a finding, and values as long as they say.',
  form: 'bytes',
  seeds: () => [
    pair.privateKey.export({ type: 'pkcs8', format: 'der' }),
    pair.publicKey.export({ type: 'spki', format: 'der' }),
    legacyArchive(pair.privateKey, 'p'),
    // An archive without bags: version 3, data, no contents.
    Buffer.from('30150201033010 06092a864886f70d010701a0030401 00'.replaceAll(' ', ''), 'hex'),
  ],
  maxBytes: 2_048,
  maxMilliseconds: 10_000,
  run({ bytes }) {
    requireSoundValues(bytes);
    derKind(bytes);
    isOldEncryption(bytes);
    kindOfBytes(bytes);
    hasTooManyIterations(bytes);
    const archive = requireAnswer(readFrom({ scheme: 'pkcs12', path: 'k' }, 'private', bytes, 'p'));
    return Math.max(archive, requireAnswer(readFrom({ scheme: 'file', path: 'k' }, 'private', bytes)));
  },
  maxOutput: () => maxFindings,
};

export const tokens: FuzzTarget = {
  property: 'A token that is given is read, or the finding says why not.',
  form: 'text',
  seeds: () => [
    'eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.AAAA',
    'Bearer eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..AAAA.AAAA.AAAA',
    'eyJhbGciOiJub25lIn0.e30.',
  ],
  words: ['eyJhbGciOiJub25lIn0', '.', '..', 'Bearer ', 'e30'],
  run({ text }) {
    return JSON.stringify(readToken(text)).length;
  },
  maxOutput: (bytes) => 1_000 + 30 * bytes,
};

export const stateFiles: FuzzTarget = {
  property: 'A file of published keys has public keys, or is refused as a whole.',
  form: 'text',
  seeds: () =>
    [pair.publicKey, pair.privateKey].map((key) =>
      JSON.stringify({
        mintprocKeys: 1,
        keys: [
          {
            jwk: { ...key.export({ format: 'jwk' }), use: 'sig', alg: 'ES256', kid: 'a' },
            since: '2026-01-01T00:00:00.000Z',
            until: '2027-01-01T00:00:00.000Z',
          },
        ],
      }),
    ),
  words: ['"mintprocKeys":1', '"keys":[', '"jwk":', '"since":', '"until":', '"activeFrom":', '"d":', '"__proto__":'],
  run({ bytes }) {
    const reading = finish(readState({ kind: 'bytes', bytes, mode: 0o600 }));
    if (reading.kind === 'unusable') return reading.reason.length;
    const keys = reading.keys.all;
    require(keys.every(({ held }) => held.key.type === 'public'), 'a key is not public');
    return 0;
  },
  maxOutput: () => maxFindings,
};
