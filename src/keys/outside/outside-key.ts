/**
 * @module
 * A key that a service outside this process holds and signs with: where it is, as plain data that can be sent to
 * another process. The private half never enters mintproc.
 */

/** How the signatures of a key are asked for. */
interface AskingLimits {
  /** Milliseconds from the request for a signature to its arrival, retries included. */
  readonly deadline: number;
  /** Maximum number of signatures that wait for a call. */
  readonly queue: number;
}

export interface VaultTransitKey extends AskingLimits {
  readonly service: 'vaultTransit';
  readonly address: string;
  readonly mount: string;
  readonly key: string;
  /** Undefined until the service was asked for the newest one. */
  readonly version: number | undefined;
  readonly namespace: string | undefined;
  readonly login: VaultLogin;
  /** The authorities that the server's certificate is checked with, in PEM; undefined: those of Node. */
  readonly ca: string | undefined;
}

/** Where the token of Vault is, or how to get one. Paths can be opened as they are. */
export type VaultLogin =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'environment'; readonly variable: string }
  | { readonly kind: 'kubernetes'; readonly role: string; readonly mount: string; readonly path: string };

export interface AwsKmsKey extends AskingLimits {
  readonly service: 'awsKms';
  /** ARN of a key or an alias. */
  readonly key: string;
  readonly region: string;
}

export interface Pkcs11Key extends AskingLimits {
  readonly service: 'pkcs11';
  /** Path of the library of the token. */
  readonly module: string;
  readonly token: string;
  readonly label: string | undefined;
  /** Hexadecimal. */
  readonly id: string | undefined;
  readonly pin: { readonly file: string } | { readonly env: string };
}

export type OutsideKey = VaultTransitKey | AwsKmsKey | Pkcs11Key;

/** A key as the configuration has it: what it leaves out, the environment and the service say. */
export type OutsidePlace =
  | (Omit<VaultTransitKey, 'address' | 'login' | 'ca'> & {
      readonly address: string | undefined;
      readonly login: VaultLogin | undefined;
      /** Path of the file with the authorities. */
      readonly caFile: string | undefined;
    })
  | (Omit<AwsKmsKey, 'region'> & { readonly region: string | undefined })
  | Pkcs11Key;

export type OutsideService = OutsideKey['service'];

export type OutsideKeyOf<Service extends OutsideService> = Extract<OutsideKey, { readonly service: Service }>;

/** What a service says of a key. */
export interface Description {
  /** The public half: SubjectPublicKeyInfo in DER. */
  readonly publicKey: Uint8Array;
  /** The signature algorithms, by their names in JOSE, that the service signs with this key. */
  readonly algorithms: readonly string[];
  /** The version of the key, if the service counts versions. */
  readonly version?: number;
}

/**
 * Calls to a service at the same time. A PKCS#11 token has as many sessions, and each makes one signature at a time on
 * a thread of libuv's pool, which has four: a token that hangs leaves one for files, names and the verification of
 * other signatures.
 */
export const concurrencies: Readonly<Record<OutsideService, number>> = { vaultTransit: 64, awsKms: 64, pkcs11: 3 };

/** The names of the services in messages. */
export const serviceNames: Readonly<Record<OutsideService, string>> = {
  vaultTransit: 'Vault',
  awsKms: 'AWS KMS',
  pkcs11: 'The PKCS#11 token',
};
