/**
 * @module
 * The fields of a `jwt-generation-flex` configuration, with the vendor's defaults.
 *
 * The page marks every field as required and gives most of them a default. A missing field gets its default, as in the
 * gateway's own form.
 */
import * as z from 'zod';
import { keySchema } from './signing-key.ts';

/** More than the lifetime of any token, and small enough that adding it to a date is exact. */
const maxSeconds = 10_000_000_000;

const seconds = z.int().min(0).max(maxSeconds).default(0);

/** The parts that are read separately, so that a mistake elsewhere does not hide theirs. */
export const methodSchema = z.string().default('RS256');
export const membersSchema = z.array(z.unknown()).default([]);
export const memberSchema = z.strictObject({ name: z.string(), value: z.string() });

export const configSchema = z.strictObject({
  signingMethod: z.unknown().optional(),
  privateKey: keySchema.optional(),
  iat: z.boolean().default(true),
  exp: seconds,
  nbf: seconds,
  customClaims: z.unknown().optional(),
  customHeaders: z.unknown().optional(),
});

/** The eight algorithms of the vendor's page. */
export const vendorAlgorithms: readonly string[] = [
  'RS256',
  'RS384',
  'RS512',
  'HS256',
  'HS384',
  'HS512',
  'ES256',
  'ES384',
];
