/**
 * @module
 * The `authentication` part of `mintproc.yaml`: where the caller's identity comes from.
 */
import * as z from 'zod';
import { joinedByDefault } from './joined-claims.ts';

const claimNames = z
  .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
  .optional()
  .describe('A claim, or several of which the first that holds a text counts; a.b is claim b inside claim a.');

const mostJoined = 64;

const fields = {
  principal: claimNames.describe('Claim that becomes authentication.principal.'),
  clientId: claimNames.describe('Claim that becomes authentication.clientId.'),
  clientName: claimNames.describe('Claim that becomes authentication.clientName.'),
};

const path = z
  .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
  .optional()
  .describe('Where in the metadata the claims are: a.b, or [a, b] where a name holds a dot. Default: all of it.');

const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'must be the name of a header');

const jwtAuthn = z.strictObject({
  from: z.literal('jwt_authn').describe("The token that Envoy's jwt_authn filter verified."),
  payload: z
    .string()
    .min(1)
    .optional()
    .describe("The provider's payload_in_metadata. Default: the only payload that is there."),
  joinLists: z
    .array(z.string().min(1))
    .max(mostJoined)
    .default([...joinedByDefault])
    .describe(
      'Claims that are read as one string, joined by spaces, where Envoy has made a list of words of them. [] joins none.',
    ),
  ...fields,
});

const extAuthz = z.strictObject({
  from: z.literal('ext_authz').describe("What the server behind Envoy's ext_authz filter said about the caller."),
  path,
  ...fields,
});

const metadata = z.strictObject({
  from: z.literal('metadata').describe('Dynamic metadata that another filter of Envoy wrote.'),
  namespace: z.string().min(1).describe("The metadata's namespace, usually the filter's name."),
  path,
  ...fields,
});

const certificate = z.strictObject({
  from: z.literal('certificate').describe("The caller's TLS certificate, as Envoy verified it."),
  trustForwardedClientCert: z
    .boolean()
    .default(false)
    .describe('Whether to believe the header x-forwarded-client-cert; only where Envoy or a proxy before it sets it.'),
  ...fields,
});

const headers = z.strictObject({
  from: z
    .literal('headers')
    .describe('Request headers. They are believed: Envoy or a filter must set them and remove what a client sent.'),
  principal: headerName.optional().describe('Header that becomes authentication.principal.'),
  clientId: headerName.optional().describe('Header that becomes authentication.clientId.'),
  clientName: headerName.optional().describe('Header that becomes authentication.clientName.'),
  properties: z
    .record(z.string(), headerName)
    .optional()
    .describe('Members of authentication.properties, each with the header that it comes from.'),
});

const sources = [jwtAuthn, extAuthz, metadata, certificate, headers] as const;

const sourceSchema = z.discriminatedUnion('from', sources, {
  error: (issue) =>
    issue.code === 'invalid_union'
      ? `must be one of ${sources.map((source) => source.shape.from.value).join(', ')}`
      : undefined,
});

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
      'Asked in this order; the first that knows the caller counts. Default: jwt_authn, ext_authz, certificate.',
    ),
});

export type AuthenticationSettings = z.output<typeof authenticationSchema>;
export type IdentitySource = z.output<typeof sourceSchema>;
export type IdentitySourceOf<From extends IdentitySource['from']> = Extract<IdentitySource, { from: From }>;
