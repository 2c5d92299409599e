/**
 * @module
 * Warns when policies read the caller's identity and no request carries one. The usual cause is that Envoy is not
 * configured to send it, so tokens lack the caller's claims.
 */
import type { Log } from './log.ts';

/** Flags that requests set. They are plain fields, because every request writes one. */
export class CallerWatch {
  /** A source identified the caller. */
  found = false;
  /** A policy read the caller, and no source identified one. */
  missed = false;
}

const minute = 60_000;

/**
 * Checks the flags every `interval` milliseconds. It warns once, and again only after a caller was found.
 *
 * @returns a handle that stops the checks
 */
export function watchCallers(watch: CallerWatch, log: Pick<Log, 'warn'>, interval = minute): { close(): void } {
  let hasWarned = false;

  function check(): void {
    const { found, missed } = watch;
    watch.found = false;
    watch.missed = false;
    if (found) hasWarned = false;
    else if (missed && !hasWarned) {
      hasWarned = true;
      log.warn('Policies read the caller, and no request had one for a minute.', {
        reason:
          'Probably the ext_proc filter does not list what the sources read (`forwarding_namespaces`, and `request_attributes` for certificates; `mintproc gen` writes both), or `payload_in_metadata` of jwt_authn is not set. mintproc_identities_total counts the results of each source.',
      });
    }
  }

  const timer = setInterval(check, interval).unref();
  return { close: () => clearInterval(timer) };
}
