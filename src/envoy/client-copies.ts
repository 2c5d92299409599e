/**
 * @module
 * Which headers of a client go before anything reads them, as Envoy's `early_header_mutation_extensions` says it: they
 * run before routes and filters, so no route and no disabled filter lets a copy through.
 */
import { Flow, Noted, Proposed, type Written } from '../documents/commented-yaml.ts';
import type { ClientCopies } from './envoy-part.ts';

const extension = 'envoy.http.early_header_mutation.header_mutation';
const type = 'type.googleapis.com/envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation';

/**
 * A regular expression for the header and for those that a backend may mistake for it (`request/lookalikes.ts`);
 * undefined for a name without separators, which has none.
 */
export function lookalikesPattern(header: string): string | undefined {
  return /[^a-z0-9]/.test(header) ? header.replace(/[^a-z0-9]/g, '[^a-z0-9]') : undefined;
}

/** The value of `early_header_mutation_extensions`; undefined if nothing is removed or proposed. */
export function earlyMutation({ removed, uncertain }: ClientCopies): Written | undefined {
  const rules = removed.map((header): Written => new Flow(removal(header)));
  const proposals = uncertain.map((header, index): Written => {
    const comment = 'A variable reads this header. Uncomment it if a filter of Envoy sets the header:';
    return new Proposed(index === 0 ? comment : 'Likewise:', new Flow(removal(header)));
  });
  if (rules.length === 0) return undefined;
  const typed = { '@type': type, mutations: [...rules, ...proposals] };
  return [{ name: extension, typed_config: typed }];
}

function removal(header: string): object {
  const regex = lookalikesPattern(header);
  if (regex === undefined) return { remove: header };
  return { remove_on_match: { key_matcher: { safe_regex: { regex } } } };
}

/** The comment above it. */
export function copiesComment({ kept }: ClientCopies): string {
  const sentences = [
    "mintproc or Envoy sets these headers. A client's own copies go before any filter and route sees them, also on",
    'routes where the filter below is disabled. If a proxy before this Envoy sets one of them and removes what clients',
    'send, take its line out.',
  ];
  return kept.length === 0 ? sentences.join(' ') : `${sentences.join(' ')}\n${keptComment(kept)}`;
}

/** What happens to the copies that stay. */
export function keptComment(kept: readonly string[]): string {
  return (
    `Not here: ${kept.join(', ')}. The client's own is read, by a filter or by a policy; mintproc replaces or removes ` +
    'it on every route that mints.'
  );
}

/** As an entry of the connection manager. */
export function notedMutation(copies: ClientCopies): Written | undefined {
  const value = earlyMutation(copies);
  return value === undefined ? undefined : new Noted(copiesComment(copies), value);
}
