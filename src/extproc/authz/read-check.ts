/**
 * @module
 * Reads the request for the minting side from a `CheckRequest` of the generic codec. `wire-check.ts` does the same
 * from the bytes of the message.
 */
import type { JsonValue } from '../../diagnostics/json.ts';
import { HeaderList } from '../../request/header-fields.ts';
import type { IncomingRequest } from '../../request/incoming-request.ts';
import { readHeaders } from '../headers.ts';
import type { HeaderValue, ProcessingRequest } from '../messages.ts';
import { readMetadata } from '../wire.ts';
import type { WireLimits } from '../wire-limits.ts';
import { connectionNames, socketText } from './check-attributes.ts';
import { isPolicyExtension, namedPolicy } from './check-exchange.ts';
import { CheckHeaders } from './check-headers.ts';
import type { Address, CheckRequest, HttpRequest } from './check-messages.ts';

/** The message as the request headers of an exchange. */
export function checkMessage(check: CheckRequest): ProcessingRequest {
  return {
    request: 'request_headers',
    incoming: (routePolicy, limits) => readCheck(check, routePolicy, limits),
  };
}

/** @throws MintError when the request exceeds a limit */
function readCheck({ attributes = {} }: CheckRequest, metadata: string | undefined, limits: WireLimits) {
  const { source, destination, request, context_extensions = {}, metadata_context, tls_session } = attributes;
  const http = request?.http ?? {};
  const joined = Object.entries(http.headers ?? {}).map(([key, value]): HeaderValue => ({ key, value }));
  const fields = readHeaders([...joined, ...(http.header_map?.headers ?? [])], limits);
  const texts = new Map<string, JsonValue>();
  const add = (name: string, value: string | undefined): void => {
    if (value !== undefined && value !== '') texts.set(name, value);
  };
  add(connectionNames.source, addressText(source?.address));
  add(connectionNames.destination, addressText(destination?.address));
  add(connectionNames.protocol, http.protocol);
  add(connectionNames.scheme, http.scheme);
  add(connectionNames.principal, source?.principal);
  add(connectionNames.serverName, tls_session?.sni);
  const extension = Object.entries(context_extensions)
    .filter(([name]) => isPolicyExtension(name))
    .reduce<string | undefined>((before, [, policy]) => namedPolicy(policy, before), undefined);
  const incoming: IncomingRequest = {
    headers: new CheckHeaders(new HeaderList(fields), { pseudo: (name) => pseudoOf(http, name) }, joined.length > 0),
    attributes: texts,
    metadata: readMetadata(metadata_context?.filter_metadata, limits),
    routePolicy: namedPolicy(extension, metadata),
  };
  return incoming;
}

function pseudoOf({ host, path, method, scheme }: HttpRequest, name: string): string | undefined {
  const known: Readonly<Record<string, string | undefined>> = {
    ':authority': host,
    ':path': path,
    ':method': method,
    ':scheme': scheme,
  };
  return known[name] || undefined;
}

function addressText({ socket_address, pipe }: Address = {}): string | undefined {
  const { address = '', port_value = 0 } = socket_address ?? {};
  return address === '' ? pipe?.path : socketText(address, port_value);
}
