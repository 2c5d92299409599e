/**
 * @module
 * The callers: each with a token of their own, which Envoy verifies, and what a request of theirs must carry afterwards.
 */
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { exportJWK } from 'jose';
import { callerToken } from '../../demo/credentials.ts';

export interface Caller {
  readonly sub: string;
  readonly clientId: string;
  readonly token: string;
}

export interface Callers {
  readonly all: readonly Caller[];
  /** The key set of their issuer, for Envoy. */
  readonly keySet: string;
}

export async function makeCallers(count: number): Promise<Callers> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const all = await Promise.all(Array.from({ length: count }, (_, number) => makeCaller(privateKey, number)));
  return { all, keySet: JSON.stringify({ keys: [await exportJWK(createPublicKey(privateKey))] }) };
}

async function makeCaller(key: KeyObject, number: number): Promise<Caller> {
  const [sub, clientId] = [`caller-${number}`, `client-${number}`];
  return { sub, clientId, token: await callerToken(key, { sub, client_id: clientId }) };
}
