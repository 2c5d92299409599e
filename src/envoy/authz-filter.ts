/**
 * @module
 * mintproc behind Envoy's ext_authz filter: the filter, how a route names its policy, and what the filter cannot do
 * there and on the platforms of Kubernetes.
 */
import { called } from '../diagnostics/harmless.ts';
import { Flow, Noted, type Written } from '../documents/commented-yaml.ts';
import { type EnvoyPart, extAuthz, namesOf, notedPatience } from './envoy-part.ts';

const types = 'type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3';

/** With `include_tls_session`. */
const serverName = 'connection.requested_server_name';

/** The attributes that every check stands for. */
const sent = ['source.address', 'destination.address', 'request.protocol', 'request.scheme', 'source.principal'];

export function extAuthzFilter(part: EnvoyPart): Written {
  const { reads } = part;
  const namespaces = namesOf(reads.namespaces);
  return {
    name: extAuthz,
    typed_config: {
      '@type': `${types}.ExtAuthz`,
      transport_api_version: 'V3',
      grpc_service: { envoy_grpc: new Flow({ cluster_name: 'mintproc' }), timeout: notedPatience(part) },
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

/** What tokens lack with this filter of an Envoy of one's own, as sentences. */
export function authzNotes(part: EnvoyPart): readonly string[] {
  return part.filter === 'ext_authz' ? [...missingAttributes(part, [...sent, serverName]), ...published(part)] : [];
}

/** What tokens lack with the filter that a platform of Kubernetes writes, as sentences. */
export function authzPlatformNotes(product: string, part: EnvoyPart): readonly string[] {
  const joined =
    `${product} does not set \`encode_raw_headers\`: a request is refused if a header that is read has a value with a ` +
    'comma (`extproc.joined-header`).';
  return [...missingAttributes(part, sent), joined, ...published(part)];
}

function published({ publishesVariables }: EnvoyPart): readonly string[] {
  if (!publishesVariables) return [];
  return [`Later filters find the variables of policies in the metadata ${extAuthz}, below \`mintproc\`.`];
}

function missingAttributes({ reads }: EnvoyPart, known: readonly string[]): readonly string[] {
  const missing = namesOf(reads.attributes).filter((name) => !known.includes(name));
  if (missing.length === 0) return [];
  return [
    `ext_authz does not send these attributes, which the configuration reads: ${missing.join(', ')}. Values of them ` +
      'are absent, and `from: certificate` knows nobody.',
  ];
}

/**
 * Metadata that a platform cannot let the filter send, as a sentence.
 *
 * @param instead the sources of the caller that it has, as a sentence
 */
export function refusedMetadata(product: string, { reads }: EnvoyPart, instead: string): readonly string[] {
  const names = namesOf(reads.namespaces).map((name) => called('the metadata', name));
  if (names.length === 0) return [];
  return [`${product} sends no metadata by ext_authz, and ${names.join(', ')} would be read. ${instead}`];
}
