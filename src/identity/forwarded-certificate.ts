/**
 * @module
 * The header `x-forwarded-client-cert`, in Envoy's format.
 *
 *     By=spiffe://a;Hash=46…;Subject="CN=orders,O=Example";URI=spiffe://b,By=…;Hash=…
 *
 * One element for each proxy on the way, separated by commas. The last element was written by the proxy next to us; the
 * elements before it were sent to that proxy. Only the last one is trusted. An unbalanced quote before it could hide
 * it, so such a header is refused.
 */
import type { JsonObject } from '../diagnostics/json.ts';
import { MintError } from '../diagnostics/mint-error.ts';
import type { IncomingRequest } from '../request/incoming-request.ts';
import { withCommonName } from './connection-certificate.ts';

/** Keys of an element and members of the result. `Cert` and `Chain` are omitted because they are large. */
const members: ReadonlyMap<string, string> = new Map([
  ['by', 'by'],
  ['hash', 'hash'],
  ['subject', 'subject'],
  ['uri', 'uri'],
  ['dns', 'dns'],
]);

/** `key=value` and its separator. A value with `,`, `;` or `=` is quoted; a quote inside is written `\"`. */
const pair = /([A-Za-z]+)=(?:"((?:\\.|[^"\\])*)"|([^",;]*))([,;]|$)/gsy;

/** The certificate of the last element; undefined without the header. */
export function forwardedCertificate(headers: IncomingRequest['headers']): JsonObject | undefined {
  // RFC 9110 section 5.3: repeated fields are one list.
  const text = headers.values('x-forwarded-client-cert').join(',');
  if (text === '') return undefined;
  return withCommonName(lastElement(text));
}

function lastElement(text: string): Record<string, string> {
  let element: Record<string, string> = {};
  pair.lastIndex = 0;
  for (;;) {
    const found = pair.exec(text);
    if (found === null) throw malformed();
    const [, key = '', quoted, bare, end] = found;
    const member = members.get(key.toLowerCase());
    // A certificate may have several URI or DNS names. connection.* has the first one, too.
    if (member !== undefined) element[member] ??= quoted?.replace(/\\(["\\])/g, '$1') ?? bare ?? '';
    if (end === '') return element;
    if (end === ',') element = {};
  }
}

function malformed(): MintError {
  return new MintError('identity.malformed-certificate', 'The header x-forwarded-client-cert is not well formed.');
}
