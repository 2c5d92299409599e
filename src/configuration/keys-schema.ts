/**
 * @module
 * Keys in `mintproc.yaml`: where a key is, how it is written, and when it is used.
 */
import * as z from 'zod';
import { signatureAlgorithms } from '../jose/signature-algorithms.ts';

/** A key that was pasted where its file belongs would stand in the message that no such file exists. */
export const keyPath = z
  .string()
  .min(1)
  .max(1024)
  .regex(/^(?!.*-----)[^\r\n]*$/, 'must be a path or a name, in one line; a key itself goes under `text` or `jwk`');

/** Exactly one of them says where the key is. */
const places = {
  file: keyPath
    .optional()
    .describe('File with the key: PEM, a JWK, or the secret itself; a certificate to encrypt to.'),
  env: keyPath.optional().describe('Environment variable with the key, as in a file; line breaks may be written \\n.'),
  text: z.string().optional().describe('The key itself, for trying out. Prefer a file.'),
  jwk: z
    .union([z.string(), z.record(z.string(), z.json())])
    .optional()
    .describe('A JWK, as a map or as JSON text. For secrets and private keys prefer a file.'),
  jwks: keyPath
    .optional()
    .describe(
      'File with a JWK set: the key of `kid`, else every private key, in this order; to encrypt, the one key that fits.',
    ),
  pkcs12: keyPath.optional().describe('PKCS#12 file (.p12, .pfx, a Java key store) with one private key.'),
  directory: keyPath
    .optional()
    .describe('Folder with one key a file, such as a mounted Secret; they sign in order of names.'),
  generate: z
    .enum([...signatureAlgorithms.keys()])
    .optional()
    .describe('Makes a key for this algorithm at every start. For trying out only, and never to encrypt to.'),
};

const passphraseSchema = z
  .union([z.strictObject({ file: keyPath }), z.strictObject({ env: keyPath })])
  .describe('Where the password of an encrypted key is.');

const writing = {
  encoding: z
    .enum(['utf8', 'hex', 'base64', 'base64url'])
    .optional()
    .describe('How a secret is written. Default: utf8, which is the text itself.'),
  passphrase: passphraseSchema.optional(),
  kid: z
    .string()
    .min(1)
    .max(256)
    .regex(/^[^\s{}"]*$/, 'must be a name without blanks, braces and quotes, never a key: tokens show it')
    .optional()
    .describe("The key's name in tokens and in the JWKS. Default: that of its JWK, else its RFC 7638 thumbprint."),
  certificate: keyPath
    .optional()
    .describe('PEM file with the certificate of the key, and those of its issuers: x5c, x5t#S256.'),
};

const times = {
  activeFrom: z.iso.datetime({ offset: true }).optional().describe('Signs from then on: 2026-07-01T00:00:00Z.'),
  retireAfter: z.iso.datetime({ offset: true }).optional().describe('Signs no more from then on.'),
};

const placeNames = Object.keys(places) as (keyof typeof places)[];

function onePlace(form: { readonly [key: string]: unknown }): boolean {
  return placeNames.filter((name) => form[name] !== undefined).length === 1;
}

const oneOfThem = `must have exactly one of ${placeNames.join(', ')}`;

const plainKeySchema = z.strictObject({ ...places, ...writing, ...times });

const versionSchema = plainKeySchema.refine(onePlace, oneOfThem);

/** A key beside the policy that uses it; a text names one of the configuration's `keys`. */
export const policyKeySchema = z.union([
  z.string().min(1).describe('The name of one of `keys`.'),
  plainKeySchema.refine(onePlace, oneOfThem),
]);

export const namedKeySchema = z
  .strictObject({
    ...places,
    ...writing,
    ...times,
    versions: z.array(versionSchema).min(1).max(64).optional().describe('Several keys that sign one after the other.'),
    revoked: z
      .array(z.string().min(1))
      .default([])
      .describe('Names (kid or thumbprint) of keys that must neither sign nor be published any more.'),
  })
  .refine((form) => onePlace(form) !== (form.versions !== undefined), `${oneOfThem}, or \`versions\``);

export const namedKeysSchema = z
  .record(z.string().min(1).max(256), namedKeySchema)
  .default({})
  .describe('Keys by the names that policies use: signing keys, crypto objects, and variables that hold JWKs.');

export type VersionForm = z.output<typeof plainKeySchema>;
export type NamedKeyForm = z.output<typeof namedKeySchema>;
export type PlaceName = (typeof placeNames)[number];

/** Which key of a form says where the key is. */
export function placeOf(form: VersionForm): PlaceName {
  return placeNames.find((name) => form[name] !== undefined) ?? 'file';
}
