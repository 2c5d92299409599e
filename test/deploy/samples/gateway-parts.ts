/**
 * @module
 * The Envoy part of the samples for Envoy Gateway and kgateway: their objects, as these make them into a configuration,
 * with a `jwt_authn` as the objects of authentication.yaml become it.
 */
import type { EnvoyConfig } from '../../../demo/envoy-config.ts';
import { applyObjects, type Manifest, readObjects } from './envoy-gateway-objects.ts';
import { authenticationFilter, type CallerProvider, gatewayWith } from './envoy-parts.ts';
import { applyKgatewayObjects, kgatewayRoute, readKgatewayObjects } from './kgateway-objects.ts';
import type { SampleFolder } from './sample-folder.ts';

interface Provider {
  readonly name: string;
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly claimToHeaders?: readonly { readonly claim: string; readonly header: string }[];
}

/** Envoy Gateway keeps the caller's token, and puts the payload under the provider's name. */
export function envoyGatewayEnvoy(sample: SampleFolder, callerKeys: string): EnvoyConfig {
  const providers = providersIn(sample, 'SecurityPolicy').map(({ name, issuer, audiences, claimToHeaders }) => ({
    name,
    settings: {
      issuer,
      audiences,
      forward: true,
      payload_in_metadata: name,
      claim_to_headers: claimToHeaders?.map(({ claim, header }) => ({ claim_name: claim, header_name: header })),
    },
  }));
  const config = gatewayWith([filterOf(providers, callerKeys)]);
  applyObjects(config, readObjects(ownObjects(sample)), '');
  return config;
}

export function kgatewayEnvoy(sample: SampleFolder, callerKeys: string): EnvoyConfig {
  const providers = providersIn(sample, 'GatewayExtension').map(({ name, issuer, audiences }) => ({
    name,
    settings: { issuer, audiences, payload_in_metadata: 'payload' },
  }));
  const config = gatewayWith([filterOf(providers, callerKeys)]);
  applyKgatewayObjects(config, readKgatewayObjects(ownObjects(sample)), '');
  config.set([...config.route, 'typed_per_filter_config'], kgatewayRoute);
  return config;
}

function filterOf(providers: readonly CallerProvider[], callerKeys: string): object {
  const [first, ...others] = providers;
  if (first === undefined || others.length > 0) throw new Error('only one provider is looked at here');
  return authenticationFilter(providers, callerKeys, { provider_name: first.name });
}

function providersIn(sample: SampleFolder, kind: string): readonly Provider[] {
  const specs = sample.objects.filter((object) => object.kind === kind).map((object) => Object(object).spec);
  return specs.flatMap(({ jwt }: { jwt?: { providers: readonly Provider[] } }) => jwt?.providers ?? []);
}

/** The objects of mintproc itself. */
function ownObjects(sample: SampleFolder): readonly Manifest[] {
  const all = sample.objects as readonly (Manifest & { readonly metadata: { readonly name: string } })[];
  return all.filter(({ metadata }) => metadata.name.startsWith('mintproc'));
}
