/**
 * @module
 * The caller from request headers that the configuration names. They are trusted: Envoy must set them.
 */

import type { JsonObject, JsonValue } from '../diagnostics/json.ts';
import type { CallerFact } from '../expressions/caller-objects.ts';
import type { IncomingRequest } from '../request/incoming-request.ts';
import type { IdentitySourceOf } from './authentication-schema.ts';
import type { KnownCaller, Source } from './caller.ts';
import { onlyHeader } from './fact-source.ts';

/** The facts that a header may give, each with the key of the source that names the header. */
export const headerFacts = [
  ['user', 'principal'],
  ['clientId', 'clientId'],
  ['clientName', 'clientName'],
  ['slaId', 'slaId'],
  ['jwt', 'jwt'],
] as const satisfies readonly (readonly [CallerFact, keyof IdentitySourceOf<'headers'>])[];

/** Compiles the source. It knows the caller if one of the headers is present and not empty. */
export function identityHeaders(source: IdentitySourceOf<'headers'>): Source {
  const facts = headerFacts.flatMap(([fact, key]) => {
    const header = source[key]?.toLowerCase();
    return header === undefined ? [] : [[fact, header] as const];
  });
  const properties = Object.entries(source.properties ?? {}).map(
    ([name, header]) => [name, header.toLowerCase()] as const,
  );
  const read = [...new Set([...facts, ...properties].map(([, header]) => header))];

  return (request) => {
    const found = collect(request, read);
    return found === undefined ? undefined : callerFrom(found);
  };

  function callerFrom(found: ReadonlyMap<string, string>): KnownCaller {
    const texts = new Map(facts.map(([fact, header]) => [fact, found.get(header) || null] as const));
    const text = (fact: (typeof headerFacts)[number][0]): string | null => texts.get(fact) ?? null;
    const claims: JsonObject = Object.fromEntries(
      properties.flatMap(([name, header]) => {
        const value = found.get(header);
        return value === undefined ? [] : [[name, value]];
      }),
    );
    const id = text('clientId');
    return {
      principal: text('user'),
      clientId: id,
      clientName: text('clientName'),
      properties: { ...(id === null ? {} : { clientId: id }), ...claims, claims },
      fact(name): JsonValue | undefined {
        if (name === 'claims') return claims;
        const value = text(name) ?? undefined;
        return name === 'jwt' ? value?.replace(/^Bearer +/i, '') : value;
      },
    };
  }
}

/** @throws MintError `identity.repeated-header` */
function collect(request: IncomingRequest, read: readonly string[]): ReadonlyMap<string, string> | undefined {
  let found: Map<string, string> | undefined;
  let isKnown = false;
  for (const name of read) {
    const value = onlyHeader(request, name);
    if (value === undefined) continue;
    found ??= new Map();
    found.set(name, value);
    if (value !== '') isKnown = true;
  }
  return isKnown ? found : undefined;
}
