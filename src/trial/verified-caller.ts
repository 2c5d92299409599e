/**
 * @module
 * Where a caller's claims are in what Envoy sends, for each kind of source: the opposite of reading them there.
 */
import { isPlainName, plainNames } from '../diagnostics/harmless.ts';
import type { JsonObject, JsonValue } from '../diagnostics/json.ts';
import type { AuthenticationSettings, IdentitySource, IdentitySourceOf } from '../identity/authentication-schema.ts';
import { sourceNames } from '../identity/caller-sources.ts';
import { certificateMembers } from '../identity/connection-certificate.ts';
import { headerFacts } from '../identity/identity-headers.ts';
import { metadataPath } from '../identity/metadata-path.ts';
import { encodedPayload } from '../identity/payload-header.ts';
import type { HeaderField } from '../request/header-fields.ts';
import { principalAttribute } from '../request/request-view.ts';
import { TrialError } from './trial-error.ts';

/** What a caller adds to a request. */
export interface CallerParts {
  readonly metadata: JsonObject;
  readonly attributes: JsonObject;
  readonly headers: readonly HeaderField[];
}

const nothing: CallerParts = { metadata: {}, attributes: {}, headers: [] };

export interface WrittenCaller {
  readonly claims: JsonObject;
  /** The name of a source; undefined for the first. */
  readonly from?: string | undefined;
}

/** @throws TrialError if the source does not exist, or cannot say a claim */
export function callerParts({ claims, from }: WrittenCaller, { sources }: AuthenticationSettings): CallerParts {
  const names = sourceNames(sources);
  const source = from === undefined ? sources[0] : sources[names.indexOf(from)];
  if (source === undefined) {
    const known = names.length === 0 ? 'The configuration has no sources.' : `The sources are: ${plainNames(names)}.`;
    throw new TrialError(['caller', 'from'], 'No source of the configuration has this name.', known);
  }
  return partsIn(source, claims);
}

function partsIn(source: IdentitySource, claims: JsonObject): CallerParts {
  switch (source.from) {
    case 'jwt_authn':
      return inMetadata(['envoy.filters.http.jwt_authn', source.payload ?? 'payload'], claims);
    case 'ext_authz':
      return inMetadata(metadataPath('envoy.filters.http.ext_authz', source.path), claims);
    case 'metadata':
      return inMetadata(metadataPath(source.namespace, source.path), claims);
    case 'certificate':
      return { ...nothing, attributes: attributesOfCertificate(claims) };
    case 'peer':
      return { ...nothing, attributes: attributesOfPeer(claims) };
    case 'payload_header':
      return { ...nothing, headers: [[source.header.toLowerCase(), encodedPayload(claims)]] };
    case 'headers':
      return { ...nothing, headers: Object.entries(claims).map(([name, value]) => headerOf(source, name, value)) };
  }
}

function inMetadata(path: readonly string[], claims: JsonObject): CallerParts {
  const metadata = path.reduceRight<JsonValue>((inner, name) => ({ [name]: inner }), claims);
  return { ...nothing, metadata: metadata as JsonObject };
}

/** @throws TrialError if a claim is not one of a certificate */
export function attributesOfCertificate(claims: JsonObject): JsonObject {
  const attributes = Object.entries(claims).map(([name, value]): readonly [string, JsonValue] => {
    const known = certificateMembers.find(([, member]) => member === name);
    if (known !== undefined) return [known[0], value];
    const names = certificateMembers.map(([, member]) => member).join(', ');
    throw new TrialError(['caller', 'claims', name], 'A certificate has no such claim.', `It has: ${names}.`);
  });
  return { 'connection.mtls': true, ...Object.fromEntries(attributes) };
}

/** @throws TrialError if a claim is not one of a peer */
function attributesOfPeer(claims: JsonObject): JsonObject {
  const other = Object.keys(claims).find((name) => name !== 'principal');
  if (other === undefined)
    return claims['principal'] === undefined ? {} : { [principalAttribute]: claims['principal'] };
  throw new TrialError(['caller', 'claims', other], 'A peer has no such claim to write.', 'It has: principal.');
}

function headerOf(source: IdentitySourceOf<'headers'>, name: string, value: JsonValue): HeaderField {
  const keys = headerFacts.map(([, key]) => key);
  const key = keys.find((one) => one === name);
  const header = key === undefined ? source.properties?.[name] : source[key];
  if (header === undefined) {
    const known = [...keys.filter((one) => source[one] !== undefined), ...Object.keys(source.properties ?? {})];
    const suggestion = `The source has headers for: ${plainNames(known.filter(isPlainName))}.`;
    throw new TrialError(['caller', 'claims', name], 'The source has no header for this claim.', suggestion);
  }
  if (typeof value !== 'string') {
    throw new TrialError(['caller', 'claims', name], 'This claim comes from a header, so it must be a string.');
  }
  return [header.toLowerCase(), value];
}
