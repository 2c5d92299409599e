/**
 * @module
 * Who fetches the public keys, as a metric may say it: the kind of program, one of a closed set. An address or a whole
 * `user-agent` would be a label value that the client chooses.
 */
import type { HttpRequest } from '../observe/http-request.ts';

/** Products at the beginning of `user-agent`, in lower case. The first that fits counts. */
const products: readonly (readonly [beginning: string, kind: string])[] = [
  ['envoy', 'envoy'],
  ['go-http-client', 'go'],
  ['java', 'java'],
  ['apache-httpclient', 'java'],
  ['okhttp', 'java'],
  ['reactornetty', 'java'],
  ['python', 'python'],
  ['aiohttp', 'python'],
  ['node', 'node'],
  ['undici', 'node'],
  ['axios', 'node'],
  ['jose/', 'node'],
  ['.net', 'dotnet'],
  ['microsoft', 'dotnet'],
  ['curl', 'curl'],
  ['mozilla', 'browser'],
];

/** Every kind of client. @internal Exported for the test that there is no other. */
export const clientKinds: ReadonlySet<string> = new Set([...products.map(([, kind]) => kind), 'other', 'unnamed']);

export function kindOfClient(headers: HttpRequest['headers']): string {
  // The filter jwt_authn of Envoy fetches without `user-agent`, and Envoy adds this header.
  if (headers['x-envoy-expected-rq-timeout-ms'] !== undefined) return 'envoy';
  const agent = headers['user-agent']?.toLowerCase();
  if (agent === undefined || agent === '') return 'unnamed';
  return products.find(([beginning]) => agent.startsWith(beginning))?.[1] ?? 'other';
}
