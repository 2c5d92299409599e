/**
 * @module
 * The JSON object in the answer of a service.
 */
import { isRecord } from '../../diagnostics/json.ts';
import { signerError } from './signer-service.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/** @param name of the service @throws MintError `signer.refused` */
export function jsonObject(text: string, name: string): JsonObject {
  const value = parsed(text);
  if (value !== undefined) return value;
  throw signerError('signer.refused', `${name} did not answer with a JSON object.`);
}

/** Undefined if the text is not an object. The error of the parser would quote it. */
export function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
