/**
 * @module
 * Serving in this process: one loop for everything, and the least that it can cost.
 */

import { TlsTermination } from '../net/tls-termination.ts';
import { reportingSocket } from '../observe/listener-report.ts';
import { inSlices } from '../observe/slices.ts';
import type { InForce } from './in-force.ts';
import { inForceOf, startProcessor, tellKept } from './processor.ts';
import type { Serving, ServingOptions } from './serving.ts';

/** With one reference to exchange, all requests see it at once. */
export function preparing(inForce: InForce): Serving['prepare'] {
  return async ({ snapshot }) => {
    const commit = inForce.prepare(snapshot);
    return { commit: async () => commit() };
  };
}

export async function serveHere({ first, tls, metrics, log, audit, readiness, now }: ServingOptions): Promise<Serving> {
  const { settings } = first.snapshot;
  const termination = tls && new TlsTermination(tls);
  const inForce = inForceOf(first.snapshot, now);
  const watch = { events: reportingSocket('listen', settings.listen, log, readiness) };
  const connections = { addresses: [settings.listen], tls: termination, watch };
  const server = await startProcessor(inForce, metrics, log, audit, connections);
  return {
    addresses: server.addresses,
    prepare: preparing(inForce),
    useTls: async (pair) => termination?.use(pair),
    async metricsText() {
      await inSlices(tellKept(inForce.current.snapshot, metrics), 'scrape');
      return metrics.text();
    },
    notServing: () => server.health.set('NOT_SERVING'),
    stop: (milliseconds) => server.stop(milliseconds),
  };
}
