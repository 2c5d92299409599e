/**
 * @module
 * What the policies of one configuration share: its edition, variables, keys and audit.
 */
import type { Problems } from '../../diagnostics/problem.ts';
import { runtimeVariables } from '../../dialects/index.ts';
import type { PolicySettings } from '../../dialects/policy-file.ts';
import type { CallerKind, KnownCallers } from '../../expressions/caller-objects.ts';
import { knownCallers } from '../../identity/known-callers.ts';
import type { Auditing } from '../../mint/audit.ts';
import { readAudit } from '../audit.ts';
import type { Configuration } from '../configuration.ts';
import { resolveFrom } from '../files.ts';
import { strictFilesOf } from '../judged-problems.ts';
import { KeyRings, noSigningKeys } from '../keys/key-rings.ts';
import { NamedKeys } from '../keys/named-keys.ts';
import type { LoadContext } from '../load-context.ts';
import { Variables } from '../variables.ts';
import { exactForms } from './policy-variables.ts';
import { defaultReuseBytes } from './reuse-settings.ts';

export interface PolicyContext {
  readonly edition: PolicySettings['edition'];
  /** What the sources of the caller know; `as` is that of a policy's entry. Undefined without a configuration. */
  readonly callers: ((as: CallerKind | undefined) => readonly KnownCallers[]) | undefined;
  /** Undefined if policies are read without a configuration. */
  readonly variables: Variables | undefined;
  /** Whether the declared variables could be read, so that one without a declaration is a mistake. */
  readonly areVariablesKnown: boolean;
  /** Keys and private variables that the command line gives, by name. They win over declared ones. */
  readonly given: ReadonlyMap<string, string>;
  readonly keys: NamedKeys;
  /** Files with secrets that no policy uses: the key for pseudonyms. */
  readonly otherSecrets: readonly string[];
  readonly strictFiles: boolean;
  /** Maximum memory for reused tokens, all policies together. */
  readonly reuseBytes: number;
  readonly rings: KeyRings;
  /** Undefined if no token is audited. */
  readonly audit: Auditing | undefined;
}

/** @param folder the folder of the configuration file; relative paths in the file start there */
export function policyContextOf(
  { settings, document }: Configuration,
  folder: string,
  {
    files,
    environment = {},
    now = Date.now,
    before = noSigningKeys,
    announcedIn = 0,
    withoutKeys = 'none',
    strict,
  }: LoadContext,
  problems: Problems,
): PolicyContext {
  const resolve = (file: string): string => resolveFrom(folder, file);
  const { authentication } = settings ?? {};
  const callers = authentication && ((as: CallerKind | undefined) => knownCallers(authentication, as));
  const context = { document, path: ['variables'], files, environment, profile: 'flex', resolve, problems } as const;
  const runtime = settings?.apigee && runtimeVariables(settings.apigee);
  const forms = exactForms(settings?.variables ?? {}, document, context.path);
  const variables = new Variables({ forms, runtime }, { ...context, callers: callers?.(undefined) });
  const strictFiles = strictFilesOf(settings, strict);
  const audit = settings?.log.audit ?? false;
  const subjectKey = typeof audit === 'object' ? audit.subjectKey : undefined;
  return {
    edition: settings?.edition,
    callers,
    // If the settings have a mistake, nothing is known of variables.
    variables: settings === undefined ? undefined : variables,
    areVariablesKnown: settings !== undefined,
    given: new Map(),
    keys: new NamedKeys(settings?.keys, context),
    otherSecrets: subjectKey === undefined ? [] : [resolve(subjectKey.file)],
    strictFiles,
    reuseBytes: settings?.reuseBytes ?? defaultReuseBytes,
    rings: new KeyRings({ now: now(), announcedIn, before, jwks: settings?.jwks, withoutKeys }),
    audit: readAudit(audit, { ...context, strictFiles }),
  };
}
