/**
 * @module
 * The `jwks` part of `mintproc.yaml`: where verifiers find the public keys, and how long they may cache them.
 */
import * as z from 'zod';
import { addressSchema } from './address-schema.ts';
import { durationSchema, milliseconds } from './duration.ts';
import { withoutHome } from './files.ts';

const issuerObjection = 'must be an http or https URL without user, password, query and fragment';

/** OpenID Connect Discovery 1.0, section 3. The issuer is public, so a password in it would be published. */
function isIssuer(text: string): boolean {
  const { username, password } = new URL(text);
  return username === '' && password === '' && !/[?#]/.test(text);
}

/** Applies without a JWKS too: a key ring keeps replaced keys for this time. */
export const defaultKeepFor = '24h';

export const jwksSchema = z.strictObject({
  listen: addressSchema.describe(
    'Address that serves /.well-known/jwks.json: host:port, [address]:port or unix:/path.',
  ),
  issuer: z
    .url({ protocol: /^https?$/, error: issuerObjection, abort: true })
    .refine(isIssuer, issuerObjection)
    .optional()
    .describe('The issuer of the tokens. If given, /.well-known/openid-configuration is served too.'),
  maxAge: durationSchema().default('5m').describe('How long verifiers may cache the JWKS (Cache-Control).'),
  cache: durationSchema()
    .optional()
    .describe(
      'How long verifiers cache the JWKS whatever maxAge says, such as cache_duration of Envoy. Default: maxAge.',
    ),
  replicas: z
    .int()
    .min(1)
    .max(10_000)
    .default(1)
    .describe('Number of instances with these keys. With several, only keys with dates change everywhere at once.'),
  publishAhead: durationSchema()
    .optional()
    .describe(
      'How long a new key is published before it signs. Default: the longer of maxAge and cache, so that every cache contains it.',
    ),
  keepFor: durationSchema()
    .default(defaultKeepFor)
    .describe('How long a replaced key stays published, if its policy does not fix the lifetime of its tokens.'),
  state: z
    .string()
    .min(1, 'must be the path of a file')
    .max(4096)
    .regex(...withoutHome)
    .optional()
    .describe(
      'File in which mintproc remembers public keys and their dates across restarts, relative to this file. Default: nothing is remembered.',
    ),
  postQuantum: z
    .enum(['apart', 'together'])
    .default('apart')
    .describe(
      'Where ML-DSA keys (kty AKP) are published: apart, at /.well-known/jwks-akp.json, since some verifiers fail on them; together, with the other keys.',
    ),
});

export type JwksSettings = z.output<typeof jwksSchema>;

/** How long a verifier may use a copy of the JWKS, in milliseconds. */
export function verifiersCache({ maxAge, cache }: JwksSettings): number {
  return Math.max(milliseconds(maxAge), milliseconds(cache ?? '0s'));
}

/** How long a new key is published before it signs, in milliseconds. */
export function publishAheadOf(jwks: JwksSettings): number {
  return jwks.publishAhead === undefined ? verifiersCache(jwks) : milliseconds(jwks.publishAhead);
}
