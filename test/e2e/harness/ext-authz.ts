/**
 * @module
 * The ext_authz filter instead of ext_proc, with the settings that Istio and Envoy Gateway generate.
 */
import type { EnvoyConfig } from '../../../demo/envoy-config.ts';

const extProc = 'envoy.filters.http.ext_proc';
const extAuthz = 'envoy.filters.http.ext_authz';
const typeUrl = 'type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3';

/** Where a test finds the filter and names it on a route. */
export interface AuthzFilter {
  readonly name: string;
  /** Filters that the platform puts directly before it. */
  readonly before: readonly object[];
  readonly settings: Readonly<Record<string, unknown>>;
  /** What else the platform says of the filter. */
  readonly wrapping: Readonly<Record<string, unknown>>;
  /** The route's configuration of the filter, with context extensions or without. */
  onRoute(extensions: Readonly<Record<string, string>> | undefined): object | undefined;
}

function checkSettings(extensions: Readonly<Record<string, string>>): object {
  return { '@type': `${typeUrl}.ExtAuthzPerRoute`, check_settings: { context_extensions: extensions } };
}

export const plainFilter: AuthzFilter = {
  name: extAuthz,
  before: [],
  wrapping: {},
  settings: {
    transport_api_version: 'V3',
    failure_mode_allow: false,
    grpc_service: { envoy_grpc: { cluster_name: 'mintproc' }, timeout: '20s' },
  },
  onRoute: (extensions) => extensions && checkSettings(extensions),
};

/**
 * `pilot/pkg/security/authz/builder` of Istio makes these of an extension provider `envoyExtAuthzGrpc` and an
 * AuthorizationPolicy with the action CUSTOM: a shadow rule marks the requests that the policy is for.
 */
export const istioFilter: AuthzFilter = {
  name: extAuthz,
  before: [
    {
      name: 'envoy.filters.http.rbac',
      typed_config: {
        '@type': 'type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC',
        shadow_rules: {
          action: 'DENY',
          policies: {
            'istio-ext-authz-ns[default]-policy[mintproc]-rule[0]': {
              permissions: [{ and_rules: { rules: [{ any: true }] } }],
              principals: [{ and_ids: { ids: [{ any: true }] } }],
            },
          },
        },
        shadow_rules_stat_prefix: 'istio_ext_authz_',
      },
    },
  ],
  wrapping: {},
  settings: {
    transport_api_version: 'V3',
    failure_mode_allow: false,
    status_on_error: { code: 'Forbidden' },
    filter_enabled_metadata: {
      filter: 'envoy.filters.http.rbac',
      path: [{ key: 'istio_ext_authz_shadow_effective_policy_id' }],
      value: { string_match: { prefix: 'istio-ext-authz' } },
    },
    grpc_service: {
      envoy_grpc: { cluster_name: 'mintproc', authority: 'outbound_.50051_._.mintproc.default.svc.cluster.local' },
      timeout: '600s',
    },
  },
  onRoute: (extensions) => extensions && checkSettings(extensions),
};

/** `internal/xds/translator` of Envoy Gateway makes these of a SecurityPolicy with `extAuth.grpc`. */
export const envoyGatewayFilter: AuthzFilter = {
  name: `${extAuthz}/securitypolicy/default/mintproc`,
  before: [],
  wrapping: { disabled: true },
  settings: {
    transport_api_version: 'V3',
    grpc_service: {
      envoy_grpc: { cluster_name: 'mintproc', authority: 'mintproc.default:50051' },
      timeout: '10s',
    },
  },
  onRoute: (extensions) => ({
    '@type': 'type.googleapis.com/envoy.config.route.v3.FilterConfig',
    config: extensions === undefined ? {} : checkSettings(extensions),
  }),
};

/**
 * Replaces the ext_proc filter by this one.
 *
 * @param extensions of the route @param more settings that differ from the platform's
 */
export function useExtAuthz(
  config: EnvoyConfig,
  filter: AuthzFilter,
  extensions?: Readonly<Record<string, string>>,
  more: Readonly<Record<string, unknown>> = {},
): void {
  const filters = [...config.connectionManager, 'http_filters'];
  const own = {
    name: filter.name,
    ...filter.wrapping,
    typed_config: { '@type': `${typeUrl}.ExtAuthz`, ...filter.settings, ...more },
  };
  const all = config.get(filters) as readonly { readonly name: string }[];
  config.set(
    filters,
    all.flatMap((one) => (one.name === extProc ? [...filter.before, own] : [one])),
  );
  const onRoute = filter.onRoute(extensions);
  if (onRoute !== undefined) config.set([...config.route, 'typed_per_filter_config'], { [filter.name]: onRoute });
}
