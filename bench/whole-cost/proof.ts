/**
 * @module
 * Verifies that each caller has the token of its way: a way that gives nothing is cheap, and one that gives a token of
 * another caller is worthless.
 */
import { algorithms, type Keys } from '../algorithms.ts';
import { echo } from '../servers/envoy-front.ts';
import type { Caller } from './callers.ts';
import { heimdallCaller } from './heimdall.ts';
import type { Way } from './ways.ts';

/** @param port Envoy's listener for the way @throws when a caller has another token, or one where there must be none */
export async function proveWay(way: Way, port: number, callers: readonly Caller[], keys: Keys): Promise<void> {
  for (const caller of callers) {
    const headers = { authorization: `Bearer ${caller.token}` };
    const response = await fetch(`http://127.0.0.1:${port}${echo.path}`, { headers });
    if (response.status !== 200) throw new Error(`${way.name} answers ${response.status}.`);
    const token = response.headers.get(echo.header)?.replace(/^Bearer /, '') ?? '';
    const wrong = await wrongWith(way, token, caller, keys);
    if (wrong !== undefined) throw new Error(`${way.name} gives ${caller.sub} ${wrong}.`);
  }
}

async function wrongWith({ by, token: kind }: Way, token: string, caller: Caller, keys: Keys) {
  if (by.kind === 'nobody') return token === '' || token === '-' || token === caller.token ? undefined : 'a token';
  const { sub, [heimdallCaller]: told, client_id: client, aud } = await algorithms.ES256.open(token, keys);
  if (aud !== 'https://upstream.example.com') return 'a token without its audience';
  if (kind === 'constant') return sub === undefined && client === undefined ? undefined : 'a token that names a caller';
  const named = by.kind === 'heimdall' ? told : sub;
  return named === caller.sub && client === caller.clientId ? undefined : 'the token of another caller';
}
