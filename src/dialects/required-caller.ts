/**
 * @module
 * What the entry of a policy says of its callers, and what Envoy has to do in place of the gateway's checks.
 */
import type { Place } from '../diagnostics/source-text.ts';
import { reason } from './export-reasons.ts';
import { Open, type Reason, type Writable } from './exported.ts';

/** Of the requests that got the token on the gateway, those whose caller it knew. */
export type KnownCallers = 'all' | 'some' | 'none';

export interface RequiredCaller {
  readonly entry: Readonly<Record<string, Writable>>;
  readonly reasons: readonly Reason[];
}

/** @param facts which requests the gateway let through without a caller, as far as they are known */
export function requiredCaller(known: KnownCallers, place: Place, facts: readonly string[]): RequiredCaller {
  switch (known) {
    case 'none':
      return { entry: {}, reasons: [] };
    case 'all':
      return { entry: { requireCaller: true }, reasons: [] };
    case 'some': {
      const message = 'The gateway refused some of the requests if their caller was not known, and not all of them.';
      return {
        entry: { requireCaller: new Open(suggestion, facts) },
        reasons: [reason('value', 'import.caller', place, { message, suggestion })],
      };
    }
  }
}

const suggestion =
  'Write true if every request of the routes needs a known caller. Else write false, and `requireCaller: true` in the routes whose requests need one.';

/** How a check finds out who the caller is: by a JWT, or by asking someone. */
export type CallerCheck = 'jwt' | 'asked';

/** What to write for Envoy. */
export function checkedByEnvoy(checks: Iterable<CallerCheck>): string {
  return [...new Set(checks)]
    .toSorted((a, b) => order.indexOf(a) - order.indexOf(b))
    .map(adviceOf)
    .join(' ');
}

const order: readonly CallerCheck[] = ['jwt', 'asked'];

function adviceOf(check: CallerCheck): string {
  return {
    jwt: 'For JWTs, that is `jwt_authn`: `mintproc gen envoy` writes it with --issuer, --audience and --jwks.',
    asked:
      'For API keys, passwords and opaque tokens, it is `ext_authz` with a server that checks them and returns who the caller is as metadata.',
  }[check];
}
