/**
 * @module
 * The filters of mintproc, and the connection manager's settings that they rely on, in Envoy's own configuration.
 */
import { Flow, Noted, notedFlow, type Written } from '../documents/commented-yaml.ts';
import { reuseNamespace } from '../request/envoy-reuse.ts';
import { notedMutation } from './client-copies.ts';
import { type EnvoyPart, extProc, namesOf, notedPatience, patience } from './envoy-part.ts';

const types = 'type.googleapis.com/envoy.extensions.filters.http';

/** The namespace of the variables that policies publish. */
export const publishedNamespace = 'mintproc';

export function extProcFilter(part: EnvoyPart): { readonly name: string; readonly typed_config: Written } {
  const { reads } = part;
  const attributes = namesOf(reads.attributes);
  return {
    name: extProc,
    typed_config: {
      '@type': `${types}.ext_proc.v3.ExternalProcessor`,
      grpc_service: { envoy_grpc: new Flow({ cluster_name: 'mintproc' }), timeout: patience(part) },
      message_timeout: notedPatience(part),
      failure_mode_allow: new Noted(
        'While mintproc is down or late, requests are refused. Never true: they would go on without a token.',
        false,
      ),
      processing_mode: {
        request_header_mode: 'SEND',
        response_header_mode: 'SKIP',
        request_body_mode: 'NONE',
        response_body_mode: 'NONE',
        request_trailer_mode: 'SKIP',
        response_trailer_mode: 'SKIP',
      },
      request_attributes: attributes.length === 0 ? undefined : new Noted(attributesComment, attributes),
      metadata_options: metadataOptions(part),
    },
  };
}

export const attributesComment =
  'Exactly what the policies and routes read. After a change of mintproc.yaml run `mintproc gen` again.';

function metadataOptions({ reads, publishesVariables, reuse }: EnvoyPart): Written | undefined {
  const kept = reuse === undefined ? [] : [reuseNamespace];
  const forwarded = [...namesOf(reads.namespaces), ...kept];
  const received = [...(publishesVariables ? [publishedNamespace] : []), ...kept];
  if (forwarded.length === 0 && received.length === 0) return undefined;
  return {
    forwarding_namespaces: forwarded.length === 0 ? undefined : { untyped: forwarded },
    receiving_namespaces:
      received.length === 0
        ? undefined
        : new Noted(publishesVariables ? publishedComment : keptComment, { untyped: received }),
  };
}

const publishedComment = 'Variables that policies set, for later filters (`publishVariables`).';
const keptComment = 'How long the filter before this one may keep the token.';

export const trailersComment =
  'Envoy forwards the trailers of a request to an upstream that uses HTTP/2, and some servers treat them as headers: a ' +
  "client's own copy of the token's header would be there in addition to the token.";

export const trailersFilter: Written = {
  name: 'envoy.filters.http.header_mutation',
  typed_config: {
    '@type': `${types}.header_mutation.v3.HeaderMutation`,
    mutations: {
      request_trailers_mutations: [new Flow({ remove_on_match: { key_matcher: { safe_regex: { regex: '.*' } } } })],
    },
  },
};

export const managerType =
  'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';

/** What the connection manager must say for mintproc. */
export function managerSettings(part: EnvoyPart): Readonly<Record<string, Written | undefined>> {
  return {
    normalize_path: new Noted(
      'One spelling of a path for every filter, so that `/x/../orders` cannot be one route in Envoy, another in ' +
        'mintproc.yaml and a third at the upstream.',
      true,
    ),
    merge_slashes: true,
    path_with_escaped_slashes_action: 'REJECT_REQUEST',
    common_http_protocol_options: notedFlow(
      "Many upstreams treat `x_token` as `x-token`: a client must not have two spellings of a token's header.",
      { headers_with_underscores_action: 'DROP_HEADER' },
    ),
    early_header_mutation_extensions: notedMutation(part),
  };
}
