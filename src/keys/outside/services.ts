/**
 * @module
 * The services that sign, one row for each. A service is loaded when a key of it is first used.
 */
import type { OutsideKey, OutsideKeyOf, OutsideService } from './outside-key.ts';
import type { ServiceContext, SignerService } from './signer-service.ts';

type Open<Service extends OutsideService> = (
  key: OutsideKeyOf<Service>,
  context: ServiceContext,
) => Promise<SignerService>;

const services: { readonly [Service in OutsideService]: Open<Service> } = {
  vaultTransit: async (key, context) => (await import('./vault-transit.ts')).vaultTransit(key, context),
  awsKms: async (key, context) => (await import('./aws-kms.ts')).awsKms(key, context),
  pkcs11: async (key, context) => (await import('./pkcs11.ts')).pkcs11(key, context),
};

/** @throws MintError if a setting cannot be used, or a package is missing */
export function openService<Service extends OutsideService>(
  key: OutsideKeyOf<Service>,
  context: ServiceContext,
): Promise<SignerService> {
  const open: Open<Service> = services[key.service as Service];
  return open(key, context);
}

/** The service of a key, opened by the first call. A service that could not be opened is tried again by the next. */
export function lazyService(key: OutsideKey, context: ServiceContext): SignerService {
  let opening: Promise<SignerService> | undefined;
  const opened = (): Promise<SignerService> => {
    opening ??= openService(key, context).catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
  return {
    describe: async (signal) => (await opened()).describe(signal),
    sign: async (input, algorithm, signal) => (await opened()).sign(input, algorithm, signal),
  };
}
