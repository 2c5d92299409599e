/**
 * @module
 * Fetches a JWK set from a URL: `https`, or `http` from this machine only, since anybody on the way could exchange the
 * keys. Redirects are not followed, and time and size are limited.
 */
import { isSafeAddress } from '../net/safe-address.ts';
import { CommandError, UsageError } from './terminal.ts';

/** Milliseconds for the whole answer. */
const maxTime = 10_000;

/** Enough for thousands of keys. */
const maxBytes = 1_048_576;

export function isAddress(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
}

/** @throws UsageError, CommandError */
export async function fetchKeySet(text: string, { milliseconds = maxTime } = {}): Promise<string> {
  const url = allowedUrl(text);
  try {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { accept: 'application/jwk-set+json, application/json' },
      signal: AbortSignal.timeout(milliseconds),
    });
    return new TextDecoder('utf-8', { fatal: true }).decode(await bodyOf(response));
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`The JWK set at ${url.origin} cannot be fetched: ${reasonOf(error, milliseconds)}.`);
  }
}

function allowedUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null) throw new UsageError('--jwks takes a file or a URL, and this is not a valid URL.');
  if (url.username !== '' || url.password !== '') throw new UsageError('--jwks takes no URL with a password.');
  if (isSafeAddress(url)) return url;
  throw new UsageError('--jwks takes a URL with https, or with http of this machine (localhost, 127.0.0.1, [::1]).');
}

async function bodyOf(response: Response): Promise<Uint8Array> {
  const { status, body } = response;
  const refuse = async (reason: string): Promise<never> => {
    await body?.cancel();
    throw new CommandError(reason);
  };
  if (status >= 300 && status < 400) {
    return refuse('The server of the JWK set redirects to another address, which is not followed: give that address.');
  }
  if (status !== 200) return refuse(`The server of the JWK set answers with the status ${status}.`);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > maxBytes) throw new CommandError(`The JWK set is larger than ${maxBytes} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function reasonOf(error: unknown, milliseconds: number): string {
  if (!(error instanceof Error)) return 'the connection failed';
  if (error.name === 'TimeoutError') return `there is no whole answer after ${milliseconds / 1000} s`;
  if (error instanceof TypeError && 'code' in error && error.code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
    return 'it is not UTF-8 text';
  }
  const { cause } = error;
  return cause instanceof Error && 'code' in cause ? `the connection failed (${cause.code})` : 'the connection failed';
}
