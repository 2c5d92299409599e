/**
 * @module
 * The JSON object in the answer of a service.
 */
import { parsedRecord } from '../../diagnostics/json.ts';
import { signerError } from './signer-service.ts';

/** @param name of the service @throws MintError `signer.refused` */
export function jsonObject(text: string, name: string): Readonly<Record<string, unknown>> {
  const value = parsedRecord(text);
  if (value !== undefined) return value;
  throw signerError('signer.refused', `${name} did not answer with a JSON object.`);
}
