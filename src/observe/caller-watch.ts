/**
 * @module
 * Warns where policies read the caller and no request brings one: most often Envoy is not set up to say who it is, and
 * tokens go out without what they should say.
 */
import type { Log } from './log.ts';

/** What requests note; plain fields, since every request writes one. */
export class CallerWatch {
  /** A source knew the caller. */
  found = false;
  /** A policy read the caller, and no source knew one. */
  missed = false;
}

const minute = 60_000;

/**
 * Looks once in `interval` milliseconds at what was noted since the last look, and warns once until a caller is found.
 *
 * @returns what ends it
 */
export function watchCallers(watch: CallerWatch, log: Pick<Log, 'warn'>, interval = minute): { close(): void } {
  let hasWarned = false;

  function look(): void {
    const { found, missed } = watch;
    watch.found = false;
    watch.missed = false;
    if (found) hasWarned = false;
    else if (missed && !hasWarned) {
      hasWarned = true;
      log.warn('Policies read the caller, and for a minute no request has brought one.', {
        reason:
          'Likely the namespace is missing in `forwarding_namespaces` of the ext_proc filter, or `payload_in_metadata` of jwt_authn is not set; mintproc_identities_total counts what each source knew.',
      });
    }
  }

  const timer = setInterval(look, interval).unref();
  return { close: () => clearInterval(timer) };
}
