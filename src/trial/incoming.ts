/**
 * @module
 * Makes the request that Envoy would send of a request that an author has written.
 */
import type { JsonObject, JsonValue } from '../diagnostics/json.ts';
import type { AuthenticationSettings } from '../identity/authentication-schema.ts';
import { type HeaderField, HeaderList } from '../request/header-fields.ts';
import type { IncomingRequest } from '../request/incoming-request.ts';
import { viewOf } from '../request/object-view.ts';
import type { TrialRequest } from './request-schema.ts';
import { TrialError } from './trial-error.ts';
import { attributesOfCertificate, type CallerParts, callerParts } from './verified-caller.ts';

/** A request with all of its attributes at hand. */
export interface WrittenRequest extends IncomingRequest {
  readonly attributes: ReadonlyMap<string, JsonValue>;
}

/** @throws TrialError */
export function incomingOf(trial: TrialRequest, authentication: AuthenticationSettings): WrittenRequest {
  const { request, caller, certificate, metadata, attributes } = trial;
  const parts = caller === undefined ? nobody : callerParts(caller as WrittenCaller, authentication);
  const both = Object.keys(metadata).find((namespace) => Object.hasOwn(parts.metadata, namespace));
  if (both !== undefined) {
    const suggestion = 'Write the claims in one of them.';
    throw new TrialError(['metadata', both], '`caller` and `metadata` both say what this namespace has.', suggestion);
  }
  const known = certificate === undefined ? {} : attributesOfCertificate(withoutAbsent(certificate));
  return {
    headers: new HeaderList([...pseudoHeaders(trial), ...headersOf(trial), ...parts.headers]),
    attributes: new Map<string, JsonValue>(
      Object.entries({ ...ownAttributes(trial), ...parts.attributes, ...known, ...(attributes as JsonObject) }),
    ),
    metadata: viewOf({ ...parts.metadata, ...(metadata as JsonObject) }),
    routePolicy: request.routePolicy,
  };
}

type WrittenCaller = Parameters<typeof callerParts>[0];

const nobody: CallerParts = { metadata: {}, attributes: {}, headers: [] };

function pseudoHeaders({ request: { host, path, method, scheme } }: TrialRequest): readonly HeaderField[] {
  return [
    [':authority', host],
    [':path', path],
    [':method', method],
    [':scheme', scheme],
  ];
}

/** Envoy gives names in lower case. */
function headersOf({ request }: TrialRequest): readonly HeaderField[] {
  return Object.entries(request.headers).flatMap(([name, values]) =>
    [values].flat().map((value): HeaderField => [name.toLowerCase(), value]),
  );
}

function ownAttributes({ request }: TrialRequest): JsonObject {
  return withoutAbsent({
    'source.address': request.sourceAddress,
    'destination.address': request.destinationAddress,
    'request.protocol': request.protocol,
    'request.scheme': request.scheme,
    'request.id': request.id,
    'xds.route_name': request.routeName,
  });
}

function withoutAbsent(object: Readonly<Record<string, string | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(object).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
