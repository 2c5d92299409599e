/**
 * @module
 * The caller's TLS certificate by Envoy's `connection.*` attributes, which Envoy fills from the handshake itself.
 */
import type { JsonObject } from '../diagnostics/json.ts';
import type { IncomingRequest } from '../mint/decision.ts';
import { commonName } from './distinguished-name.ts';

/** Attribute and member; the members are named after the keys of x-forwarded-client-cert. */
const members = [
  ['connection.subject_peer_certificate', 'subject'],
  ['connection.uri_san_peer_certificate', 'uri'],
  ['connection.dns_san_peer_certificate', 'dns'],
  ['connection.sha256_peer_certificate_digest', 'hash'],
] as const;

/** What is known of the certificate; undefined where the caller showed none that Envoy verified. */
export function connectionCertificate({ attributes }: IncomingRequest): JsonObject | undefined {
  // Without mTLS the attributes may still describe a certificate that nobody checked.
  if (attributes.get('connection.mtls') !== true) return undefined;
  const certificate: Record<string, string> = {};
  for (const [attribute, member] of members) {
    const value = attributes.get(attribute);
    if (typeof value === 'string' && value !== '') certificate[member] = value;
  }
  return withCommonName(certificate);
}

/** Adds `commonName`, the subject's CN, where there is one. */
export function withCommonName(certificate: Record<string, string>): JsonObject {
  const name = certificate['subject'] === undefined ? undefined : commonName(certificate['subject']);
  return name === undefined ? certificate : { ...certificate, commonName: name };
}
