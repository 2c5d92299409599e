/**
 * @module
 * Serves in this process: one event loop for everything, at the lowest cost.
 */

import { TlsTermination } from '../net/tls-termination.ts';
import { reportingClients } from '../observe/client-report.ts';
import { reportingSocket } from '../observe/listener-report.ts';
import { inSlices } from '../observe/slices.ts';
import type { InForce } from './in-force.ts';
import { inForceOf, startProcessor, updateMetrics } from './processor.ts';
import type { Serving, ServingOptions } from './serving.ts';

/**
 * Replaces one reference, so that all later requests see the new configuration. @internal Exported for tests that start
 * no server.
 */
export function preparing(inForce: InForce): Serving['prepare'] {
  return async ({ snapshot }) => {
    const commit = inForce.prepare(snapshot);
    return { commit: async () => commit() };
  };
}

export async function serveInProcess(options: ServingOptions): Promise<Serving> {
  const { first, tls, metrics, log, readiness, now } = options;
  const { settings } = first.snapshot;
  const termination = tls && new TlsTermination(tls, reportingClients(metrics, log));
  const inForce = inForceOf(first.snapshot, now);
  const watch = { events: reportingSocket('listen', settings.listen, log, readiness) };
  const connections = { addresses: [settings.listen], tls: termination, watch };
  const signersPaused = (keys: readonly string[]): void => options.readiness.signersPaused(keys);
  const server = await startProcessor(inForce, { ...options, connections, signersPaused });
  return {
    addresses: server.addresses,
    prepare: preparing(inForce),
    async useTls(pair) {
      if (termination !== undefined) await inSlices(termination.use(pair), 'reload');
    },
    async metricsText(format) {
      await inSlices(updateMetrics(inForce.current.snapshot, metrics, now()), 'scrape');
      return metrics.text({ format });
    },
    notServing: () => server.health.set('NOT_SERVING'),
    stop: (milliseconds) => server.stop(milliseconds),
  };
}
