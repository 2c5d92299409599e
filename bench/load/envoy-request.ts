/**
 * @module
 * The first message of a stream as Envoy sends it, for a request with eleven headers, the attributes of the project's
 * `envoy.yaml`, and a caller whose token was verified.
 */
import type { JsonObject } from '../../src/diagnostics/json.ts';
import type { ProcessingRequest } from '../../src/extproc/messages.ts';
import { structOf } from '../../src/extproc/struct.ts';
import { processMethod } from '../../test/extproc/stream-client.ts';
import { caller } from '../servers/envoy-front.ts';

const headers: readonly (readonly [name: string, value: string])[] = [
  [':authority', 'api.example.com'],
  [':method', 'GET'],
  [':scheme', 'http'],
  ['user-agent', 'curl/8.5.0'],
  ['accept', 'application/json'],
  ['x-client-id', 'client-7'],
  ['x-forwarded-proto', 'http'],
  ['x-request-id', '7a49730b-3a5c-4d4e-9f8e-6f1f1c1c1c1c'],
  ['x-forwarded-for', '10.0.0.1'],
  ['traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'],
];

const attributes: JsonObject = {
  'request.protocol': 'HTTP/1.1',
  'request.scheme': 'http',
  'source.address': '127.0.0.1:45726',
  'destination.address': '127.0.0.1:10000',
  'xds.route_name': 'orders',
};

/** Created once, because it reads and parses the .proto files. */
const { requestSerialize } = processMethod();

/** @param path of the caller's request, with its query @returns the encoded message */
export function envoyMessage(path: string): Buffer {
  const named = [...headers, [':path', path] as const];
  const request: ProcessingRequest = {
    request_headers: {
      headers: { headers: named.map(([key, value]) => ({ key, raw_value: Buffer.from(value) })) },
      end_of_stream: true,
    },
    attributes: { 'envoy.filters.http.ext_proc': structOf(attributes) },
    metadata_context: { filter_metadata: { 'envoy.filters.http.jwt_authn': structOf({ payload: caller }) } },
    protocol_config: {},
  };
  return requestSerialize(request);
}
