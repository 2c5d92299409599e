/**
 * @module
 * What a configuration needs of Envoy, for the commands that write the Envoy part. Keys and the values of variables
 * from files and the environment need not be there yet.
 */
import { isDeepStrictEqual } from 'node:util';
import { type Problem, Problems } from '../diagnostics/problem.ts';
import { finish, type Steps } from '../diagnostics/steps.ts';
import { Documents } from '../documents/document-file.ts';
import { authenticationSchema } from '../identity/authentication-schema.ts';
import { certificateAttributes } from '../identity/connection-certificate.ts';
import type { RequestInputs } from '../plan/request-inputs.ts';
import type { EnvoyReads } from '../request/envoy-reads.ts';
import { type ClientHeaders, clientHeaders } from './client-headers.ts';
import { type Configuration, readConfiguration } from './configuration.ts';
import { checkConfiguration } from './configuration-checks.ts';
import type { Settings } from './configuration-schema.ts';
import { envoyReads, type ReadingParts } from './envoy-reads.ts';
import { type KeptFinding, keptByEnvoy, reusedParts } from './envoy-reuse.ts';
import type { FileReader } from './files.ts';
import { Allowances, judgeProblems } from './judged-problems.ts';
import { policyContextOf } from './policy/policy-context.ts';
import { PolicyLoader } from './policy/policy-loader.ts';
import { loadPolicySet } from './policy/policy-set.ts';
import { requestInputs } from './policy/request-inputs.ts';
import { signingTime } from './signing-time.ts';
import { type TokenRoutes, tokenRoutes } from './token-routes.ts';
import type { VariableForm } from './variables-schema.ts';

export interface EnvoyNeeds {
  readonly settings: Settings;
  readonly reads: EnvoyReads;
  /** Whether a policy, or a source of the caller that the configuration itself names, reads a client certificate. */
  readonly namesCertificate: boolean;
  /** What is done with a client's own copies of headers that mintproc or Envoy sets. */
  readonly headers: ClientHeaders;
  /** The names of Envoy's routes that `match` names. */
  readonly routeNames: readonly string[];
  /** How long services that hold keys may take for the tokens of one request, in milliseconds; 0 if none signs. */
  readonly signingTime: number;
  /** The routes whose tokens Envoy finds in files. */
  readonly tokenRoutes: TokenRoutes;
  /** The policies that requests can get, with what they read: those of routes; with `allowRoutePolicy`, all. */
  readonly policies: ReadonlyMap<string, RequestInputs>;
  /** Whether Envoy may keep tokens, and under which key. */
  readonly reuse: KeptFinding;
}

export interface LoadedNeeds {
  /** Undefined if one of the problems is an error. */
  readonly needs: EnvoyNeeds | undefined;
  readonly problems: readonly Problem[];
}

/** @param file the configuration; paths in it are relative to it, and problems show them that way */
export function loadEnvoyNeeds(file: string, files: FileReader): LoadedNeeds {
  return finish(load(file, files));
}

function* load(file: string, files: FileReader): Steps<LoadedNeeds> {
  const problems = new Problems();
  const documents = new Documents();
  const configuration = yield* readConfiguration(file, { files, documents, problems });
  if (configuration === undefined) return { needs: undefined, problems: problems.all };
  checkConfiguration(configuration, problems);
  const context = { files, documents, withoutKeys: 'all', withoutValues: true } as const;
  const loader = new PolicyLoader(context, problems, policyContextOf(configuration, context, problems));
  const set = yield* loadPolicySet(configuration, loader, problems);
  yield* loader.reportTogether();
  const judged = judgeProblems(problems.all, { allowances: new Allowances(configuration), isStrict: false });
  const { settings } = configuration;
  if (settings === undefined || judged.some(({ severity }) => severity === 'error')) {
    return { needs: undefined, problems: judged };
  }
  const routes = configuration.routes.map(({ entry }) => entry);
  const policies = set.reachable(routes, settings.allowRoutePolicy);
  return {
    needs: {
      settings,
      reads: yield* envoyReads({ settings, routes, policies }),
      namesCertificate: yield* namesCertificate({ settings, routes, policies }),
      headers: clientHeaders({
        authentication: settings.authentication,
        policies,
        routes,
        variables: declaredVariables(configuration, settings),
      }),
      signingTime: signingTime({
        settings,
        policies,
        keyOf: (name) => configuration.policies.find(({ entry }) => entry.name === name)?.entry.key,
        chains: routes.map((route) => route.policies ?? []),
      }),
      routeNames: [...new Set(routes.flatMap(({ match }) => match.routeName ?? []))],
      tokenRoutes: tokenRoutes(configuration, set.policies),
      policies: new Map(policies.map((policy) => [policy.name, requestInputs(policy, settings.authentication)])),
      reuse: yield* keptByEnvoy(reusedParts(configuration, settings, set)),
    },
    problems: judged,
  };
}

/** The sources by default have the certificate, although most configurations expect none. */
function* namesCertificate({ settings, ...parts }: ReadingParts): Steps<boolean> {
  const { sources } = settings.authentication;
  const isDefault = isDeepStrictEqual(settings.authentication, authenticationSchema.parse({}));
  if (!isDefault && sources.some(({ from }) => from === 'certificate')) return true;
  const { attributes } = yield* envoyReads({ ...parts, settings: { authentication: { sources: [] } } });
  return certificateAttributes.some((name) => attributes.has(name));
}

function declaredVariables({ policies, routes }: Configuration, settings: Settings): readonly VariableForm[] {
  const layers = [settings.variables, ...[...policies, ...routes].map(({ entry }) => entry.variables ?? {})];
  return layers.flatMap((layer) => Object.values(layer));
}
