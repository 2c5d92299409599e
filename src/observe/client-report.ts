/**
 * @module
 * Reports clients that were refused because `tls.clients` does not name them.
 */
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { Seldom } from './seldom.ts';

/** Milliseconds between two lines, since a refused Envoy connects again for each request. */
const interval = 60_000;

/** @param now milliseconds of a monotonic clock */
export function reportingClients(
  metrics: Pick<Metrics, 'clientRefused'>,
  log: Pick<Log, 'warn'>,
  now: () => number = () => performance.now(),
): (client: string | undefined) => void {
  const lines = new Seldom(interval, now);
  return (client) => {
    metrics.clientRefused();
    lines.write((left) => {
      const fields = { code: 'extproc.unknown-client', client, ...left } as const;
      log.warn('A client was refused because `tls.clients` has none of the names in its certificate.', fields);
    });
  };
}
