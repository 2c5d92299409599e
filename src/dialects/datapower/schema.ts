/**
 * @module
 * The properties of `jwt-generate` (vendor page, "Table 1"; versions 1.0.0, 2.0.0 and 2.1.0 together).
 */
import * as z from 'zod';

/** The vendor's own limit on the texts that name variables and keys. */
const longestText = 256;

/** An empty text is an absent one: the vendor's editor writes it for a field that was left empty. */
const text = z
  .union([z.string(), z.number(), z.boolean(), z.null()], 'must be a text')
  .optional()
  .transform((value) => (value === undefined || value === null || value === '' ? undefined : String(value)))
  .pipe(z.string().max(longestText).optional());

const prose = z.unknown().optional();

export const propertiesSchema = z.strictObject({
  version: text,
  title: text,
  description: prose,
  summary: prose,
  jwt: text,
  'jti-claim': z
    .union([z.boolean(), z.enum(['true', 'false', '']), z.null()], 'must be true or false')
    .optional()
    .transform((value) => value === true || value === 'true'),
  'iss-claim': text,
  'sub-claim': text,
  'aud-claim': text,
  'exp-claim': text,
  'private-claims': text,
  'jws-jwk': text,
  'jws-alg': text,
  'jws-crypto': text,
  'custom-kid-value-jws': text,
  'jwe-enc': text,
  'jwe-jwk': text,
  'jwe-alg': text,
  'jwe-crypto': text,
  'custom-kid-value-jwe': text,
});

export type Properties = z.output<typeof propertiesSchema>;

export type TextProperty = {
  [name in keyof Properties]-?: Properties[name] extends string | undefined ? name : never;
}[keyof Properties];
