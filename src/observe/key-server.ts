/**
 * @module
 * Where verifiers find the public keys: the JWK sets (RFC 7517) and the discovery document that leads there, on an
 * address of their own. What the documents say is handed in as text.
 */
import { createHash } from 'node:crypto';
import { activity } from './activity.ts';
import type { HttpAnswer } from './http-answer.ts';
import { type HttpAddress, type HttpListener, type HttpRoute, startHttp } from './http-server.ts';
import type { Log } from './log.ts';
import type { Readiness } from './readiness.ts';

export const keySetPath = '/.well-known/jwks.json';
export const postQuantumKeySetPath = '/.well-known/jwks-akp.json';
export const discoveryPath = '/.well-known/openid-configuration';

export interface KeyServerOptions {
  readonly address: HttpAddress;
  /** How long an answer may be kept, in seconds; asked at each request. */
  maxAge(): number;
  /** The text of each document as it is at this moment; a path without a document is not found. */
  readonly documents: Readonly<Record<string, () => string>>;
  readonly log: Log;
  readonly readiness: Readiness;
}

/** @throws ListenError when the address cannot be had */
export function startKeyServer({
  address,
  documents,
  maxAge,
  log,
  readiness,
}: KeyServerOptions): Promise<HttpListener> {
  const routes = Object.entries(documents).map(([path, document]): [string, HttpRoute] => [
    path,
    (headers) => activity.run('JWKS', () => conditional(document(), maxAge(), headers['if-none-match'])),
  ]);
  const code = 'observe.keys-listen-failed';
  const named = { name: 'JWKS', listener: 'jwks', code } as const;
  return startHttp({ ...named, address, log, readiness, routes: Object.fromEntries(routes) });
}

/** RFC 9110 section 13.1.2: the body is sent only to whoever has another one. */
function conditional(body: string, maxAge: number, known: string | undefined): HttpAnswer {
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  const headers = { etag, 'cache-control': `public, max-age=${maxAge}`, 'access-control-allow-origin': '*' };
  const has = (known ?? '').split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
  return { status: has ? 304 : 200, type: 'application/json', body, headers };
}
