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

const comment = z.unknown().optional();

export const propertiesSchema = z.strictObject({
  version: text,
  title: text,
  description: comment,
  summary: comment,
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
