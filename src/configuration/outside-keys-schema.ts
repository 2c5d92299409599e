/**
 * @module
 * Keys that a service holds, as `mintproc.yaml` writes them.
 */
import * as z from 'zod';
import { keyPath } from './key-path.ts';

/** A part of a path of Vault's HTTP API. */
const pathPart = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[\w.-]+(?:\/[\w.-]+)*$/, 'must be a name of letters, digits, `_`, `.`, `-` and `/`');

const secretSchema = z.union([
  z.strictObject({ file: keyPath.describe('File with it.') }),
  z.strictObject({ env: keyPath.describe('Environment variable with it.') }),
]);

export const vaultTransitSchema = z
  .strictObject({
    address: z.url().max(1024).optional().describe('Address of Vault, with https. Default: VAULT_ADDR.'),
    mount: pathPart.default('transit').describe('Path at which the Transit engine is mounted.'),
    key: z
      .string()
      .min(1)
      .max(256)
      .regex(/^[\w.-]+$/, 'must be the name of a key alone: letters, digits, `_`, `.` and `-`; its path is `mount`')
      .describe('Name of the key.'),
    version: z
      .int()
      .min(1)
      .optional()
      .describe('Version of the key. Default: the newest one when the configuration is loaded.'),
    namespace: z
      .string()
      .min(1)
      .max(256)
      .regex(/^[\x21-\x7e]+$/, 'must be ASCII without spaces')
      .optional()
      .describe('Namespace. Default: VAULT_NAMESPACE.'),
    token: secretSchema
      .optional()
      .describe(
        'Where the token is: a file, which may change at any time, or an environment variable. Default: VAULT_TOKEN.',
      ),
    kubernetes: z
      .strictObject({
        role: z.string().min(1).max(256).describe('Role of the Kubernetes auth method.'),
        mount: pathPart.default('kubernetes').describe('Path at which the auth method is mounted.'),
        token: keyPath
          .default('/var/run/secrets/kubernetes.io/serviceaccount/token')
          .describe('File with the token of the service account.'),
      })
      .optional()
      .describe('Log in with the service account of the pod, in place of `token`.'),
    ca: z
      .strictObject({ file: keyPath.describe('PEM file.') })
      .optional()
      .describe('Authorities for the certificate of Vault. Default: those of Node.'),
  })
  .refine(
    ({ token, kubernetes }) => token === undefined || kubernetes === undefined,
    'must have one of token, kubernetes',
  );

export const awsKmsSchema = z.strictObject({
  key: z
    .string()
    .min(1)
    .max(2048)
    .regex(
      /^(?:arn:[\w-]+:kms:[\w-]+:\d+:(?:key|alias)\/[\w/-]+|alias\/[\w/-]+|mrk-\w+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/,
      'must be the ARN of a key or an alias of KMS, `alias/NAME`, or the id of a key',
    )
    .describe('ARN of the key or of an alias.'),
  region: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/, 'must be the name of a region, such as eu-central-1')
    .optional()
    .describe('Region. Default: that of the ARN, else AWS_REGION.'),
});

export const pkcs11Schema = z
  .strictObject({
    module: keyPath.describe('The PKCS#11 library of the token, a .so file.'),
    token: z.string().min(1).max(32).describe('Label of the token.'),
    label: z.string().min(1).max(256).optional().describe('Label of the key.'),
    id: z
      .string()
      .regex(/^(?:[0-9a-fA-F]{2}){1,128}$/, 'must be hexadecimal')
      .optional()
      .describe('Id of the key (CKA_ID), in hexadecimal, in quotes.'),
    pin: secretSchema.describe('Where the PIN of the user is. It is read once.'),
  })
  .refine(({ label, id }) => (label === undefined) !== (id === undefined), 'must have either label or id');

export type VaultTransitForm = z.output<typeof vaultTransitSchema>;
export type Pkcs11Form = z.output<typeof pkcs11Schema>;
