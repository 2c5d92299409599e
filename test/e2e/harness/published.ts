/**
 * @module
 * A policy of Apigee whose variables later filters of Envoy find, and a header of the request that shows one of them.
 */
import type { EnvoyConfig } from '../../../demo/envoy-config.ts';

export const publishedHeader = 'x-published';

/** @param namespace of Envoy's metadata, with the keys above the variable @param policy the file of `Backend` */
export function publishing(namespace: string, policy: string) {
  return {
    mintproc: {
      edition: 'x',
      publishVariables: true,
      variables: { 'private.key': { file: 'partner.pem' } },
      policies: [{ name: 'p', file: policy }],
      routes: [{ match: {}, policies: ['p'] }],
    },
    envoy(config: EnvoyConfig): void {
      const value = `%DYNAMIC_METADATA(${namespace}:jwt.Backend.claim.subject)%`;
      const route = [...config.route.slice(0, -1), 1];
      config.set([...route, 'request_headers_to_add'], [{ header: { key: publishedHeader, value } }]);
    },
  };
}
