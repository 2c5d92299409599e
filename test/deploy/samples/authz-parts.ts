/**
 * @module
 * What Istio makes of an extension provider with its AuthorizationPolicy, and Envoy Gateway of a SecurityPolicy with
 * `extAuth`, as filters of Envoy. Anything else in these objects is an error of the test.
 */
import assert from 'node:assert/strict';
import type { EnvoyConfig } from '../../../demo/envoy-config.ts';
import { envoyGatewayFilter, istioFilter } from '../../e2e/harness/ext-authz.ts';

type Json = Readonly<Record<string, unknown>>;

interface Provider {
  readonly service: string;
  readonly port: number;
  readonly timeout: string;
  readonly failOpen: boolean;
}

export interface MeshConfig {
  readonly meshConfig: {
    readonly extensionProviders: readonly { readonly name: string; readonly envoyExtAuthzGrpc: Provider }[];
  };
}

export interface CustomPolicy {
  readonly kind: string;
  readonly spec: {
    readonly action: string;
    readonly provider: { readonly name: string };
    readonly rules: readonly object[];
  };
}

const typeUrl = 'type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthz';
const protocols = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

/** Puts the filters of the policy before the router, and the provider's Service at the loopback address. */
export function applyProvider(config: EnvoyConfig, { meshConfig }: MeshConfig, { spec }: CustomPolicy): void {
  assert.deepEqual([spec.action, spec.rules], ['CUSTOM', [{}]]);
  const named = meshConfig.extensionProviders.find(({ name }) => name === spec.provider.name);
  assert.ok(named, 'the policy names a provider');
  const { service, port, timeout, failOpen } = named.envoyExtAuthzGrpc;
  const cluster = `outbound|${port}||${service}`;
  addCluster(config, cluster, port);
  const place = [...config.connectionManager, 'http_filters'];
  const filters = config.get(place) as readonly unknown[];
  const authority = `outbound_.${port}_._.${service}`;
  const settings = {
    '@type': typeUrl,
    ...istioFilter.settings,
    failure_mode_allow: failOpen,
    grpc_service: { envoy_grpc: { cluster_name: cluster, authority }, timeout },
  };
  const own = [...istioFilter.before, { name: istioFilter.name, typed_config: settings }];
  config.set(place, [...filters.slice(0, -1), ...own, ...filters.slice(-1)]);
}

function addCluster(config: EnvoyConfig, name: string, port: number): void {
  const address = { socket_address: { address: '127.0.0.1', port_value: port } };
  const clusters = config.get(['static_resources', 'clusters']) as readonly unknown[];
  const options = { '@type': `type.googleapis.com/${protocols}`, explicit_http_config: { http2_protocol_options: {} } };
  const cluster = {
    name,
    type: 'STATIC',
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }] },
    typed_extension_protocol_options: { [protocols]: options },
  };
  config.set(['static_resources', 'clusters'], [...clusters, cluster]);
}

export interface ExtAuth {
  readonly failOpen: boolean;
  readonly timeout: string;
  readonly contextExtensions?: readonly { readonly name: string; readonly value: string }[];
}

export const gatewayAuthzFilter = envoyGatewayFilter.name;

/** The filter of a SecurityPolicy. */
export function extAuthFilter({ failOpen, timeout }: ExtAuth, cluster: string): Json {
  const grpc = { envoy_grpc: { cluster_name: cluster, authority: 'mintproc.default' }, timeout };
  return {
    name: gatewayAuthzFilter,
    ...envoyGatewayFilter.wrapping,
    typed_config: {
      '@type': typeUrl,
      ...envoyGatewayFilter.settings,
      failure_mode_allow: failOpen,
      grpc_service: grpc,
    },
  };
}

/** What the translation writes into each route that the policy targets. */
export function extAuthOnRoute({ contextExtensions }: ExtAuth): Json {
  const extensions = contextExtensions?.map(({ name, value }) => [name, value] as const);
  return { [gatewayAuthzFilter]: envoyGatewayFilter.onRoute(extensions && Object.fromEntries(extensions)) };
}
