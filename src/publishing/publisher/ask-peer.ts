/**
 * @module
 * Asks one address for its JWK set. Redirects are not followed, and time and size are limited.
 */
import { get as getPlainly, type IncomingMessage } from 'node:http';
import { get as getByTls } from 'node:https';
import { boundedBody } from '../../net/bounded-body.ts';
import { hostOf } from '../../net/safe-address.ts';

/** Milliseconds for the whole answer. */
export const peerLimit = 5_000;

/** A set of hundreds of keys. @internal Exported for the test at the limit. */
export const longestSet = 1_048_576;

export interface PeerOptions {
  /** Certificates of authorities in PEM, instead of those of Node; for https. */
  readonly authorities: string | undefined;
}

/** A sentence that says why there is no answer. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/**
 * @param address an IP address of the URL's host; its name is still the one that a certificate must have
 * @throws NoAnswer
 */
export async function askPeer(url: URL, address: string, { authorities }: PeerOptions): Promise<string> {
  const signal = AbortSignal.timeout(peerLimit);
  try {
    return await bodyOf(await responseOf(url, address, authorities, signal));
  } catch (error) {
    if (error instanceof NoAnswer) throw error;
    if (signal.aborted) throw new NoAnswer(`There is no whole answer after ${peerLimit / 1000} s.`);
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    throw new NoAnswer(`The connection failed${code}.`);
  }
}

function responseOf(
  url: URL,
  address: string,
  authorities: string | undefined,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const isTls = url.protocol === 'https:';
  const options = {
    host: address,
    port: url.port === '' ? (isTls ? 443 : 80) : url.port,
    path: `${url.pathname}${url.search}`,
    headers: { host: url.host, accept: 'application/jwk-set+json, application/json' },
    agent: false,
    signal,
  } as const;
  const host = hostOf(url);
  const name = host === address ? {} : { servername: host };
  const trusted = authorities === undefined ? {} : { ca: authorities };
  // Whatever NODE_TLS_REJECT_UNAUTHORIZED says: whoever answers publishes keys.
  const checked = { ...name, ...trusted, rejectUnauthorized: true };
  const request = isTls ? getByTls({ ...options, ...checked }, resolve) : getPlainly(options, resolve);
  request.on('error', reject);
  request.on('upgrade', (_, socket) => {
    socket.destroy();
    reject(new NoAnswer('It answers with another protocol than HTTP.'));
  });
  return promise;
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  const { statusCode = 0 } = response;
  const refuse = (reason: string): never => {
    response.destroy();
    throw new NoAnswer(reason);
  };
  if (statusCode >= 300 && statusCode < 400) {
    refuse('It redirects to another address, which is not followed: give that address.');
  }
  if (statusCode !== 200) refuse(`It answers with the status ${statusCode}.`);
  const text = await boundedBody(response, longestSet);
  return text ?? refuse(`The answer is larger than ${longestSet} bytes.`);
}
