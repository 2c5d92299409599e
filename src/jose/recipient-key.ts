/**
 * @module
 * Whether a key fits the algorithms of an encrypted token, decided when a policy loads.
 */
import type { KeyObject } from 'node:crypto';
import type { ContentEncryption, KeyManagement, RsaManagement } from './encryption-algorithms.ts';
import type { KeyFinding } from './signing-key.ts';

/** Everything that speaks against encrypting to `key` by these algorithms; empty where they fit. */
export function checkRecipientKey(
  management: KeyManagement,
  content: ContentEncryption,
  key: KeyObject,
): readonly KeyFinding[] {
  switch (management.family) {
    case 'rsa':
      return checkPublic(management, key) ?? checkRsa(management, key);
    case 'ecdh':
      return checkPublic(management, key) ?? checkCurve(management.name, key);
    case 'dir':
      return checkSecret(management, key, content.keyBytes, `dir with ${content.name}`);
    case 'aes-kw':
      return checkSecret(management, key, management.wrap.keyBytes, management.name);
    case 'aes-gcm-kw':
      return checkSecret(management, key, management.keyBytes, management.name);
    case 'pbes2':
      return checkPassword(management, key);
  }
}

/** Undefined where the key is public. */
function checkPublic({ name }: KeyManagement, key: KeyObject): readonly KeyFinding[] | undefined {
  if (key.type === 'public') return undefined;
  if (key.type === 'secret') return [wrongType(`${name} encrypts to a public key; this is a secret.`)];
  return [
    {
      code: 'jose.private-recipient',
      severity: 'error',
      message: `${name} encrypts to the public key of the recipient; this is a private key.`,
      suggestion: 'Give mintproc the public half only: whoever has the private half can read every token.',
    },
  ];
}

function wrongType(message: string): KeyFinding {
  return { code: 'jose.wrong-key-type', severity: 'error', message };
}

function checkRsa({ name, oaepHash, minimumBits }: RsaManagement, key: KeyObject): readonly KeyFinding[] {
  const type = key.asymmetricKeyType ?? 'unknown';
  if (type !== 'rsa') return [wrongType(`${name} encrypts to an RSA key; this is a key of type ${type}.`)];
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  const findings: KeyFinding[] = [];
  if (bits < minimumBits) {
    const message = `${name} needs an RSA key of at least ${minimumBits} bits; this one has ${bits}.`;
    findings.push({ code: 'jose.rsa-too-small', severity: 'error', message });
  }
  if (oaepHash === undefined) {
    findings.push({
      code: 'jose.rsa1-5',
      severity: 'warning',
      message: `${name} is open to padding oracles: a recipient that answers differently to bad padding reveals content.`,
      suggestion: 'Change to RSA-OAEP-256 where the recipient has it (RFC 8725 section 3.2).',
    });
  }
  return findings;
}

const agreementCurves = new Set(['prime256v1', 'secp384r1', 'secp521r1']);

function checkCurve(name: string, key: KeyObject): readonly KeyFinding[] {
  const type = key.asymmetricKeyType ?? 'unknown';
  if (type === 'x25519' || type === 'x448') return [];
  if (type !== 'ec') {
    return [wrongType(`${name} encrypts to an EC, X25519 or X448 key; this is a key of type ${type}.`)];
  }
  const curve = key.asymmetricKeyDetails?.namedCurve ?? 'an unnamed curve';
  if (agreementCurves.has(curve)) return [];
  const message = `${name} needs a key on P-256, P-384 or P-521; this one is on ${curve}.`;
  return [{ code: 'jose.wrong-curve', severity: 'error', message }];
}

function checkSecret({ name }: KeyManagement, key: KeyObject, bytes: number, use: string): readonly KeyFinding[] {
  if (key.type !== 'secret') return [wrongType(`${name} encrypts by a secret; this is a ${key.type} key.`)];
  const size = key.symmetricKeySize ?? 0;
  if (size === bytes) return [];
  const message = `${use} needs a secret of exactly ${bytes} bytes; this one has ${size}.`;
  return [{ code: 'jose.wrong-key-length', severity: 'error', message }];
}

/** NIST SP 800-132 section 5: a key derived from a password is as good as the password. */
const shortestPassword = 12;

function checkPassword({ name }: KeyManagement, key: KeyObject): readonly KeyFinding[] {
  if (key.type !== 'secret') return [wrongType(`${name} encrypts by a password; this is a ${key.type} key.`)];
  const size = key.symmetricKeySize ?? 0;
  if (size === 0) return [{ code: 'jose.empty-secret', severity: 'error', message: 'The password is empty.' }];
  const slow: KeyFinding = {
    code: 'jose.slow-encryption',
    severity: 'warning',
    message: `${name} derives a key anew for each token, which takes milliseconds; mintproc answers nothing else then.`,
    suggestion: 'Change to A256KW or RSA-OAEP-256, whose price is microseconds, where the recipient has them.',
  };
  if (size >= shortestPassword) return [slow];
  const message = `The password for ${name} has ${size} bytes, and so may be guessed.`;
  return [slow, { code: 'jose.short-secret', severity: 'warning', message }];
}
