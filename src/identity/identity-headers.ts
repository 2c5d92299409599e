/**
 * @module
 * The caller as named request headers describe it. They are believed: the configuration says that Envoy sets them.
 */

import { MintError } from '../diagnostics/mint-error.ts';
import type { Caller } from '../expressions/bindings.ts';
import type { IncomingRequest } from '../request/incoming-request.ts';
import type { IdentitySourceOf } from './authentication-schema.ts';
import type { Source } from './caller.ts';

/** Makes the source; it knows the caller as soon as one of the headers is there and not empty. */
export function identityHeaders(source: IdentitySourceOf<'headers'>): Source {
  const principal = source.principal?.toLowerCase();
  const clientId = source.clientId?.toLowerCase();
  const clientName = source.clientName?.toLowerCase();
  const properties = Object.entries(source.properties ?? {}).map(
    ([name, header]) => [name, header.toLowerCase()] as const,
  );
  const named = new Set([principal, clientId, clientName, ...properties.map(([, header]) => header)]);
  const read = [...named].filter((header) => header !== undefined);

  return ({ headers }) => {
    const found = collect(headers, read);
    return found === undefined ? undefined : callerFrom(found);
  };

  function callerFrom(found: ReadonlyMap<string, string>): Caller {
    const text = (header: string | undefined): string | null => (header && found.get(header)) || null;
    const claims = Object.fromEntries(
      properties.flatMap(([name, header]) => {
        const value = found.get(header);
        return value === undefined ? [] : [[name, value]];
      }),
    );
    const id = text(clientId);
    return {
      principal: text(principal),
      clientId: id,
      clientName: text(clientName),
      properties: { ...(id === null ? {} : { clientId: id }), ...claims, claims },
    };
  }
}

function collect(
  headers: IncomingRequest['headers'],
  read: readonly string[],
): ReadonlyMap<string, string> | undefined {
  let found: Map<string, string> | undefined;
  let isKnown = false;
  for (const name of read) {
    const [value, ...others] = headers.values(name);
    if (value === undefined) continue;
    found ??= new Map();
    if (others.length > 0) {
      // One of them may be the client's own, and nothing tells which.
      throw new MintError(
        'identity.repeated-header',
        'A header that names the caller stands more than once in the request.',
      );
    }
    found.set(name, value);
    if (value !== '') isKnown = true;
  }
  return isKnown ? found : undefined;
}
