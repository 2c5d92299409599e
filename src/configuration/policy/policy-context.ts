/**
 * @module
 * What the policies of one configuration share: its edition, variables, keys and audit.
 */
import type { Problems } from '../../diagnostics/problem.ts';
import { runtimeVariables } from '../../dialects/index.ts';
import type { PolicySettings } from '../../dialects/policy-file.ts';
import type { CallerKind, KnownCallers } from '../../expressions/caller-objects.ts';
import { knownCallers } from '../../identity/known-callers.ts';
import { isNamed } from '../../keys/held-key.ts';
import type { Auditing } from '../../mint/audit.ts';
import { AbsentSecrets } from '../absent-secrets.ts';
import { readAudit } from '../audit.ts';
import type { Configuration } from '../configuration.ts';
import { resolveFrom } from '../files.ts';
import { strictFilesOf } from '../judged-problems.ts';
import { KeyRings, noSigningKeys, type SigningKeys } from '../keys/key-rings.ts';
import { NamedKeys } from '../keys/named-keys.ts';
import { revokedNames } from '../keys-schema.ts';
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
  /** Undefined if no key is made in place of an absent one. */
  readonly absentSecrets: AbsentSecrets | undefined;
  /** Undefined if no token is audited. */
  readonly audit: Auditing | undefined;
}

export function policyContextOf(
  { settings, areDeclared, origin, originOf }: Configuration,
  {
    files,
    environment = {},
    now = Date.now,
    before = noSigningKeys,
    recall,
    announcedIn = 0,
    withoutKeys = 'none',
    withoutValues,
    standInKeys: standIns,
    strict,
  }: LoadContext,
  problems: Problems,
): PolicyContext {
  const { document } = origin;
  const resolve = (file: string): string => resolveFrom(origin.folder, file);
  const { authentication } = settings ?? {};
  const callers = authentication && ((as: CallerKind | undefined) => knownCallers(authentication, as));
  const runtime = settings?.apigee && runtimeVariables(settings.apigee);
  const placeOf = (name: string) => ({ origin: originOf('variables', name), path: ['variables'] });
  const forms = exactForms(settings?.variables ?? {}, placeOf);
  const absentSecrets = standIns && new AbsentSecrets(standIns.areForAll);
  const variables = new Variables(
    { forms, runtime },
    {
      ...{ placeOf, files, environment, withoutValues, absentSecrets, problems },
      callers: callers?.(undefined),
      profile: 'flex',
    },
  );
  const known = withRemembered(before, settings, (state) => recall?.(resolve(state)) ?? before.remembered);
  const keys = areDeclared ? settings?.keys : undefined;
  const strictFiles = strictFilesOf(settings, strict);
  const audit = settings?.log.audit ?? false;
  const subjectKey = typeof audit === 'object' ? audit.subjectKey : undefined;
  return {
    edition: settings?.edition,
    callers,
    // If the settings have a mistake, nothing is known of variables.
    variables: areDeclared ? variables : undefined,
    areVariablesKnown: areDeclared,
    given: new Map(),
    keys: new NamedKeys(keys, { originOf: (name) => originOf('keys', name), problems }),
    otherSecrets: subjectKey === undefined ? [] : [resolve(subjectKey.file)],
    strictFiles,
    reuseBytes: settings?.reuseBytes ?? defaultReuseBytes,
    rings: new KeyRings({ now: now(), announcedIn, before: known, jwks: settings?.jwks, withoutKeys, standIns }),
    absentSecrets,
    audit:
      withoutValues === true
        ? undefined
        : readAudit(audit, { document, files, resolve, problems, strictFiles, standIns }),
  };
}

/** Adds what a new process remembers, without the keys that are revoked now. */
function withRemembered(
  before: SigningKeys,
  settings: Configuration['settings'],
  recall: (state: string) => SigningKeys['remembered'],
): SigningKeys {
  const state = settings?.jwks?.state;
  if (state === undefined) return before;
  const revoked = revokedNames(settings);
  return { ...before, remembered: recall(state).filter(({ held }) => !isNamed(held, revoked)) };
}
