/**
 * @module
 * How Envoy's filter knows the caller of a request whose token it keeps: by what Envoy itself verified in this very
 * request. Another source may say something else for the same bytes, so it is refused.
 */
import type { YamlPath } from '../documents/yaml-places.ts';
import type { AuthenticationSettings, IdentitySource, IdentitySourceOf } from '../identity/authentication-schema.ts';
import type { KeyCaller } from '../request/envoy-reuse.ts';
import type { ReuseFinding } from './envoy-reuse-problems.ts';

/** Why no key can hold the caller. */
interface RefusedCaller {
  readonly kind: 'refused';
  /** Below `authentication`. */
  readonly at: YamlPath;
  readonly finding: ReuseFinding;
}

function refused(message: string, suggestion: string, source = 0): RefusedCaller {
  return { kind: 'refused', at: ['sources', source], finding: { code: 'reuse.caller', message, suggestion } };
}

/** How the key tells one caller from another, or the problem for which it cannot. */
export function keyCaller({ sources }: AuthenticationSettings): KeyCaller | RefusedCaller {
  const [source, ...others] = sources;
  // Nobody is ever known.
  if (source === undefined) return { kind: 'none' };
  if (others.length > 0) {
    const message =
      '`authentication` has several sources of the caller, and any of them may know the caller of a request.';
    return refused(message, onlyOne, 1);
  }
  switch (source.from) {
    case 'jwt_authn':
      return byToken(source);
    case 'certificate':
      return byCertificate(source);
    case 'ext_authz':
    case 'metadata':
    case 'peer':
    case 'payload_header':
    case 'headers':
      return refused(
        `The caller comes from \`${source.from}\`, which may say something else for the same request.`,
        onlyOne,
      );
  }
}

/** The same if nothing reads the caller: no source may refuse a request for what is in its headers. */
export function unreadCaller({ sources }: AuthenticationSettings): KeyCaller | RefusedCaller {
  const index = sources.findIndex(
    (source) =>
      source.from === 'headers' ||
      source.from === 'payload_header' ||
      (source.from === 'certificate' && source.trustForwardedClientCert),
  );
  const strict = sources[index];
  if (strict === undefined) return { kind: 'none' };
  return refused(
    `The source \`${strict.from}\` refuses requests whose trusted headers are repeated or malformed, and Envoy would not.`,
    'Nothing reads the caller: write `authentication: { sources: [] }`.',
    index,
  );
}

const onlyOne =
  'Write one source that Envoy itself verifies: `authentication: { sources: [{ from: jwt_authn, payload: NAME }] }`, or `{ from: certificate }`.';

function byToken(source: IdentitySourceOf<'jwt_authn'>): KeyCaller | RefusedCaller {
  const { payload, jwt } = source;
  if (payload === undefined) {
    return refused(
      'The source `jwt_authn` takes the only payload, whichever that is.',
      "Write the provider's `payload_in_metadata` as its `payload`.",
    );
  }
  if (hasPlacedFacts(source) || (jwt !== undefined && !('header' in jwt))) return elsewhere;
  return { kind: 'token', header: (jwt?.header ?? 'authorization').toLowerCase(), payload };
}

function byCertificate(source: IdentitySourceOf<'certificate'>): KeyCaller | RefusedCaller {
  if (source.trustForwardedClientCert) {
    return refused(
      'The source `certificate` trusts `x-forwarded-client-cert`, which names another connection.',
      'Remove `trustForwardedClientCert`.',
    );
  }
  return hasPlacedFacts(source) || source.jwt !== undefined ? elsewhere : { kind: 'certificate' };
}

const elsewhere = refused(
  'A fact of the caller comes from a header or from other metadata, which Envoy did not verify with the caller.',
  'Take it from a claim.',
);

type OfClaims = Exclude<IdentitySource, { from: 'headers' }>;

/** Whether facts other than the caller's own token are not in the claims. */
function hasPlacedFacts({ principal, clientId, clientName, slaId }: OfClaims): boolean {
  return [principal, clientId, clientName, slaId].some(
    (fact) => typeof fact === 'object' && ('header' in fact || 'metadata' in fact),
  );
}
