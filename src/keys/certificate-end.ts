/**
 * @module
 * When certificates end, and the warning before it. Times are in milliseconds since the epoch.
 */
import { X509Certificate } from 'node:crypto';
import type { KeyFinding } from '../jose/signing-key.ts';

type Certificates = readonly Uint8Array[];

interface Validity {
  readonly from: number;
  readonly end: number;
}

/** Lists of certificates never change, and parsing one takes some 50 µs. */
const known = new WeakMap<Certificates, Validity | undefined>();

/** When the first of these certificates (DER) ends; undefined where there is none that can be read. */
export function firstEnd(certificates: Certificates): number | undefined {
  return validityOf(certificates)?.end;
}

/** The validity of the one that ends first. */
function validityOf(certificates: Certificates): Validity | undefined {
  if (certificates.length === 0) return undefined;
  if (known.has(certificates)) return known.get(certificates);
  let first: Validity | undefined;
  for (const der of certificates) {
    const validity = readValidity(der);
    if (validity !== undefined && (first === undefined || validity.end < first.end)) first = validity;
  }
  known.set(certificates, first);
  return first;
}

function readValidity(der: Uint8Array): Validity | undefined {
  try {
    const { validFromDate, validToDate } = new X509Certificate(der);
    return { from: validFromDate.getTime(), end: validToDate.getTime() };
  } catch {
    return undefined;
  }
}

const warnedAhead = 30 * 24 * 3_600_000;

/**
 * What is to be said of certificates at `now`; undefined where nothing is. One that lives for hours or weeks is renewed
 * when two thirds of its time have passed, as cert-manager does, so only the last third counts.
 */
export function endingCertificate(certificates: Certificates, now: number): KeyFinding | undefined {
  const validity = validityOf(certificates);
  if (validity === undefined) return undefined;
  const { from, end } = validity;
  if (end - now > Math.min(warnedAhead, (end - from) / 3)) return undefined;
  const day = new Date(end).toISOString();
  return {
    code: 'keys.certificate-ends',
    severity: 'warning',
    message: end <= now ? `The certificate ended at ${day}.` : `The certificate ends soon, at ${day}.`,
    suggestion: 'Have it renewed, and put the new one into its place.',
  };
}
