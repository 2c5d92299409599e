/**
 * @module
 * Tokens that Envoy keeps, in its own configuration: the Lua filter before mintproc's filter, the rule that skips
 * mintproc's filter, and the routes that opt in.
 */
import { Flow, Literal, Noted, type Written } from '../documents/commented-yaml.ts';
import { type KeptByEnvoy, reuseNamespace } from '../request/envoy-reuse.ts';
import { lookalikesPattern } from './client-copies.ts';
import type { ClientCopies, EnvoyPart } from './envoy-part.ts';
import { claimsHeader, contextName, mark, reuseScript } from './reuse-script.ts';

/** The name of the Lua filter, by which routes opt in. */
const filterName = 'mintproc.reuse';

const types = 'type.googleapis.com/envoy.extensions';
const lua = `${types}.filters.http.lua.v3`;

/** What Envoy keeps changes its own part: a header more that no client may send. */
export function withReuse(part: EnvoyPart): EnvoyPart {
  if (part.reuse?.key.caller.kind !== 'token') return part;
  return { ...part, copies: { ...part.copies, removed: [...part.copies.removed, claimsHeader].sort() } };
}

export function reuseNotes({ reuse }: EnvoyPart): readonly string[] {
  if (reuse === undefined) return [];
  const notKept = reuse.notKept.length === 0 ? '' : ` Not those of ${reuse.notKept.join(', ')}: no \`reuse: { for }\`.`;
  return [
    `Envoy keeps the tokens of ${reuse.policies.join(', ')}.${notKept} A revoked key ends them within \`inEnvoy\` of ` +
      'their entries. A request that gets a kept token is counted by Envoy alone (`mintproc_reuse_hits`).',
  ];
}

/** For all routes: on one where the filter is disabled, nothing else takes the claims away. */
export function withoutClaims({ reuse }: EnvoyPart): Readonly<Record<string, Written>> {
  if (reuse?.key.caller.kind !== 'token') return {};
  const comment = `${filterName} takes them away before mintproc. This is for routes where somebody disables it.`;
  return { request_headers_to_remove: new Noted(comment, new Flow([claimsHeader])) };
}

/** The filter before mintproc's. */
export function reuseFilter({ key, digest, conditions }: KeptByEnvoy, copies: ClientCopies): Written {
  const lookalikes = [...new Set([...unremoved(copies), ...conditions])].filter((name) => /[^a-z0-9]/.test(name));
  const script = reuseScript({ key, digest, copies: copies.kept, lookalikes });
  return {
    name: filterName,
    typed_config: {
      '@type': `${lua}.Lua`,
      clear_route_cache: new Noted('The header of a token does not choose another route.', false),
      default_source_code: { inline_string: new Literal(script) },
    },
  };
}

/** Headers that a client may have sent in another spelling, as far as Envoy has not removed these before. */
function unremoved({ kept, removed }: ClientCopies): readonly string[] {
  return [...kept, ...removed.filter((name) => lookalikesPattern(name) === undefined)];
}

/** mintproc's filter, skipped by requests with a kept token. */
export function skippedByReuse(filter: { readonly name: string; readonly typed_config: Written }): Written {
  const input = { '@type': `${types}.matching.common_inputs.network.v3.DynamicMetadataInput`, filter: reuseNamespace };
  const predicate = {
    single_predicate: {
      input: { name: mark, typed_config: { ...input, path: new Flow([{ key: mark }]) } },
      custom_match: {
        name: 'true',
        typed_config: new Flow({
          '@type': `${types}.matching.input_matchers.metadata.v3.Metadata`,
          value: { bool_match: true },
        }),
      },
    },
  };
  const skip = new Flow({ '@type': `${types}.filters.common.matcher.action.v3.SkipFilter` });
  const matcher = { predicate, on_match: { action: { name: 'skip', typed_config: skip } } };
  return {
    name: filter.name,
    typed_config: {
      '@type': `${types}.common.matching.v3.ExtensionWithMatcher`,
      extension_config: { name: 'mintproc', typed_config: filter.typed_config },
      xds_matcher: new Noted(
        `Skipped by a request that got a kept token: ${filterName} sets the metadata, which no client can set.`,
        { matcher_list: { matchers: [matcher] } },
      ),
    },
  };
}

/** How a route opts in; undefined if Envoy keeps no tokens. @param name its own */
export function optedIn(name: string, { reuse }: EnvoyPart): Written | undefined {
  if (reuse === undefined) return undefined;
  return {
    [filterName]: new Noted(
      'Requests of this route may get kept tokens. Another route opts in with its own name; never one where ' +
        "mintproc's filter is disabled.",
      { '@type': `${lua}.LuaPerRoute`, filter_context: new Flow({ [contextName]: name }) },
    ),
  };
}
