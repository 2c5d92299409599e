/**
 * @module
 * What `mintproc gen` writes for a platform, as the configuration of an Envoy on this machine.
 *
 * The file of `gen envoy` is used as it is, but for what it leaves to its reader: the TLS of callers with certificates.
 * The upstream speaks HTTP/2 and takes more requests at once than Envoy sends by default. What it writes for Istio,
 * Envoy Gateway and kgateway is applied to a small gateway, as these apply it. Envoy waits longer for mintproc than any
 * stall of a busy machine.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { EnvoyConfig } from '../../../demo/envoy-config.ts';
import type { FilterName } from '../../../src/envoy/envoy-part.ts';
import type { PlatformName } from '../../../src/envoy/platforms.ts';
import {
  applyProvider,
  type CustomPolicy,
  gatewayAuthzFilter,
  type MeshConfig,
} from '../../deploy/samples/authz-parts.ts';
import { applyObjects, gatewayFilter, readObjects } from '../../deploy/samples/envoy-gateway-objects.ts';
import { applyPatches, localEnvoy, type Patch, withoutManagerSettings } from '../../deploy/samples/envoy-parts.ts';
import {
  applyKgatewayObjects,
  kgatewayFilter,
  kgatewayRoute,
  processorPath,
  readKgatewayObjects,
} from '../../deploy/samples/kgateway-objects.ts';

const jwtAuthn = 'envoy.filters.http.jwt_authn';
const extProc = 'envoy.filters.http.ext_proc';
const extAuthz = 'envoy.filters.http.ext_authz';

export interface PartOptions {
  /** Default: ext_proc. */
  readonly filter?: FilterName;
  /** The folder that `gen` wrote into; also the one with the TLS files and `caller.jwks.json`. */
  readonly folder: string;
  readonly port: number;
  readonly adminPort: number;
  readonly upstreamPort: number;
  /** Whether the caller's token is verified before mintproc. */
  readonly caller: boolean;
  /** Whether callers connect with certificates: `server.crt`, `server.key` and `ca.crt` are in the folder. */
  readonly certificates: boolean;
}

/** The route on which mintproc's filter does nothing. */
export const disabledPath = '/without';

export function generatedPart(platform: PlatformName, options: PartOptions): EnvoyConfig {
  const config = makers[platform](options);
  const upstream = config.cluster('upstream');
  config.set([...upstream, 'typed_extension_protocol_options'], http2);
  config.set([...upstream, 'circuit_breakers'], {
    thresholds: [{ max_requests: 10_000, max_pending_requests: 10_000 }],
  });
  const filter = processorIn(platform, config, options);
  if (options.filter !== 'ext_authz') config.set([...filter, 'message_timeout'], '20s');
  config.set([...filter, 'grpc_service', 'timeout'], '20s');
  return config;
}

/** Where the platform has the settings of mintproc's filter. */
function processorIn(platform: PlatformName, config: EnvoyConfig, options: PartOptions): readonly (string | number)[] {
  if (platform === 'kgateway') return [...config.filter(kgatewayFilter), 'typed_config', ...processorPath];
  const isAuthz = options.filter === 'ext_authz';
  const ofGateway = isAuthz ? gatewayAuthzFilter : gatewayFilter;
  return [...config.filter(platform === 'envoy-gateway' ? ofGateway : nameOf(options)), 'typed_config'];
}

const protocols = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
const http2 = {
  [protocols]: { '@type': `type.googleapis.com/${protocols}`, explicit_http_config: { http2_protocol_options: {} } },
};

const makers: Readonly<Record<PlatformName, (options: PartOptions) => EnvoyConfig>> = {
  envoy(options) {
    const text = onlyFile(options);
    const config = new EnvoyConfig(options.certificates ? uncommented(text, 'transport_socket:') : text);
    if (options.certificates) completeTls(config, options);
    addRoute(config, { [nameOf(options)]: disabledOf(options) });
    return config;
  },
  istio(options) {
    const config = bareGateway(options);
    if (options.filter === 'ext_authz') return istioAuthz(config, options);
    const [{ spec }] = documentsOf(options) as unknown as [{ spec: { configPatches: readonly Patch[] } }];
    // As Istio's gateways have it, unless the mesh's configuration says that proxies before them are trusted.
    config.set([...config.connectionManager, 'use_remote_address'], true);
    applyPatches(config, spec.configPatches);
    addRoute(config, { [extProc]: disabled });
    return config;
  },
  'envoy-gateway'(options) {
    const config = bareGateway(options);
    applyObjects(config, readObjects(documentsOf(options) as never), options.folder);
    addRoute(config, {});
    return config;
  },
  kgateway(options) {
    const config = bareGateway(options);
    applyKgatewayObjects(config, readKgatewayObjects(documentsOf(options) as never), options.folder);
    config.set([...config.route, 'typed_per_filter_config'], kgatewayRoute);
    addRoute(config, {});
    return config;
  },
};

function istioAuthz(config: EnvoyConfig, options: PartOptions): EnvoyConfig {
  const read = (name: string): unknown => parse(readFileSync(join(options.folder, 'gen', name), 'utf8'));
  config.set([...config.connectionManager, 'use_remote_address'], true);
  applyProvider(config, read('mesh-config.yaml') as MeshConfig, read('authorization.yaml') as CustomPolicy);
  addRoute(config, { [extAuthz]: disabledOf(options) });
  return config;
}

function nameOf({ filter }: PartOptions): string {
  return filter === 'ext_authz' ? extAuthz : extProc;
}

function disabledOf({ filter }: PartOptions): object {
  if (filter !== 'ext_authz') return disabled;
  return { '@type': 'type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute', disabled: true };
}

const disabled = {
  '@type': 'type.googleapis.com/envoy.extensions.filters.http.ext_proc.v3.ExtProcPerRoute',
  disabled: true,
};

function addRoute(config: EnvoyConfig, filters: object): void {
  const routes = config.route.slice(0, -1);
  const others = config.get(routes) as readonly object[];
  const route = { name: 'without', match: { prefix: disabledPath }, route: { cluster: 'upstream' } };
  config.set(routes, [{ ...route, typed_per_filter_config: filters }, ...others]);
}

function onlyFile({ folder }: PartOptions): string {
  return readFileSync(join(folder, 'gen', readdirSync(join(folder, 'gen'))[0] ?? ''), 'utf8');
}

function documentsOf(options: PartOptions): readonly object[] {
  return parseAllDocuments(onlyFile(options)).map((document) => document.toJS() as object);
}

/** Uncomments the first proposal that begins with this line, as its comment says. */
export function uncommented(text: string, first: string): string {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.endsWith(`# ${first}`));
  const length = lines.slice(start + 1).findIndex((line) => !/^ *# {3}/.test(line));
  return lines
    .map((line, index) => (index >= start && index <= start + length ? line.replace('# ', '') : line))
    .join('\n');
}

function completeTls(config: EnvoyConfig, { folder }: PartOptions): void {
  const common = [...config.filterChain, 'transport_socket', 'typed_config', 'common_tls_context'];
  const own = [...common, 'tls_certificates', 0];
  config.set([...own, 'certificate_chain', 'filename'], join(folder, 'server.crt'));
  config.set([...own, 'private_key', 'filename'], join(folder, 'server.key'));
  config.set([...common, 'validation_context', 'trusted_ca', 'filename'], join(folder, 'ca.crt'));
}

/** A gateway as the platform makes it without mintproc. */
function bareGateway({ folder, port, adminPort, upstreamPort, caller }: PartOptions): EnvoyConfig {
  const config = localEnvoy();
  config.setPort('listener', port);
  config.setPort('admin', adminPort);
  config.setPort('upstream', upstreamPort);
  config.delete(config.cluster('mintproc'));
  withoutManagerSettings(config);
  for (const name of [extProc, 'envoy.filters.http.header_mutation']) config.delete(config.filter(name));
  if (caller) config.setCallerKeys(join(folder, 'caller.jwks.json'));
  else config.delete(config.filter(jwtAuthn));
  return config;
}
