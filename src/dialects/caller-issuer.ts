/**
 * @module
 * Who issued the callers' tokens that a gateway verified, so that Envoy's filter can verify the same.
 */
import type { CallerIssuer } from './exported.ts';

/** What a policy of the gateway says. Text that is not plain is left out: the values are shown in a command line. */
export function callerIssuer(said: Readonly<Record<keyof CallerIssuer, unknown>>): CallerIssuer {
  const jwks = plain(said.jwks);
  return {
    issuer: plain(said.issuer),
    audience: plain(said.audience),
    jwks: jwks?.startsWith('https://') === true ? jwks : undefined,
  };
}

/** What no shell reads in its own way, and neither a template nor an expression. */
function plain(text: unknown): string | undefined {
  return typeof text === 'string' && /^[\w.:/@=%-]{1,256}$/.test(text) ? text : undefined;
}
