/**
 * @module
 * What `gen envoy-gateway --filter ext_authz` writes in place of an EnvoyExtensionPolicy, and how either of the two
 * policies reaches mintproc.
 */
import { Flow, Noted, Proposed, type Written } from '../documents/commented-yaml.ts';
import type { Address } from '../net/address.ts';
import { authzPlatformNotes, authzRefusals, refusedMetadata } from './authz-filter.ts';
import { limits } from './clusters.ts';
import { type EnvoyPart, notedPatience } from './envoy-part.ts';

const product = 'Envoy Gateway';

const callers =
  'Name the source in `authentication`: `from: headers` with the headers of `claimToHeaders` of a SecurityPolicy, or ' +
  '`from: peer`.';

export function gatewayAuthzRefusals(part: EnvoyPart): readonly string[] {
  return [...authzRefusals(part), ...refusedMetadata(product, part, callers)];
}

export function gatewayAuthzNotes(part: EnvoyPart): readonly string[] {
  return authzPlatformNotes(product, part);
}

/** The spec of the SecurityPolicy, without its targets. */
export function securityPolicy(part: EnvoyPart): Readonly<Record<string, Written | undefined>> {
  const { address, routePolicy } = part;
  return {
    jwt: proposedProvider,
    extAuth: {
      failOpen: new Noted(
        'While mintproc is down or late, requests are refused. Never true: they would go on without a token.',
        false,
      ),
      timeout: notedPatience(part),
      contextExtensions:
        routePolicy === undefined
          ? undefined
          : new Proposed(
              'In a SecurityPolicy whose target is one HTTPRoute, this names the policy (`allowRoutePolicy`), which takes ' +
                'precedence over mintproc.yaml:',
              [new Flow({ name: 'x-mintproc-policy', type: 'Value', value: routePolicy })],
            ),
      grpc: reachedBackend(address),
    },
  };
}

const proposedProvider = new Proposed(
  "Verifies the callers' tokens. A Gateway has one SecurityPolicy, so it is here. mintproc gets the claims by headers " +
    '(`from: headers` in mintproc.yaml). Complete and uncomment:',
  {
    providers: [
      {
        name: 'callers',
        issuer: 'https://…',
        audiences: new Flow(['…']),
        remoteJWKS: new Flow({ uri: 'https://…' }),
        claimToHeaders: [new Flow({ claim: 'sub', header: 'x-user' })],
      },
    ],
  },
);

/** The backend of a policy's filter. */
export function reachedBackend(address: Address): Readonly<Record<string, Written>> {
  return {
    backendRefs: [
      new Flow({
        group: 'gateway.envoyproxy.io',
        kind: 'Backend',
        name: 'mintproc',
        port: address.kind === 'tcp' ? address.port : undefined,
      }),
    ],
    backendSettings: {
      circuitBreaker: new Noted(
        "Each request in flight is one stream here. Envoy's default limit of 1024 would refuse requests in a burst.",
        {
          maxConnections: limits.max_connections,
          maxPendingRequests: limits.max_pending_requests,
          maxParallelRequests: limits.max_requests,
        },
      ),
      timeout: new Flow({ tcp: { connectTimeout: '1s' } }),
    },
  };
}
