/**
 * @module
 * The `jwks` part of `mintproc.yaml`: where verifiers find the public keys, and how long they may keep them.
 */
import * as z from 'zod';
import { addressSchema } from './address-schema.ts';
import { durationSchema } from './duration.ts';

const issuerObjection = 'must be an http or https URL without user, password, query and fragment';

/** OpenID Connect Discovery 1.0, section 3. Everybody can read the issuer, so a password in it would be published. */
function isIssuer(text: string): boolean {
  const { username, password } = new URL(text);
  return username === '' && password === '' && !/[?#]/.test(text);
}

/** Also of keys that no JWKS publishes: a ring does not forget them sooner. */
export const defaultKeepFor = '24h';

export const jwksSchema = z.strictObject({
  listen: addressSchema.describe('Where /.well-known/jwks.json is: host:port, [address]:port or unix:/path.'),
  issuer: z
    .url({ protocol: /^https?$/, error: issuerObjection, abort: true })
    .refine(isIssuer, issuerObjection)
    .optional()
    .describe('The issuer of the tokens; with it, /.well-known/openid-configuration is answered too.'),
  maxAge: durationSchema().default('5m').describe('How long verifiers may keep the answer (Cache-Control).'),
  publishAhead: durationSchema()
    .optional()
    .describe('How long a new key is published before it signs. Default: maxAge, so that every cache has it.'),
  keepFor: durationSchema()
    .default(defaultKeepFor)
    .describe(
      'How long a key that signs no more stays published, where a policy does not fix the lifetime of its tokens.',
    ),
  postQuantum: z
    .enum(['apart', 'together'])
    .default('apart')
    .describe(
      'Where ML-DSA keys (kty AKP) are: apart at /.well-known/jwks-akp.json, since some verifiers fail on them.',
    ),
});

export type JwksSettings = z.output<typeof jwksSchema>;
