/**
 * @module
 * Serves the public keys to verifiers: the JWK sets (RFC 7517) and the discovery document that points to them, at a
 * separate address. The caller supplies the text of the documents.
 */
import { createHash } from 'node:crypto';
import { activity } from '../observe/activity.ts';
import type { HttpAnswer } from '../observe/http-answer.ts';
import { type HttpAddress, type HttpListener, type HttpRoute, startHttp } from '../observe/http-server.ts';
import type { Log } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { Readiness } from '../observe/readiness.ts';
import { kindOfClient } from './key-clients.ts';

export const keySetPath = '/.well-known/jwks.json';
export const postQuantumKeySetPath = '/.well-known/jwks-akp.json';
export const discoveryPath = '/.well-known/openid-configuration';

/** The label of each document in the metrics. */
const documentNames: Readonly<Record<string, string>> = {
  [keySetPath]: 'jwks',
  [postQuantumKeySetPath]: 'jwks-akp',
  [discoveryPath]: 'discovery',
};

export interface KeyServerOptions {
  readonly address: HttpAddress;
  /** How long a response may be cached, in seconds. Called for each request. */
  maxAge(): number;
  /** By path: returns the current text of the document. */
  readonly documents: Readonly<Record<string, () => string>>;
  readonly metrics: Pick<Metrics, 'keysAsked'>;
  readonly log: Log;
  readonly readiness: Readiness;
}

/** @throws ListenError when it cannot listen at the address */
export function startKeyServer({
  address,
  documents,
  maxAge,
  metrics,
  log,
  readiness,
}: KeyServerOptions): Promise<HttpListener> {
  const routes = Object.entries(documents).map(([path, document]): [string, HttpRoute] => {
    const tagOf = entityTags();
    const route: HttpRoute = (headers) =>
      activity.run('JWKS', () => {
        const body = document();
        const answer = conditional(body, tagOf(body), maxAge(), headers['if-none-match']);
        const result = answer.status === 304 ? 'unchanged' : 'sent';
        metrics.keysAsked(documentNames[path] ?? 'other', kindOfClient(headers), result);
        return answer;
      });
    return [path, route];
  });
  const code = 'observe.keys-listen-failed';
  const named = { name: 'JWKS', listener: 'jwks', code } as const;
  return startHttp({ ...named, address, log, readiness, routes: Object.fromEntries(routes) });
}

/** A function that returns the entity tag of a text. It hashes a text once, as long as no other one comes. */
function entityTags(): (text: string) => string {
  let latest = { text: '', tag: '' };
  return (text) => {
    if (latest.text !== text) {
      latest = { text, tag: `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"` };
    }
    return latest.tag;
  };
}

/** Sends the body only if the client does not have it yet (RFC 9110 section 13.1.2). */
function conditional(body: string, etag: string, maxAge: number, known: string | undefined): HttpAnswer {
  const headers = { etag, 'cache-control': `public, max-age=${maxAge}`, 'access-control-allow-origin': '*' };
  const has = (known ?? '').split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
  return { status: has ? 304 : 200, type: 'application/json', body, headers };
}
