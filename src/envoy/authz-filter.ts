/**
 * @module
 * mintproc behind Envoy's ext_authz filter: the filter, how a route names its policy, and what the filter cannot do.
 */
import { Flow, Noted, type Written } from '../documents/commented-yaml.ts';
import { type EnvoyPart, extAuthz, namesOf } from './envoy-part.ts';

const types = 'type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3';

/** With `include_tls_session`. */
const serverName = 'connection.requested_server_name';

/** The attributes that a check stands for. */
const sent: ReadonlySet<string> = new Set([
  ...['source.address', 'destination.address', 'request.protocol', 'request.scheme', 'source.principal', serverName],
]);

export function extAuthzFilter({ reads }: EnvoyPart): Written {
  const namespaces = namesOf(reads.namespaces);
  return {
    name: extAuthz,
    typed_config: {
      '@type': `${types}.ExtAuthz`,
      transport_api_version: 'V3',
      grpc_service: { envoy_grpc: new Flow({ cluster_name: 'mintproc' }), timeout: '1s' },
      failure_mode_allow: new Noted(
        'While mintproc is down or late, requests are refused. Never true: they would go on without a token.',
        false,
      ),
      encode_raw_headers: new Noted(
        'Without it Envoy joins the values of a repeated header by commas, and mintproc refuses a request if a value ' +
          'with a comma is read.',
        true,
      ),
      include_tls_session: reads.attributes.has(serverName) ? true : undefined,
      metadata_context_namespaces:
        namespaces.length === 0 ? undefined : new Noted('Exactly what the policies and routes read.', namespaces),
    },
  };
}

/** The configuration of a route that names its policy. */
export function namedByExtension(policy: string): Written {
  const settings = { context_extensions: new Flow({ 'x-mintproc-policy': policy }) };
  return { [extAuthz]: { '@type': `${types}.ExtAuthzPerRoute`, check_settings: settings } };
}

/** What makes every request fail, as sentences. */
export function authzRefusals({ filter, routeNames }: EnvoyPart): readonly string[] {
  if (filter !== 'ext_authz' || routeNames.length === 0) return [];
  return [
    'ext_authz does not send the name of the route, so `routeName` in a route refuses every request. Match the path or ' +
      'the host instead, or let the route name its policy (`allowRoutePolicy`).',
  ];
}

/** What tokens lack with this filter, as sentences. */
export function authzNotes({ filter, reads, publishesVariables }: EnvoyPart): readonly string[] {
  if (filter !== 'ext_authz') return [];
  const missing = namesOf(reads.attributes).filter((name) => !sent.has(name));
  const all = [];
  if (missing.length > 0) {
    all.push(
      `ext_authz does not send these attributes, which the configuration reads: ${missing.join(', ')}. Values of them ` +
        'are absent, and `from: certificate` knows nobody.',
    );
  }
  if (publishesVariables) {
    all.push(`Later filters find the variables of policies in the metadata ${extAuthz}, below \`mintproc\`.`);
  }
  return all;
}
