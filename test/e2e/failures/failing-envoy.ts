/**
 * @module
 * One Envoy for all faults. Its filters are off unless a route switches them on, and a client chooses them by the
 * header `x-via`. So the same request can go through ext_proc or ext_authz, with the settings that a fault needs.
 */
import type { EnvoyConfig } from '../../../demo/envoy-config.ts';
import { secretName } from '../../../src/sds/secret-document.ts';
import { projectEnvoyConfig } from '../harness/stack.ts';

/** Where mintproc listens in some faults: beside `envoy.yaml`, which runs there. */
export const socketFile = 'mintproc.sock';

/** The token that some faults let Envoy find in a file, beside `envoy.yaml`, too. It must be there from the start. */
export const tokenFile = 'constant.json';

const type = 'type.googleapis.com/envoy.extensions';

/** How long Envoy waits for mintproc. */
const patience = '3s';

interface Settings {
  readonly cluster?: string;
  readonly timeout?: string;
  readonly policy?: string;
  readonly more?: object;
}

function service({ cluster = 'mintproc', timeout = patience, policy }: Settings): object {
  const metadata = policy === undefined ? {} : { initial_metadata: [{ key: 'x-mintproc-policy', value: policy }] };
  return { envoy_grpc: { cluster_name: cluster }, timeout, ...metadata };
}

/** The settings of `envoy.yaml`, with what differs. */
function extProc(settings: Settings): object {
  const config = projectEnvoyConfig();
  const own = config.get([...config.filter('envoy.filters.http.ext_proc'), 'typed_config']) as object;
  return { ...own, grpc_service: service(settings), message_timeout: settings.timeout ?? patience, ...settings.more };
}

function extAuthz(settings: Settings): object {
  return {
    '@type': `${type}.filters.http.ext_authz.v3.ExtAuthz`,
    transport_api_version: 'V3',
    failure_mode_allow: false,
    encode_raw_headers: true,
    metadata_context_namespaces: ['envoy.filters.http.jwt_authn'],
    grpc_service: service(settings),
    ...settings.more,
  };
}

const open = { failure_mode_allow: true };
const tls = { cluster: 'mintproc-tls' };
const unix = { cluster: 'mintproc-unix' };
const skipped = { request_header_mode: 'SKIP', request_body_mode: 'BUFFERED' };

const injector = {
  '@type': `${type}.filters.http.credential_injector.v3.CredentialInjector`,
  overwrite: true,
  credential: {
    name: 'envoy.http.injected_credentials.generic',
    typed_config: {
      '@type': `${type}.http.injected_credentials.generic.v3.Generic`,
      header: 'authorization',
      credential: {
        name: secretName(tokenFile),
        sds_config: { path_config_source: { path: `./${tokenFile}` }, resource_api_version: 'V3' },
      },
    },
  },
};

/** What a client can choose: the name of a filter, and `+` with a variant. */
const filters = {
  ext_proc: extProc({}),
  ext_authz: extAuthz({}),
  'ext_proc+open': extProc({ more: open }),
  'ext_authz+open': extAuthz({ more: open }),
  'ext_proc+tls': extProc(tls),
  'ext_authz+tls': extAuthz(tls),
  'ext_proc+unix': extProc(unix),
  'ext_authz+unix': extAuthz(unix),
  'ext_proc+named': extProc({ policy: 'nobody' }),
  'ext_authz+named': extAuthz({ policy: 'nobody' }),
  'ext_proc+sds': injector,
  'ext_authz+sds': injector,
  'ext_proc+blind': extProc({ more: { metadata_options: {}, request_attributes: [] } }),
  'ext_authz+blind': extAuthz({ more: { metadata_context_namespaces: [] } }),
  'ext_proc+hasty': extProc({ timeout: '0.3s' }),
  'ext_authz+hasty': extAuthz({ timeout: '0.3s' }),
  'ext_proc+patient': extProc({ timeout: '60s' }),
  'ext_authz+patient': extAuthz({ timeout: '60s' }),
  'ext_proc+bodies': extProc({ more: { processing_mode: skipped } }),
} as const satisfies Record<string, object>;

export type Via = keyof typeof filters;

export interface FailingPorts {
  readonly listener: number;
  readonly admin: number;
  readonly upstream: number;
  readonly mintproc: number;
  /** Where mintproc listens with TLS. */
  readonly tls: number;
  /** Where nobody listens. */
  readonly nobody: number;
}

/** Beside `envoy.yaml` lie `caller.jwks.json`, `authorities.crt`, `client.crt` and `client.key`. */
export function failingEnvoy(ports: FailingPorts): EnvoyConfig {
  const config = projectEnvoyConfig();
  config.setPort('listener', ports.listener);
  config.setPort('admin', ports.admin);
  config.setPort('upstream', ports.upstream);
  config.setSidecar(`127.0.0.1:${ports.mintproc}`);
  const mintproc = config.get(config.cluster('mintproc')) as Readonly<Record<string, unknown>>;
  const upstream = config.get(config.cluster('upstream')) as Readonly<Record<string, unknown>>;
  config.set(
    ['static_resources', 'clusters'],
    [
      mintproc,
      upstream,
      { ...mintproc, name: 'mintproc-tls', ...endpoint('mintproc-tls', ports.tls), transport_socket: clientTls },
      { ...mintproc, name: 'mintproc-unix', ...endpoints('mintproc-unix', { pipe: { path: socketFile } }) },
      { ...upstream, name: 'nobody', ...endpoint('nobody', ports.nobody) },
    ],
  );
  // Without it, Envoy reads no secrets.
  config.set(['node'], { id: 'envoy', cluster: 'envoy' });
  config.set([...config.connectionManager, 'http_filters'], httpFilters(config));
  config.set([...config.route.slice(0, -1)], routes());
  return config;
}

function endpoint(cluster: string, port: number): object {
  return endpoints(cluster, { socket_address: { address: '127.0.0.1', port_value: port } });
}

function endpoints(cluster: string, address: object): object {
  return { load_assignment: { cluster_name: cluster, endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }] } };
}

const clientTls = {
  name: 'envoy.transport_sockets.tls',
  typed_config: {
    '@type': `${type}.transport_sockets.tls.v3.UpstreamTlsContext`,
    common_tls_context: {
      alpn_protocols: ['h2'],
      tls_certificates: [{ certificate_chain: { filename: 'client.crt' }, private_key: { filename: 'client.key' } }],
      validation_context: { trusted_ca: { filename: 'authorities.crt' } },
    },
  },
};

function httpFilters(config: EnvoyConfig): readonly object[] {
  const own = Object.entries(filters).map(([name, typed_config]) => ({ name, disabled: true, typed_config }));
  const router = {
    name: 'envoy.filters.http.router',
    typed_config: { '@type': `${type}.filters.http.router.v3.Router` },
  };
  return [jwtAuthn(config), ...own, router];
}

/** `/caller` needs a token of the demo's provider, and `/away` one of a provider whose keys cannot be fetched. */
function jwtAuthn(config: EnvoyConfig): object {
  const place = config.filter('envoy.filters.http.jwt_authn');
  const own = config.get(place) as { typed_config: { providers: { demo: Record<string, unknown> } } };
  const { local_jwks: _, ...demo } = own.typed_config.providers.demo;
  const uri = { uri: 'http://127.0.0.1/jwks', cluster: 'nobody', timeout: '1s' };
  const away = { ...demo, remote_jwks: { http_uri: uri } };
  const rules = ['demo', 'away'].map((provider_name) => ({
    match: { prefix: provider_name === 'demo' ? '/caller' : '/away' },
    requires: { provider_name },
  }));
  const demoKeys = { ...demo, local_jwks: { filename: 'caller.jwks.json' } };
  return { ...own, typed_config: { ...own.typed_config, providers: { demo: demoKeys, away }, rules } };
}

function routes(): readonly object[] {
  const on = { '@type': 'type.googleapis.com/envoy.config.route.v3.FilterConfig', config: {} };
  return Object.keys(filters).flatMap((via) =>
    [
      { prefix: '/nowhere', cluster: 'nobody' },
      { prefix: '/', cluster: 'upstream' },
    ].map(({ prefix, cluster }) => ({
      name: `${via} ${cluster}`,
      match: { prefix, headers: [{ name: 'x-via', string_match: { exact: via } }] },
      route: { cluster },
      typed_per_filter_config: { [via]: on },
    })),
  );
}
