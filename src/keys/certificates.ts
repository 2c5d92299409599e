/**
 * @module
 * Certificates in the text of a key, and a private key that is cut off.
 */
import { createHash, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';

const certificate = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g;

/** All certificates in `text`, in their order, as DER. */
export function findCertificates(text: string): Buffer[] {
  return Array.from(text.replaceAll('\\n', '\n').matchAll(certificate), ([, base64 = '']) =>
    Buffer.from(base64, 'base64'),
  );
}

/** Whether a private key begins in `text` and does not end, as in a file that is being written. */
export function isCutOff(text: string): boolean {
  const begin = /-----BEGIN [A-Z ]*PRIVATE KEY-----/.exec(text);
  return begin !== null && !text.includes('-----END', begin.index);
}

/** Whether a certificate (DER) is for the public half of `key`; undefined if it is not a certificate. */
export function certifies(certificateBytes: Uint8Array, key: KeyObject): boolean | undefined {
  try {
    const publicKey = key.type === 'private' ? createPublicKey(key) : key;
    return new X509Certificate(certificateBytes).publicKey.equals(publicKey);
  } catch {
    return undefined;
  }
}

/** RFC 7515 section 4.1.8. */
export function certificateThumbprint(certificateBytes: Uint8Array): string {
  return createHash('sha256').update(certificateBytes).digest('base64url');
}
