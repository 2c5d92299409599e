/**
 * @module
 * The addresses of AWS services: by region, or as the environment says (AWS SDKs reference, service-specific
 * endpoints).
 */
import { MintError } from '../../diagnostics/mint-error.ts';
import { isSafeAddress } from '../../net/safe-address.ts';

/** @throws MintError if the environment names an address that is not safe */
export function endpointOf(
  service: 'kms' | 'sts',
  region: string,
  environment: Readonly<Record<string, string | undefined>>,
): URL {
  const variable = `AWS_ENDPOINT_URL_${service.toUpperCase()}`;
  const written = environment[variable] ?? environment['AWS_ENDPOINT_URL'];
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const url = URL.parse(written ?? `https://${service}.${region}.${suffix}`);
  if (url !== null && isSafeAddress(url)) return url;
  const message = `The address of AWS in ${variable} or AWS_ENDPOINT_URL is not \`https:\`, nor of this machine.`;
  throw new MintError('keys.outside-setting', message);
}
