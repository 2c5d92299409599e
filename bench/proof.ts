/**
 * @module
 * Verifies, before the measurement, that a server does what its row says. A server that mints nothing is fast.
 */
import { algorithms, type Keys } from './algorithms.ts';
import type { Row } from './rows.ts';
import { caller, echo } from './servers/envoy-front.ts';

/**
 * Sends one request through Envoy and verifies the token in the answer.
 *
 * @param port Envoy's listener for the server
 * @returns the input of the bare operation: the token's signing input, or the bytes of its claims
 * @throws when there is no token, or it does not match the row
 */
export async function prove({ name, serving }: Row, port: number, keys: Keys | undefined): Promise<Buffer> {
  const response = await fetch(`http://127.0.0.1:${port}${echo.path}`);
  const value = response.headers.get(echo.header);
  if (response.status !== 200 || value === null) throw new Error(`${name} adds no header (status ${response.status}).`);
  if (serving.kind !== 'sidecar' || keys === undefined) return Buffer.alloc(0);
  const { algorithm, claims } = serving.minting;
  const token = value.replace(/^Bearer /, '');
  const payload = await algorithms[algorithm].open(token, keys);
  const added = Object.keys(payload).filter((claim) => claim.startsWith('claim_')).length;
  if (payload.sub !== caller.sub || payload['client_id'] !== caller.client_id || added !== claims) {
    throw new Error(`${name} mints a token with other claims: ${Object.keys(payload).join(', ')}.`);
  }
  const input = token.slice(0, token.lastIndexOf('.'));
  return Buffer.from(algorithm === 'RSA-OAEP-256' ? JSON.stringify(payload) : input);
}
