/**
 * @module
 * The Envoy part of each sample, in a configuration that an Envoy on this machine can start with.
 *
 * `envoy.yaml` and `deploy/kubernetes` are whole. `deploy/istio` has patches, which are applied to a small gateway like
 * the one that Istio generates: its `jwt_authn` as RequestAuthentication becomes it (payload in the metadata under
 * `payload`, `scope` and `permission` as lists, requests without a token let pass), and an RBAC filter as
 * AuthorizationPolicy becomes it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { EnvoyConfig } from '../../../demo/envoy-config.ts';
import { applyProvider, type CustomPolicy, type MeshConfig } from './authz-parts.ts';
import { type Deployment, project, type SampleFolder } from './sample-folder.ts';

const types = 'type.googleapis.com/envoy.extensions.filters.http';
const jwtAuthn = 'envoy.filters.http.jwt_authn';

export interface Patch {
  readonly applyTo: string;
  readonly patch: { readonly operation: string; readonly value: Readonly<Record<string, unknown>> };
}
interface EnvoyFilter {
  readonly kind: 'EnvoyFilter';
  readonly spec: {
    readonly workloadSelector: { readonly labels: Readonly<Record<string, string>> };
    readonly configPatches: readonly Patch[];
  };
}
interface JwtRule {
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly outputPayloadToHeader?: string;
}
interface RequestAuthentication {
  readonly kind: 'RequestAuthentication';
  readonly spec: { readonly jwtRules: readonly JwtRule[] };
}

/** The project's own `envoy.yaml`. */
export function localEnvoy(): EnvoyConfig {
  return new EnvoyConfig(readFileSync(join(project, 'envoy.yaml'), 'utf8'));
}

/** The file that the pods of `deploy/kubernetes` start Envoy with. */
export function kubernetesEnvoy(sample: SampleFolder): EnvoyConfig {
  return new EnvoyConfig(sample.read('config/envoy.yaml'));
}

/**
 * The small gateway with the patches of a folder for Istio: a gateway, an application's proxy or a waypoint, whose
 * filters have the same order. @param callerKeys the issuer's JWKS, as istiod fetches it
 */
export function istioEnvoy(sample: SampleFolder, callerKeys: string): EnvoyConfig {
  const config = istioGateway(sample, callerKeys);
  applyPatches(config, envoyFilter(sample).spec.configPatches);
  for (const object of sample.objects.filter((one): one is Deployment => one.kind === 'Deployment')) {
    const { annotations } = object.spec.template.metadata;
    const { runtimeValues }: { runtimeValues: object } = parse(annotations['proxy.istio.io/config'] ?? '');
    config.set(['layered_runtime', 'layers'], [{ name: 'proxy', static_layer: runtimeValues }]);
  }
  return config;
}

/** The small gateway of a folder whose proxies ask an extension provider. @param callerKeys as above */
export function istioAuthzEnvoy(sample: SampleFolder, callerKeys: string): EnvoyConfig {
  const config = istioGateway(sample, callerKeys);
  const isCustom = (object: object): object is CustomPolicy => Object(object).spec?.action === 'CUSTOM';
  const found = sample.objects.find(isCustom);
  if (found === undefined) throw new Error('The sample has no AuthorizationPolicy with the action CUSTOM');
  applyProvider(config, parse(sample.read('mesh-config.yaml')) as MeshConfig, found);
  return config;
}

/** Applies the patches of an EnvoyFilter as istiod does. */
export function applyPatches(config: EnvoyConfig, patches: readonly Patch[]): void {
  for (const { applyTo, patch } of patches) {
    const apply = appliers[`${applyTo} ${patch.operation}`];
    if (apply === undefined) throw new Error(`${applyTo} ${patch.operation} is not looked at here`);
    apply(config, patch.value);
  }
}

export function envoyFilter(sample: SampleFolder): EnvoyFilter {
  const found = sample.objects.find((object): object is EnvoyFilter => object.kind === 'EnvoyFilter');
  if (found === undefined) throw new Error('The sample has no EnvoyFilter');
  return found;
}

const appliers: Readonly<Record<string, (config: EnvoyConfig, value: Readonly<Record<string, unknown>>) => void>> = {
  'CLUSTER ADD'(config, value) {
    append(config, ['static_resources', 'clusters'], value);
  },
  'NETWORK_FILTER MERGE'(config, value) {
    for (const [key, own] of Object.entries(Object(value['typed_config']))) {
      config.set([...config.connectionManager, key], own);
    }
  },
  'HTTP_FILTER INSERT_BEFORE'(config, value) {
    const filters = [...config.connectionManager, 'http_filters'];
    const before = listAt(config, filters);
    config.set(filters, [...before.slice(0, -1), value, ...before.slice(-1)]);
  },
};

/** What Istio generates of authentication.yaml; an application's own requests have no caller. */
function istioGateway(sample: SampleFolder, callerKeys: string): EnvoyConfig {
  const found = sample.objects.find(
    (object): object is RequestAuthentication => object.kind === 'RequestAuthentication',
  );
  if (found === undefined) return gatewayWith([]);
  const providers = found.spec.jwtRules.map(({ issuer, audiences, outputPayloadToHeader }, index) => ({
    name: `origins-${index}`,
    settings: {
      issuer,
      audiences,
      forward_payload_header: outputPayloadToHeader,
      payload_in_metadata: 'payload',
      normalize_payload_in_metadata: { space_delimited_claims: ['scope', 'permission'] },
    },
  }));
  const requirements = [{ provider_name: 'origins-0' }, { allow_missing: {} }];
  return gatewayWith([
    authenticationFilter(providers, callerKeys, { requires_any: { requirements } }),
    authorizationFilter,
  ]);
}

/** `envoy.yaml` without all that concerns mintproc, and with other filters before the router. */
export function gatewayWith(filters: readonly object[]): EnvoyConfig {
  const config = localEnvoy();
  config.delete(config.cluster('mintproc'));
  withoutManagerSettings(config);
  const router = config.get(config.filter('envoy.filters.http.router'));
  config.set([...config.connectionManager, 'http_filters'], [...filters, router]);
  return config;
}

/** Takes out of the connection manager what the Envoy part of a platform has to say. */
export function withoutManagerSettings(config: EnvoyConfig): void {
  for (const key of ['normalize_path', 'merge_slashes', 'path_with_escaped_slashes_action']) {
    config.delete([...config.connectionManager, key]);
  }
  config.delete([...config.connectionManager, 'common_http_protocol_options']);
}

export interface CallerProvider {
  readonly name: string;
  /** Of `jwt_authn`, without its keys. */
  readonly settings: object;
}

/** The filter `jwt_authn` with the same keys for all providers. @param requires what every request must meet */
export function authenticationFilter(
  providers: readonly CallerProvider[],
  callerKeys: string,
  requires: object,
): object {
  const all = providers.map(({ name, settings }) => [name, { ...settings, local_jwks: { inline_string: callerKeys } }]);
  return {
    name: jwtAuthn,
    typed_config: {
      '@type': `${types}.jwt_authn.v3.JwtAuthentication`,
      providers: Object.fromEntries(all),
      rules: [{ match: { prefix: '/' }, requires }],
    },
  };
}

/** `action: DENY` for `notRequestPrincipals: ["*"]`. */
const authorizationFilter = {
  name: 'envoy.filters.http.rbac',
  typed_config: {
    '@type': `${types}.rbac.v3.RBAC`,
    rules: {
      action: 'DENY',
      policies: {
        'callers-only': { permissions: [{ any: true }], principals: [{ not_id: { sourced_metadata: hasSubject() } }] },
      },
    },
  },
};

function hasSubject(): object {
  const path = [{ key: 'payload' }, { key: 'sub' }];
  return { metadata_matcher: { filter: jwtAuthn, path, value: { present_match: true } } };
}

function append(config: EnvoyConfig, path: readonly (string | number)[], value: unknown): void {
  config.set(path, [...listAt(config, path), value]);
}

function listAt(config: EnvoyConfig, path: readonly (string | number)[]): readonly unknown[] {
  const found = config.get(path);
  if (!Array.isArray(found)) throw new TypeError(`no list at ${path.join('.')}`);
  return found;
}
