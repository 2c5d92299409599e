/**
 * @module
 * What the policies of one configuration share: its edition, variables, keys and audit.
 */
import type { Problems } from '../../diagnostics/problem.ts';
import type { PolicySettings } from '../../dialects/policy-file.ts';
import type { Auditing } from '../../mint/audit.ts';
import { readAudit } from '../audit.ts';
import type { Configuration } from '../configuration.ts';
import { resolveFrom } from '../files.ts';
import { strictFilesOf } from '../judged-problems.ts';
import { KeyRings, noSigningKeys } from '../keys/key-rings.ts';
import { NamedKeys } from '../keys/named-keys.ts';
import type { Secrets } from '../keys/own-key.ts';
import type { LoadContext } from '../load-context.ts';
import { Variables } from '../variables.ts';
import { defaultReuseBytes } from './reuse-settings.ts';

export interface PolicyContext {
  readonly edition: PolicySettings['edition'];
  /** Undefined if policies are read without a configuration. */
  readonly variables: Variables | undefined;
  readonly secret: Secrets;
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

export function policyContextOf(
  { settings, areDeclared, origin, originOf }: Configuration,
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
  const { document } = origin;
  const resolve = (file: string): string => resolveFrom(origin.folder, file);
  const variables = new Variables(settings?.variables ?? {}, {
    originOf: (name) => originOf('variables', name),
    files,
    environment,
    profile: 'flex',
    problems,
  });
  const keys = areDeclared ? settings?.keys : undefined;
  const strictFiles = strictFilesOf(settings, strict);
  const audit = settings?.log.audit ?? false;
  const subjectKey = typeof audit === 'object' ? audit.subjectKey : undefined;
  return {
    edition: settings?.edition,
    variables,
    secret: (name) => variables.secret(name),
    keys: new NamedKeys(keys, { originOf: (name) => originOf('keys', name), problems }),
    otherSecrets: subjectKey === undefined ? [] : [resolve(subjectKey.file)],
    strictFiles,
    reuseBytes: settings?.reuseBytes ?? defaultReuseBytes,
    rings: new KeyRings({ now: now(), announcedIn, before, jwks: settings?.jwks, withoutKeys }),
    audit: readAudit(audit, { document, files, resolve, problems, strictFiles }),
  };
}
