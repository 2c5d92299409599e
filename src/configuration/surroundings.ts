/**
 * @module
 * What the policies of one configuration share: its edition, variables, keys and audit.
 */
import { isAbsolute, join } from 'node:path';
import type { Problems } from '../diagnostics/problem.ts';
import { readAudit } from './audit.ts';
import type { Configuration } from './configuration.ts';
import { NamedKeys } from './keys/named-keys.ts';
import { noSigningKeys, RingBook } from './keys/signing-rings.ts';
import type { LoadContext } from './load-context.ts';
import type { PolicySurroundings } from './policy/policy.ts';
import { defaultReuseBytes } from './policy/reuse-settings.ts';
import { Variables } from './variables.ts';

/** The edition, variables and keys of a configuration; paths in it begin at `folder`. */
export function surroundingsOf(
  { settings, document }: Configuration,
  folder: string,
  {
    files,
    environment = {},
    now = Date.now,
    before = noSigningKeys,
    announcedIn = 0,
    withoutKeys = 'none',
  }: LoadContext,
  problems: Problems,
): PolicySurroundings {
  const resolve = (file: string): string => resolveFrom(folder, file);
  const context = { document, files, environment, profile: 'flex', resolve, problems } as const;
  const variables = new Variables(settings?.variables ?? {}, context);
  return {
    edition: settings?.edition,
    variables,
    secret: (name) => variables.secret(name),
    keys: new NamedKeys(settings?.keys, context),
    strictFiles: settings?.strictFiles ?? false,
    reuseBytes: settings?.reuseBytes ?? defaultReuseBytes,
    rings: new RingBook({ now: now(), announcedIn, before, jwks: settings?.jwks, withoutKeys }),
    audit: readAudit(settings?.log.audit ?? false, { ...context, strictFiles: settings?.strictFiles ?? false }),
  };
}

/** A path of a configuration as it can be opened; `folder` is the one of its file. */
export function resolveFrom(folder: string, file: string): string {
  return isAbsolute(file) ? file : join(folder, file);
}
