/**
 * @module
 * The properties of `jwt-generate` in versions 1.0.0, 2.0.0 and 2.1.0 (vendor page, "Table 1").
 */
import * as z from 'zod';

/** The vendor's limit for the names of variables and keys. */
const maxLength = 256;

/** An empty string means that the property is absent: the vendor's editor writes it for an empty field. */
const text = z
  .union([z.string(), z.number(), z.boolean(), z.null()], 'must be a string')
  .optional()
  .transform((value) => (value === undefined || value === null || value === '' ? undefined : String(value)))
  .pipe(z.string().max(maxLength).optional());

const comment = z.unknown().optional().describe('A note for readers. It has no effect on the token.');

export const propertiesSchema = z.strictObject({
  version: text.describe('The version of the policy: 1.0.0, 2.0.0 or 2.1.0.'),
  title: text.describe('A name, by which mintproc.yaml can select the policy.'),
  description: comment,
  summary: comment,
  jwt: text.describe(
    'Where the token goes: a variable, or message.headers.NAME for that header. Default: Authorization.',
  ),
  'jti-claim': z
    .union([z.boolean(), z.enum(['true', 'false', '']), z.null()], 'must be true or false')
    .optional()
    .transform((value) => value === true || value === 'true')
    .describe('Whether the token has the claim jti, a random UUID.'),
  'iss-claim': text.describe('The variable with the claim iss. Default: iss.claim.'),
  'sub-claim': text.describe('The variable with the claim sub. Without a value there is no claim.'),
  'aud-claim': text.describe('The variable with the claim aud, or several between commas.'),
  'exp-claim': text.describe('The lifetime in seconds, for the claim exp. Default: 3600.'),
  'private-claims': text.describe('The variable with more claims, a JSON object.'),
  'jws-jwk': text.describe('The variable with the JWK that signs, or one of `keys` of mintproc.yaml.'),
  'jws-alg': text.describe('The signature algorithm. none only inside an encrypted token.'),
  'jws-crypto': text.describe('The crypto object that signs: one of `keys` of mintproc.yaml. It wins over the JWK.'),
  'custom-kid-value-jws': text.describe(
    'The variable with the kid of the signed token, or the kid itself. Since 2.1.0.',
  ),
  'jwe-enc': text.describe('The algorithm that encrypts the content.'),
  'jwe-jwk': text.describe('The variable with the JWK to encrypt to, or one of `keys` of mintproc.yaml.'),
  'jwe-alg': text.describe('The algorithm that encrypts the content key.'),
  'jwe-crypto': text.describe('The crypto object to encrypt to: one of `keys` of mintproc.yaml. It wins over the JWK.'),
  'custom-kid-value-jwe': text.describe(
    'The variable with the kid of the encrypted token, or the kid itself. Since 2.1.0.',
  ),
});

export type Properties = z.output<typeof propertiesSchema>;

export type TextProperty = {
  [name in keyof Properties]-?: Properties[name] extends string | undefined ? name : never;
}[keyof Properties];
