/**
 * @module
 * The file of a constant token, as Envoy's secret discovery service reads it: one generic secret with the whole value
 * of the header.
 *
 * A secret with an empty string takes a token away. Envoy 1.40 then answers 401. It would go on with the last token if
 * the file were removed, were not JSON or had no resource (`Missing SDS resources`): all three were tried.
 */
import { basename } from 'node:path';
import { isRecord } from '../diagnostics/json.ts';

const secretType = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret';

/**
 * The name of the secret in a file: the file's own. If another policy gets the file, an Envoy that knows the name of
 * the former would refuse the new secret, and go on with the old token.
 */
export function secretName(path: string): string {
  return basename(path, '.json');
}

/**
 * @param value of the header, with its prefix; empty for none
 */
export function secretDocument(name: string, value: string): string {
  const secret = { '@type': secretType, name, generic_secret: { secret: { inline_string: value } } };
  return `${JSON.stringify({ resources: [secret] })}\n`;
}

/**
 * Whether a file is one that mintproc may replace: empty, or with generic secrets for Envoy only. Anything else, such
 * as a key or a policy, was named by mistake.
 */
export function isSecretDocument(text: string): boolean {
  if (text.trim() === '') return true;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return false;
  }
  if (!isRecord(value) || !Array.isArray(value['resources'])) return false;
  return value['resources'].every(isGenericSecret);
}

function isGenericSecret(resource: unknown): boolean {
  return isRecord(resource) && resource['@type'] === secretType && isRecord(resource['generic_secret']);
}
