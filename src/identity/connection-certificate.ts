/**
 * @module
 * The caller's TLS certificate from Envoy's `connection.*` attributes, which Envoy takes from the handshake.
 */
import type { JsonObject } from '../diagnostics/json.ts';
import type { IncomingRequest } from '../request/incoming-request.ts';

/** Attributes and members. The members have the names of the keys of x-forwarded-client-cert. */
export const certificateMembers = [
  ['connection.subject_peer_certificate', 'subject'],
  ['connection.uri_san_peer_certificate', 'uri'],
  ['connection.dns_san_peer_certificate', 'dns'],
  ['connection.sha256_peer_certificate_digest', 'hash'],
] as const;

const verified = 'connection.mtls';

/** All attributes that are read. */
export const certificateAttributes: readonly string[] = [
  verified,
  ...certificateMembers.map(([attribute]) => attribute),
];

/** The certificate's claims; undefined if the caller presented none that Envoy verified. */
export function connectionCertificate({ attributes }: IncomingRequest): JsonObject | undefined {
  // Without mTLS, the attributes may describe a certificate that was not verified.
  if (attributes.get(verified) !== true) return undefined;
  const certificate: Record<string, string> = {};
  for (const [attribute, member] of certificateMembers) {
    const value = attributes.get(attribute);
    if (typeof value === 'string' && value !== '') certificate[member] = value;
  }
  return withCommonName(certificate);
}

/** Adds `commonName`, the subject's CN, if it has one. */
export function withCommonName(certificate: Record<string, string>): JsonObject {
  const name = certificate['subject'] === undefined ? undefined : commonName(certificate['subject']);
  return name === undefined ? certificate : { ...certificate, commonName: name };
}

/** One attribute: its type, and its value, in which a backslash escapes the next character. */
const attribute = /([^=,+]+)=((?:\\.|[^\\,+])*)(?:[,+]|$)/gsy;

/**
 * The value of the first `CN`, which is the most specific; undefined if there is none or the name is malformed.
 * @internal Exported for its tests: a name comes from a client's certificate and is hostile input.
 */
export function commonName(name: string): string | undefined {
  attribute.lastIndex = 0;
  for (let found = attribute.exec(name); found !== null; found = attribute.exec(name)) {
    if (found[1]?.trim().toUpperCase() === 'CN') return unescaped(found[2] ?? '');
    if (attribute.lastIndex === name.length) return undefined;
  }
  return undefined;
}

const utf8 = new TextDecoder('utf-8');

/** RFC 2253 section 2.4: `\,` is a comma, `\C3\A9` the bytes of a UTF-8 character. */
function unescaped(value: string): string {
  return value
    .replace(/(?:\\[0-9A-Fa-f]{2})+/g, (run) => utf8.decode(Buffer.from(run.replaceAll('\\', ''), 'hex')))
    .replace(/\\(.)/gs, '$1');
}
