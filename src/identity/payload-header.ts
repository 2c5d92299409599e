/**
 * @module
 * The caller from a header with the claims of a verified token, as jwt_authn writes it (`forward_payload_header`;
 * Istio's `outputPayloadToHeader`): the payload of the token, JSON in base64url.
 *
 * The header is trusted, so whoever sets it must remove a client's own. A client that repeats it could have both read.
 */
import { parseJson } from '../diagnostics/exact-json.ts';
import { isRecord, type JsonObject, type JsonValue } from '../diagnostics/json.ts';
import { MintError } from '../diagnostics/mint-error.ts';
import { viewOf } from '../request/object-view.ts';
import type { ReadClaims } from './caller.ts';
import { onlyHeader } from './fact-source.ts';

/** A token of this size exceeds what servers accept as a header. @internal Exported for the test at the limit. */
export const maxPayloadLength = 32_768;

/** The default for metadata, `metadataDepth`. @internal Exported for the test at the limit. */
export const maxPayloadDepth = 32;

/** RFC 4648, section 5. Envoy pads with `=` if `pad_forward_payload_header` is set. */
const base64url = /^[A-Za-z0-9_-]+={0,2}$/;

/** @throws (when called) MintError `identity.repeated-header` or `identity.malformed-payload` */
export function payloadHeader(header: string): ReadClaims {
  const name = header.toLowerCase();
  return (request) => {
    const text = onlyHeader(request, name);
    return text === undefined || text === '' ? undefined : viewOf(claimsOf(text));
  };
}

/** The header's value for these claims. */
export function encodedPayload(claims: JsonObject): string {
  return Buffer.from(JSON.stringify(claims), 'utf8').toString('base64url');
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function claimsOf(text: string): JsonObject {
  if (text.length > maxPayloadLength || !base64url.test(text)) throw malformed();
  let payload: JsonValue;
  try {
    payload = parseJson(utf8.decode(Buffer.from(text, 'base64url')));
  } catch (error) {
    // Neither error may be shown: that of JSON.parse quotes the text.
    if (error instanceof SyntaxError || error instanceof TypeError) throw malformed();
    throw error;
  }
  if (!isRecord(payload) || isDeeper(payload, maxPayloadDepth)) throw malformed();
  return payload;
}

/** Whether objects and lists are nested more than `depth` deep. */
function isDeeper(value: JsonValue, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth === 0 || Object.values(value).some((member) => isDeeper(member, depth - 1));
}

function malformed(): MintError {
  return new MintError(
    'identity.malformed-payload',
    'The header with the claims of the caller is too long or too deep, or is not a JSON object in base64url.',
  );
}
