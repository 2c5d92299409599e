/**
 * @module
 * Tokens from files (`sds`): a `credential_injector` for each, which only its route enables. mintproc is not asked
 * there.
 */
import type { Problem } from '../diagnostics/problem.ts';
import { Flow, Noted, type Written } from '../documents/commented-yaml.ts';
import { lookalikesPattern } from './client-copies.ts';
import { type EnvoyPart, extAuthz, extProc, type InjectedToken } from './envoy-part.ts';

const filterConfig = 'type.googleapis.com/envoy.config.route.v3.FilterConfig';
const injector = 'type.googleapis.com/envoy.extensions.filters.http.credential_injector.v3.CredentialInjector';
const generic = 'type.googleapis.com/envoy.extensions.http.injected_credentials.generic.v3.Generic';

export function injectorFilters({ injected }: EnvoyPart): readonly Written[] {
  return distinct(injected).map((token, index) =>
    index === 0 ? new Noted(comment, filterOf(token)) : filterOf(token),
  );
}

/** Several routes may have the same token. */
function distinct(injected: readonly InjectedToken[]): readonly InjectedToken[] {
  return [...new Map(injected.map((token) => [token.policy, token])).values()];
}

const comment =
  'Tokens that mintproc writes to files (`sds`), for the routes that enable them. A copy of the client is overwritten; ' +
  'while the file has no token, requests are refused with 401.';

function filterOf({ policy, header, path, secret }: InjectedToken): Written {
  return {
    name: nameOf(policy),
    disabled: true,
    typed_config: {
      '@type': injector,
      overwrite: true,
      allow_request_without_credential: false,
      credential: {
        name: 'envoy.http.injected_credentials.generic',
        typed_config: {
          '@type': generic,
          header,
          credential: {
            name: secret,
            sds_config: { path_config_source: new Flow({ path }), resource_api_version: 'V3' },
          },
        },
      },
    },
  };
}

function nameOf(policy: string): string {
  return `mintproc.token.${policy}`;
}

/** What a route needs to get its token from a file; undefined for a route that asks mintproc. */
export function injectedOn(routeName: string | undefined, { injected, filter }: EnvoyPart): Written | undefined {
  const token = injected.find((one) => one.routeName === routeName);
  if (token === undefined) return undefined;
  return {
    [nameOf(token.policy)]: new Flow({ '@type': filterConfig, config: {} }),
    [filter === 'ext_authz' ? extAuthz : extProc]: new Flow({ '@type': filterConfig, disabled: true }),
  };
}

/** What Envoy cannot do for these tokens. */
export function injectorProblems({ injected, injectionProblems, copies }: EnvoyPart): readonly Problem[] {
  const similar = distinct(injected).flatMap(({ policy, header, problem }) => {
    if (!/[^a-z0-9]/.test(header)) return [];
    // Without mintproc, only the early removal keeps a header from the upstream that it takes for the token's.
    if (copies.removed.includes(header) && lookalikesPattern(header) !== undefined) return [];
    return [
      problem(['output', 'header'], 'sds.header', {
        message:
          `The token of ${policy} (\`sds\`) goes into a header that something reads as the client sends it, or whose ` +
          'name is too long, so headers with a similar name would reach the upstream.',
        suggestion: 'Write another `output: { header }`.',
      }),
    ];
  });
  return [...injectionProblems, ...similar, ...sharedFiles(distinct(injected))];
}

/** With --token-files, only the names of the files are left. With one for two policies, one gets the other's token. */
function sharedFiles(tokens: readonly InjectedToken[]): readonly Problem[] {
  const owners = new Map<string, string>();
  return tokens.flatMap(({ path, policy, problem }) => {
    const owner = owners.get(path);
    if (owner !== undefined) {
      const message = `The token files of \`${owner}\` and \`${policy}\` would be one in the folder of --token-files.`;
      return [
        problem(['sds', 'file'], 'sds.duplicate-file', {
          message,
          suggestion: 'Give them different names in `sds: { file }`.',
        }),
      ];
    }
    owners.set(path, policy);
    return [];
  });
}

/** For platforms whose objects have no such filter. */
export function refusedInjectors(product: string, { injected }: EnvoyPart): readonly Problem[] {
  return distinct(injected).map(({ policy, problem }) =>
    problem(['sds'], 'sds.platform', {
      message: `\`mintproc gen\` writes no filter for ${product} that injects the token of ${policy} from a file (\`sds\`).`,
      suggestion: 'Remove `sds` from the entry, so that mintproc is asked.',
    }),
  );
}
