/**
 * @module
 * Sends one request and prints it: as it was sent, as the upstream received it, and the contents of its token.
 */
import type { KeyObject } from 'node:crypto';
import { jwtVerify } from 'jose';
import { SetupError } from './setup-error.ts';
import { type Seen, seenHeader } from './upstream.ts';

const bearer = 'Bearer ';

/**
 * Sends one request with the caller's token and prints the result.
 *
 * @param key verifies the token that the upstream received
 * @throws SetupError when the request arrives without a valid token
 */
export async function showRequest(
  url: string,
  callerToken: string,
  key: KeyObject,
  print: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const response = await fetch(url, { headers: { authorization: bearer + callerToken }, signal });
  const body = await response.text();
  if (!response.ok) throw new SetupError(`The request was answered ${response.status}: ${body}`);
  const seen = JSON.parse(body) as Seen;
  print(`
The caller sent, with its own token:
  GET ${url}
  authorization: ${abbreviate(bearer + callerToken)}

The upstream received:
  ${seen.method} ${seen.url}
${seen.headers.map(([name, value]) => `  ${name}: ${value}`).join('\n')}
`);
  const [authorization, ...more] = seenHeader(seen, 'authorization');
  if (authorization === undefined || more.length > 0) {
    throw new SetupError(`The upstream received ${more.length === 0 ? 'no' : 'several'} authorization headers.`);
  }
  const verified = await jwtVerify(authorization.slice(bearer.length), key).catch((error: unknown) => {
    throw new SetupError("The upstream's token does not verify.", { cause: error });
  });
  print(`That token's header:
${indent(verified.protectedHeader)}
Its claims:
${indent(verified.payload)}
Its signature verifies with the public key of .demo/partner.pem.
`);
}

const shown = 40;

function abbreviate(text: string): string {
  return text.length <= shown ? text : `${text.slice(0, shown)}… (${text.length} characters)`;
}

function indent(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(/^/gm, '  ');
}
