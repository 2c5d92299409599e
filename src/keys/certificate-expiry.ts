/**
 * @module
 * When certificates expire, and the warning before that. Times are in milliseconds since the epoch.
 */
import { X509Certificate } from 'node:crypto';
import { type KeyFinding, keyWarning } from '../jose/key-finding.ts';

type Certificates = readonly Uint8Array[];

interface Validity {
  readonly from: number;
  readonly expiry: number;
}

/** Lists of certificates never change, and parsing one takes some 50 µs. */
const known = new WeakMap<Certificates, Validity | undefined>();

/** When the first of these certificates (DER) expires; undefined if none of them can be read. */
export function firstExpiry(certificates: Certificates): number | undefined {
  return validityOf(certificates)?.expiry;
}

/** The validity of the certificate that expires first. */
function validityOf(certificates: Certificates): Validity | undefined {
  if (certificates.length === 0) return undefined;
  if (known.has(certificates)) return known.get(certificates);
  let first: Validity | undefined;
  for (const der of certificates) {
    const validity = readValidity(der);
    if (validity !== undefined && (first === undefined || validity.expiry < first.expiry)) first = validity;
  }
  known.set(certificates, first);
  return first;
}

function readValidity(der: Uint8Array): Validity | undefined {
  try {
    const { validFromDate, validToDate } = new X509Certificate(der);
    return { from: validFromDate.getTime(), expiry: validToDate.getTime() };
  } catch {
    return undefined;
  }
}

const warnAhead = 30 * 24 * 3_600_000;

/**
 * The warning about certificates at `now`, if there is one. cert-manager renews a certificate when two thirds of its
 * lifetime have passed, so the warning about a short-lived one begins with the last third.
 */
export function expiringCertificate(certificates: Certificates, now: number): KeyFinding | undefined {
  const validity = validityOf(certificates);
  if (validity === undefined) return undefined;
  const { from, expiry } = validity;
  if (expiry - now > Math.min(warnAhead, (expiry - from) / 3)) return undefined;
  const time = new Date(expiry).toISOString();
  const message = expiry <= now ? `The certificate expired at ${time}.` : `The certificate expires at ${time}.`;
  return keyWarning('keys.certificate-ends', message, 'Renew it, and replace the file.');
}
