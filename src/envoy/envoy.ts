/**
 * @module
 * `gen envoy`: a whole configuration file for an Envoy of one's own.
 */
import { commentedYaml, Flow, Noted, notedFlow, Proposed, type Written } from '../documents/commented-yaml.ts';
import { type Address, parseAddress } from '../net/address.ts';
import { type CallerFilters, callerFilters } from './authentication.ts';
import { authzNotes, authzRefusals, extAuthzFilter, namedByExtension } from './authz-filter.ts';
import { callerNotes } from './caller-notes.ts';
import { mintprocCluster, plainCluster } from './clusters.ts';
import { type EnvoyPart, extProc, readsCertificate } from './envoy-part.ts';
import { extProcFilter, managerSettings, managerType, trailersComment, trailersFilter } from './filters.ts';
import { issuerOf, issuerOptions } from './issuer.ts';
import { optionValue, type Platform, type PlatformOption, type PlatformValues, pattern } from './platform.ts';
import { optedIn, reuseFilter, reuseNotes, skippedByReuse, withoutClaims, withReuse } from './reuse-filter.ts';
import { injectedOn, injectorFilters, injectorProblems } from './token-injectors.ts';

const port = (byDefault: string, help: string): PlatformOption => ({
  value: 'PORT',
  byDefault,
  help,
  check: pattern('a port', /^(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5])$/),
});

const defaultUpstream = '127.0.0.1:8080';

export const envoyPlatform: Platform = {
  writes: 'envoy.yaml, a whole configuration: envoy -c envoy.yaml',
  filters: ['ext_proc', 'ext_authz'],
  options: {
    port: port('10000', 'the port that callers connect to'),
    'admin-port': port('9901', "the port of Envoy's own admin address, on the loopback address"),
    upstream: {
      value: 'HOST:PORT',
      byDefault: defaultUpstream,
      help: 'the server that gets the requests with their tokens',
      check: (value) => (parseAddress(value) === undefined ? 'must be HOST:PORT or unix:/path' : undefined),
    },
    'token-files': {
      value: 'DIR',
      byDefault: '',
      help: 'the folder of the token files (`sds`) as Envoy sees it; default: as in mintproc.yaml',
      check: pattern('the path of a folder', /^[^\0\n]+$/),
    },
    ...issuerOptions,
  },
  canKeepTokens: true,
  problems: injectorProblems,
  refusals: (part, values) => {
    const issuer = issuerOf(values);
    return [...(typeof issuer === 'string' ? [issuer] : []), ...authzRefusals(part)];
  },
  generate(asked, values) {
    const part = withReuse(asked);
    const issuer = issuerOf(values);
    const callers = callerFilters(part, typeof issuer === 'string' ? undefined : issuer);
    return {
      files: [{ name: 'envoy.yaml', text: commentedYaml(heading, [bootstrap(part, callers, values)]) }],
      notes: notes(part, callers, optionValue(values, 'upstream')),
    };
  },
};

const heading =
  'The Envoy part of mintproc.yaml, written by `mintproc gen envoy`. Start it with: envoy -c envoy.yaml\n' +
  'Callers connect to `listeners`; the requests with their tokens go to the cluster `upstream`.';

const namedRoutes =
  'The routes that mintproc.yaml matches by name (`routeName`) are comments: complete the match of each and uncomment it, or their requests take the route `all`.';

function notes(part: EnvoyPart, { isComplete }: CallerFilters, upstream: string): readonly string[] {
  const all = isComplete
    ? []
    : [...callerNotes(part, 'complete its provider and uncomment it, or run `mintproc gen` with --issuer')];
  all.push(...authzNotes(part), ...reuseNotes(part));
  if (part.filter === 'ext_authz' ? part.readsPeer : part.namesCertificate) {
    all.push('A client certificate may name the caller: complete the TLS of the listener, or leave it as it is.');
  }
  if (part.routeNames.length > 0) all.push(namedRoutes);
  if (part.injected.length > 0) all.push('Envoy does not start without the token files (`sds`): start mintproc first.');
  if (upstream === defaultUpstream) {
    all.push(
      `Requests go to ${defaultUpstream}: --upstream of \`mintproc gen\`, or the cluster \`upstream\`, says where the backend is.`,
    );
  }
  return all;
}

function bootstrap(part: EnvoyPart, callers: CallerFilters, values: PlatformValues): Written {
  const upstream = parseAddress(optionValue(values, 'upstream'));
  if (upstream === undefined) throw new TypeError('the address of the upstream was not checked');
  return {
    node:
      part.injected.length === 0
        ? undefined
        : notedFlow('Envoy wants a name of its own to read tokens from files.', { id: 'envoy', cluster: 'envoy' }),
    admin: new Noted('Whoever can reach this address can stop Envoy and read its configuration: loopback only.', {
      address: socketAt('127.0.0.1', optionValue(values, 'admin-port')),
    }),
    layered_runtime:
      part.filter === 'ext_proc' ? { layers: [{ name: 'mintproc', static_layer: notedRuntime }] } : undefined,
    static_resources: {
      listeners: [listener(part, callers, optionValue(values, 'port'))],
      clusters: [mintprocCluster(part), ...callers.clusters, upstreamCluster(upstream)],
    },
  };
}

const notedRuntime = {
  'envoy.reloadable_features.ext_proc_graceful_grpc_close': new Noted(
    'Envoy then ends a finished ext_proc stream instead of resetting it, which saves both sides work.',
    true,
  ),
};

function listener(part: EnvoyPart, callers: CallerFilters, listenPort: string): Written {
  return {
    name: 'callers',
    address: socketAt('0.0.0.0', listenPort),
    filter_chains: [
      {
        filters: [
          { name: 'envoy.filters.network.http_connection_manager', typed_config: connectionManager(part, callers) },
        ],
        transport_socket: readsVerified(part) ? proposedTls : undefined,
      },
    ],
  };
}

function connectionManager(part: EnvoyPart, callers: CallerFilters): Written {
  return {
    '@type': managerType,
    stat_prefix: 'callers',
    use_remote_address: new Noted(
      "The caller's address is that of its connection; what a client writes into `x-forwarded-for` does not count. " +
        'With N trusted proxies before this Envoy, add `xff_num_trusted_hops: N`.',
      true,
    ),
    ...managerSettings(part),
    ...forwardedCertificate(part),
    route_config: {
      name: 'callers',
      ...withoutClaims(part),
      virtual_hosts: [{ name: 'callers', domains: ['*'], routes: routes(part) }],
    },
    http_filters: [
      ...callers.filters,
      ...processor(part),
      ...injectorFilters(part),
      new Noted(trailersComment, trailersFilter),
      {
        name: 'envoy.filters.http.router',
        typed_config: new Flow({ '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' }),
      },
    ],
  };
}

/** mintproc's filter, and the one that keeps its tokens. */
function processor(part: EnvoyPart): readonly Written[] {
  const { filter, reuse, copies } = part;
  const place = 'After the filters that authenticate the caller or change the request, before the router.';
  if (filter === 'ext_authz') return [new Noted(place, extAuthzFilter(part))];
  if (reuse === undefined) return [new Noted(place, extProcFilter(part))];
  return [new Noted(place, reuseFilter(reuse, copies)), skippedByReuse(extProcFilter(part))];
}

/** Without it, Envoy removes the header. */
function forwardedCertificate({ trustsForwardedCertificate }: EnvoyPart): Readonly<Record<string, Written>> {
  if (!trustsForwardedCertificate) return {};
  return {
    forward_client_cert_details: new Noted(
      '`x-forwarded-client-cert` names the caller (`trustForwardedClientCert`). Envoy writes it of the certificate that ' +
        "it verified itself, and a client's own copy goes. If a proxy before this Envoy writes the header, and only " +
        'that proxy can connect, write ALWAYS_FORWARD_ONLY instead.',
      'SANITIZE_SET',
    ),
    set_current_client_cert_details: new Flow({ subject: true, uri: true, dns: true }),
  };
}

function routes(part: EnvoyPart): readonly Written[] {
  const named = part.routeNames.map((name) => {
    const route = {
      name,
      match: new Flow({ prefix: '/…' }),
      route: new Flow({ cluster: 'upstream' }),
      typed_per_filter_config: injectedOn(name, part) ?? optedIn(name, part),
    };
    return new Proposed('mintproc.yaml matches on this name (`routeName`). Complete the match and uncomment:', route);
  });
  const rest = { name: 'all', match: new Flow({ prefix: '/' }), route: new Flow({ cluster: 'upstream' }) };
  const own = injectedOn(undefined, part) ?? optedIn(rest.name, part) ?? namesPolicy(part);
  return [...named, { ...rest, typed_per_filter_config: own }];
}

/** How a route names its policy. */
function namesPolicy({ routePolicy, filter }: EnvoyPart): Proposed | undefined {
  if (routePolicy === undefined) return undefined;
  return new Proposed(
    'A route may name its policy (`allowRoutePolicy`), which takes precedence over mintproc.yaml:',
    filter === 'ext_authz' ? namedByExtension(routePolicy) : namedByMetadata(routePolicy),
  );
}

function namedByMetadata(policy: string): Written {
  const type = 'type.googleapis.com/envoy.extensions.filters.http.ext_proc.v3.ExtProcPerRoute';
  const metadata = [new Flow({ key: 'x-mintproc-policy', value: policy })];
  return { [extProc]: { '@type': type, overrides: { grpc_initial_metadata: metadata } } };
}

/** Whether a certificate may name the caller. ext_authz sends the name of the peer only. */
function readsVerified({ filter, reads, readsPeer }: EnvoyPart): boolean {
  return filter === 'ext_authz' ? readsPeer : readsCertificate(reads);
}

const proposedTls = new Proposed(
  "For callers with a client certificate, which may be the caller's identity. Complete and uncomment:",
  {
    name: 'envoy.transport_sockets.tls',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext',
      require_client_certificate: true,
      common_tls_context: {
        tls_certificates: [
          new Flow({
            certificate_chain: { filename: '/etc/envoy/server.crt' },
            private_key: { filename: '/etc/envoy/server.key' },
          }),
        ],
        validation_context: { trusted_ca: new Flow({ filename: '/etc/envoy/clients-ca.crt' }) },
      },
    },
  },
);

function upstreamCluster(address: Address): Written {
  return new Noted('The server that gets the requests with their tokens.', plainCluster('upstream', address));
}

function socketAt(address: string, portText: string): Written {
  return new Flow({ socket_address: { address, port_value: Number(portText) } });
}
