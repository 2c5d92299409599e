/**
 * @module
 * Keys in `mintproc.yaml`: where a key is, how it is encoded, and when it is used.
 */
import * as z from 'zod';
import { signatureAlgorithms } from '../jose/signature-algorithms.ts';
import { durationSchema } from './duration.ts';
import { keyPath } from './key-path.ts';
import { awsKmsSchema, pkcs11Schema, vaultTransitSchema } from './outside-keys-schema.ts';

/** A key has exactly one of these. */
const places = {
  file: keyPath
    .optional()
    .describe('File with the key: PEM, a JWK, or the secret itself. For a recipient also a certificate.'),
  env: keyPath
    .optional()
    .describe('Environment variable with the key, in the same forms; line breaks may be written \\n.'),
  text: z.string().optional().describe('The key itself, for trials. Prefer a file.'),
  jwk: z
    .union([z.string(), z.record(z.string(), z.json())])
    .optional()
    .describe('A JWK, as a map or as JSON. For secrets and private keys, prefer a file.'),
  jwks: keyPath
    .optional()
    .describe(
      'File with a JWK set. Uses the key named by `kid`, else every private key in order; for a recipient, the one key that fits.',
    ),
  pkcs12: keyPath.optional().describe('PKCS#12 file (.p12, .pfx, a Java keystore) with one private key.'),
  directory: keyPath
    .optional()
    .describe(
      'Folder with one key in each file, such as a mounted Secret. The keys sign in the order of their file names.',
    ),
  generate: z
    .enum([...signatureAlgorithms.keys()])
    .optional()
    .describe('Generates a key for this algorithm at every start. For trials only, and not for a recipient.'),
  vaultTransit: vaultTransitSchema.optional().describe('A key of the Transit engine of Vault or OpenBao, which signs.'),
  awsKms: awsKmsSchema
    .optional()
    .describe(
      'A key of AWS KMS, which signs. The credentials come from where AWS programs take them, never from here.',
    ),
  pkcs11: pkcs11Schema
    .optional()
    .describe('A key in a PKCS#11 token, such as an HSM, which signs. Needs the package pkcs11js.'),
};

const passphraseSchema = z
  .union([
    z.strictObject({ file: keyPath.describe('File with the password.') }),
    z.strictObject({ env: keyPath.describe('Environment variable with the password.') }),
  ])
  .describe('Where the password of an encrypted key is.');

const encoding = {
  encoding: z
    .enum(['utf8', 'hex', 'base64', 'base64url'])
    .optional()
    .describe('Encoding of a secret. Default: utf8, the text itself.'),
  passphrase: passphraseSchema.optional(),
  kid: z
    .string()
    .min(1)
    .max(256)
    .regex(/^[^\s{}"]*$/, 'must be a name without spaces, braces and quotes, never a key: tokens contain it')
    .optional()
    .describe("The key's name in tokens and in the JWKS. Default: the kid of its JWK, else its RFC 7638 thumbprint."),
  certificate: keyPath
    .optional()
    .describe('PEM file with the certificate chain of the key, for x5c and x5t#S256 in the JWKS.'),
};

const times = {
  activeFrom: z.iso
    .datetime({ offset: true })
    .optional()
    .describe('Time from which the key is used, such as 2026-07-01T00:00:00Z.'),
  retireAfter: z.iso.datetime({ offset: true }).optional().describe('Time from which the key is no longer used.'),
};

const placeNames = Object.keys(places) as (keyof typeof places)[];

function onePlace(form: { readonly [key: string]: unknown }): boolean {
  return placeNames.filter((name) => form[name] !== undefined).length === 1;
}

const oneOfThem = `must have exactly one of ${placeNames.join(', ')}`;

/** How the signatures of a service are asked for. */
const asking = {
  deadline: durationSchema('1ms', '60s')
    .optional()
    .describe('Of a key that a service holds: maximum time for a signature, retries included. Default: 500ms.'),
  queue: z
    .int()
    .min(1)
    .max(10_000)
    .optional()
    .describe('Of a key that a service holds: maximum number of signatures that wait for a call. Default: 1000.'),
};

const outsidePlaces = ['vaultTransit', 'awsKms', 'pkcs11'] as const;

/** Whether a service holds the key. */
export function isOutside(form: { readonly [key: string]: unknown }): boolean {
  return outsidePlaces.some((name) => form[name] !== undefined);
}

/** What only keys that a service holds may have, and what they may not have. */
function fitItsPlace(form: { readonly [key: string]: unknown }, context: z.RefinementCtx): void {
  const held = isOutside(form);
  const others = held ? ['encoding', 'passphrase'] : Object.keys(asking);
  const message = `is ${held ? 'not' : 'only'} for a key that a service holds (${outsidePlaces.join(', ')})`;
  for (const name of others) {
    if (form[name] !== undefined) context.addIssue({ code: 'custom', path: [name], message });
  }
}

const plainKeySchema = z.strictObject({ ...places, ...encoding, ...times, ...asking });

const versionSchema = plainKeySchema.refine(onePlace, oneOfThem).superRefine(fitItsPlace);

/** A key in the entry of a policy. A string is the name of one of the configuration's `keys`. */
export const policyKeySchema = z.union([z.string().min(1).describe('The name of one of `keys`.'), versionSchema]);

export const namedKeySchema = z
  .strictObject({
    ...places,
    ...encoding,
    ...times,
    ...asking,
    versions: z.array(versionSchema).min(1).max(64).optional().describe('Several keys, used one after the other.'),
    revoked: z
      .array(z.string().min(1))
      .default([])
      .describe('Names (kid or thumbprint) of keys that must no longer be used or published.'),
  })
  .refine((form) => onePlace(form) !== (form.versions !== undefined), `${oneOfThem}, or \`versions\``)
  .superRefine(fitItsPlace);

export const namedKeysSchema = z
  .record(z.string().min(1).max(256), namedKeySchema)
  .default({})
  .describe('Keys by the names that policies use: signing keys, crypto objects, and variables that contain JWKs.');

export type VersionForm = z.output<typeof plainKeySchema>;
export type NamedKeyForm = z.output<typeof namedKeySchema>;
export type PlaceName = (typeof placeNames)[number];

/** The keys of a declaration, which are used one after the other. */
export function versionsOf(form: NamedKeyForm): readonly VersionForm[] {
  return form.versions ?? [form];
}

/** The member of a form that says where the key is. */
export function placeOf(form: VersionForm): PlaceName {
  return placeNames.find((name) => form[name] !== undefined) ?? 'file';
}

/** The names of all keys that must not be published any more. */
export function revokedNames(
  settings: { readonly keys: Readonly<Record<string, NamedKeyForm>> } | undefined,
): Set<string> {
  return new Set(Object.values(settings?.keys ?? {}).flatMap(({ revoked }) => revoked));
}
