/**
 * @module
 * The fields of a `jwt-generation-flex` configuration, with the vendor's defaults.
 *
 * The page calls every field required and gives most a default; a field that is left out takes its default, as the
 * gateway's own form fills it in.
 */
import * as z from 'zod';

/** Far beyond any token's life, and small enough that adding it to a date stays exact. */
const mostSeconds = 10_000_000_000;

const seconds = z.int().min(0).max(mostSeconds).default(0);

/** The parts that are read on their own, so that a mistake elsewhere does not hide theirs. */
export const methodSchema = z.string().default('RS256');
export const membersSchema = z.array(z.unknown()).default([]);
export const memberSchema = z.strictObject({ name: z.string(), value: z.string() });

export const configSchema = z.strictObject({
  signingMethod: z.unknown().optional(),
  privateKey: z.string().optional(),
  iat: z.boolean().default(true),
  exp: seconds,
  nbf: seconds,
  customClaims: z.unknown().optional(),
  customHeaders: z.unknown().optional(),
});

/** The eight that the vendor's page lists. */
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
