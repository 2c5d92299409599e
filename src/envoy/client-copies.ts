/**
 * @module
 * Which headers of a client go before anything reads them, as Envoy's `early_header_mutation_extensions` says it: they
 * run before routes and filters, so no route and no disabled filter lets a copy through.
 */
import { Flow, Noted, Proposed, type Written } from '../documents/commented-yaml.ts';
import type { ClientCopies, EnvoyPart } from './envoy-part.ts';

const extension = 'envoy.http.early_header_mutation.header_mutation';
const type = 'type.googleapis.com/envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation';

/** Envoy refuses a regular expression whose program is larger: a letter counts 1, a separator of ours 3. */
const largestPattern = 96;

/** A pseudo-header such as `:path` is no lookalike. */
const separator = '[^a-z0-9:]';

/**
 * A regular expression for the header and for those that a backend may mistake for it (`request/lookalikes.ts`).
 * Undefined for a name without separators, which has none, and for a name that is too long: Envoy drops its lookalikes
 * with underscores, and mintproc removes all of them on the routes that mint.
 */
export function lookalikesPattern(header: string): string | undefined {
  const separators = header.match(/[^a-z0-9]/g) ?? [];
  if (separators.length === 0 || header.length + 2 * separators.length > largestPattern) return undefined;
  return header.replace(/[^a-z0-9]/g, separator);
}

/** As an entry of the connection manager; undefined if nothing is removed or proposed. */
export function notedMutation({ copies, reuse }: Pick<EnvoyPart, 'copies' | 'reuse'>): Written | undefined {
  return notedRemovals(copies, (header) => [new Flow(removal(header))], extensionOf, reuse !== undefined);
}

/**
 * The removals with what is said of them; those that are uncertain are proposals.
 *
 * @param rulesOf the removal of a header, in the platform's form
 * @param within the object that has the rules
 * @param isRelied whether requests skip mintproc, which would remove other spellings of a token's header
 * @returns undefined if nothing is removed or proposed
 */
export function notedRemovals(
  copies: ClientCopies,
  rulesOf: (header: string) => readonly Written[],
  within: (rules: readonly Written[]) => Written,
  isRelied = false,
): Written | undefined {
  const [removed, uncertain] = [copies.removed.flatMap(rulesOf), copies.uncertain.flatMap(rulesOf)];
  if (removed.length === 0)
    return uncertain.length === 0 ? undefined : new Proposed(uncertainComment, within(uncertain));
  const proposals = uncertain.map((rule, index) => new Proposed(index === 0 ? uncertainComment : likewise, rule));
  return new Noted(copiesComment(copies, isRelied), within([...removed, ...proposals]));
}

const uncertainComment = 'A variable reads this header. Uncomment it if a filter of Envoy sets the header:';
const likewise = 'Likewise:';

function extensionOf(mutations: readonly Written[]): Written {
  return [{ name: extension, typed_config: { '@type': type, mutations } }];
}

function removal(header: string): object {
  const regex = lookalikesPattern(header);
  if (regex === undefined) return { remove: header };
  return { remove_on_match: { key_matcher: { safe_regex: { regex } } } };
}

/** The comment above it. */
function copiesComment({ kept }: ClientCopies, isRelied: boolean): string {
  const sentences = [
    "mintproc or Envoy sets these headers. A client's own copies go before any filter and route sees them, also on",
    'routes where the filter below is disabled.',
    isRelied
      ? 'Leave every line: nothing else removes other spellings from a request that gets a kept token.'
      : 'If a proxy before this Envoy sets one of them and removes what clients send, take its line out.',
  ];
  return kept.length === 0 ? sentences.join(' ') : `${sentences.join(' ')}\n${keptComment(kept)}`;
}

/** What happens to the copies that stay. */
function keptComment(kept: readonly string[]): string {
  return (
    `Not here: ${kept.join(', ')}. The client's own is read, by a filter or by a policy; mintproc replaces or removes ` +
    'it on every route that mints.'
  );
}
