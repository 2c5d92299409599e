/**
 * @module
 * The `authentication` part of `mintproc.yaml`: where the caller's identity comes from.
 */
import * as z from 'zod';
import { callerKindNames } from '../expressions/caller-objects.ts';
import { joinedByDefault } from './joined-claims.ts';
import { metadataPathSchema } from './metadata-path.ts';

const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'must be a valid header name');

const names = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);

const elsewhere = [
  z.strictObject({ header: headerName.describe('A request header, which is trusted.') }),
  z.strictObject({
    metadata: z.string().min(1).describe("Namespace of Envoy's dynamic metadata."),
    path: metadataPathSchema.describe('Path of the value in the metadata: a.b, or [a, b] if a name contains a dot.'),
  }),
] as const;

const absent = z.literal(false);

/** Where a source finds one fact about the caller. */
const fact = z.union([names, ...elsewhere, absent]).optional();

const factForms =
  'A claim, or several: the first that is a non-empty string is used. a.b is claim b inside claim a. ' +
  'Or { header: NAME }, { metadata: NAMESPACE, path: PATH }, or false for none.';

export const asSchema = z
  .enum(callerKindNames)
  .describe("The vendor's policy that authenticated the caller on its gateway: `authentication` is its object.");

const maxJoined = 64;

const fields = {
  as: asSchema.optional(),
  principal: fact.describe(`For authentication.principal. ${factForms}`),
  clientId: fact.describe(`For authentication.clientId: the ID of the client application. ${factForms}`),
  clientName: fact.describe(`For authentication.clientName: the name of the client application. ${factForms}`),
  slaId: fact.describe(`For authentication.properties.slaId: the SLA tier of the contract. ${factForms}`),
  jwt: z
    .union([...elsewhere])
    .optional()
    .describe("For authentication.properties.jwt: the caller's token, without `Bearer `. The filter must forward it."),
};

const path = metadataPathSchema.describe(
  'Path of the claims in the metadata: a.b, or [a, b] if a name contains a dot. Default: the whole namespace.',
);

const allow = z.array(z.string()).max(64).optional().describe('Codes of warnings about this source that are meant.');

const jwtAuthn = z.strictObject({
  from: z.literal('jwt_authn').describe("The token that Envoy's jwt_authn filter verified."),
  payload: z
    .string()
    .min(1)
    .optional()
    .describe("The provider's payload_in_metadata. Default: the only payload in the metadata."),
  joinLists: z
    .array(z.string().min(1))
    .max(maxJoined)
    .default([...joinedByDefault])
    .describe(
      'Claims that are joined with spaces into one string if Envoy split them into a list of words. [] joins none.',
    ),
  ...fields,
  allow,
});

const extAuthz = z.strictObject({
  from: z.literal('ext_authz').describe("The metadata that the server of Envoy's ext_authz filter returned."),
  path,
  ...fields,
  allow,
});

const metadata = z.strictObject({
  from: z.literal('metadata').describe('Dynamic metadata that another Envoy filter wrote.'),
  namespace: z.string().min(1).describe("Namespace of the metadata, usually the filter's name."),
  path,
  ...fields,
  allow,
});

const certificate = z.strictObject({
  from: z.literal('certificate').describe("The caller's TLS certificate, as Envoy verified it."),
  trustForwardedClientCert: z
    .boolean()
    .default(false)
    .describe(
      'Whether to trust the header x-forwarded-client-cert. Set it only if Envoy or a proxy before it sets the header.',
    ),
  ...fields,
  allow,
});

const headers = z.strictObject({
  from: z
    .literal('headers')
    .describe('Request headers. They are trusted: Envoy or a filter must set them and remove what a client sent.'),
  as: asSchema.optional(),
  principal: headerName.optional().describe('Header for authentication.principal.'),
  clientId: headerName.optional().describe('Header for authentication.clientId.'),
  clientName: headerName.optional().describe('Header for authentication.clientName.'),
  slaId: headerName.optional().describe('Header for authentication.properties.slaId.'),
  jwt: headerName.optional().describe("Header with the caller's token, for authentication.properties.jwt."),
  properties: z
    .record(z.string(), headerName)
    .optional()
    .describe('Members of authentication.properties, each with its header.'),
  allow,
});

const peer = z.strictObject({
  from: z
    .literal('peer')
    .describe(
      "The name of the TLS peer that Envoy's ext_authz filter sends. It is trusted: Envoy must verify certificates.",
    ),
  ...fields,
  allow,
});

const payloadHeader = z.strictObject({
  from: z
    .literal('payload_header')
    .describe('A request header with the claims of a verified token. It is trusted: a filter must set or remove it.'),
  header: headerName
    .default('x-jwt-payload')
    .describe('The header: claims as JSON, in base64url. Default: x-jwt-payload.'),
  ...fields,
  allow,
});

const sourceSchema = z.discriminatedUnion('from', [
  jwtAuthn,
  extAuthz,
  metadata,
  certificate,
  peer,
  payloadHeader,
  headers,
]);

export const authenticationSchema = z.strictObject({
  sources: z
    .array(sourceSchema)
    .max(16)
    .default([
      { from: 'jwt_authn', joinLists: [...joinedByDefault] },
      { from: 'ext_authz' },
      { from: 'certificate', trustForwardedClientCert: false },
    ])
    .describe(
      'Sources of the identity, tried in order; the first that knows the caller is used. Default: jwt_authn, ext_authz, certificate.',
    ),
});

/** Where a source finds one fact about the caller, as the configuration writes it. */
export type FactForm = z.output<typeof fact>;
export type AuthenticationSettings = z.output<typeof authenticationSchema>;
export type IdentitySource = z.output<typeof sourceSchema>;
export type IdentitySourceOf<From extends IdentitySource['from']> = Extract<IdentitySource, { from: From }>;
