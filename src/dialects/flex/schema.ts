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

const seconds = (meaning: string) => z.int().min(0).max(maxSeconds).default(0).describe(meaning);

/** The parts that are read separately, so that a mistake elsewhere does not hide theirs. */
export const methodSchema = z.string().default('RS256');
export const membersSchema = z.array(z.unknown()).default([]);
export const memberSchema = z.strictObject({
  name: z.string().describe('The name: a string, or an expression between #[ and ].'),
  value: z
    .string()
    .describe('The value: a string, or an expression between #[ and ]. If an expression gives null, it is left out.'),
});

export const configSchema = z.strictObject({
  signingMethod: z.unknown().optional(),
  privateKey: keySchema
    .optional()
    .describe("The key: PEM, or a secret for HS256, HS384 and HS512. Default: `key` of the policy's entry."),
  iat: z.boolean().default(true).describe('Whether the token has the claim iat, the time of issue.'),
  exp: seconds('The claim exp, in seconds after the time of issue. 0 leaves it out.'),
  nbf: seconds('The claim nbf, in seconds after the time of issue. 0 leaves it out.'),
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
