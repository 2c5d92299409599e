/**
 * @module
 * A process that verifies tokens with the JWK set that it has cached, by `jose`. It asks one instance after another.
 * Each message is a batch of tokens, and each is answered with the tokens that were refused, by verifier.
 */
import { createRemoteJWKSet, customFetch, errors, jwtVerify } from 'jose';

export interface Verifying {
  /** The addresses of the JWK sets. */
  readonly urls: readonly string[];
  /** How long each verifier keeps a set, in milliseconds. */
  readonly caches: readonly number[];
}

export interface Refused {
  readonly verifier: number;
  /** The token in its batch. */
  readonly index: number;
  readonly code: string;
}

type KeySet = ReturnType<typeof createRemoteJWKSet>;

/** It asks again only if its copy is as old as it may be, whatever `kid` a token has. */
function keySet(urls: readonly string[], cache: number, first: number): KeySet {
  let next = first;
  const ask: typeof fetch = async (_url, options) => {
    for (let tries = 0; ; tries++) {
      next = (next + 1) % urls.length;
      try {
        return await fetch(urls[next] ?? '', options);
      } catch (error) {
        // An instance that restarts does not listen, and another one is asked, as by a Service.
        if (tries >= urls.length) throw error;
      }
    }
  };
  const options = { cacheMaxAge: cache, cooldownDuration: cache, timeoutDuration: 30_000, [customFetch]: ask };
  return createRemoteJWKSet(new URL(urls[0] ?? ''), options);
}

async function refusal(token: string, keys: KeySet): Promise<string | undefined> {
  try {
    await jwtVerify(token, keys);
    return undefined;
  } catch (error) {
    if (error instanceof errors.JOSEError) return error.code;
    throw error;
  }
}

const { urls, caches }: Verifying = JSON.parse(process.argv[2] ?? '');
const verifiers = caches.map((cache, index) => keySet(urls, cache, index));

process.on('message', async (tokens: readonly string[]) => {
  const refused: Refused[] = [];
  for (const [index, token] of tokens.entries()) {
    for (const [verifier, keys] of verifiers.entries()) {
      const code = await refusal(token, keys);
      if (code !== undefined) refused.push({ verifier, index, code });
    }
  }
  process.send?.(refused);
});
