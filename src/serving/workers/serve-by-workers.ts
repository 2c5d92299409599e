/**
 * @module
 * Serves by workers: this process, the primary, listens and assigns each connection to a worker, which reads from it
 * and decides its requests.
 */
import { listenPaused } from '../../net/listen.ts';
import { reportingSocket } from '../../observe/listener-report.ts';
import { inSlices } from '../../observe/slices.ts';
import { WorkerTotals } from '../../observe/worker-totals.ts';
import { forgetSigners } from '../processor.ts';
import type { Serving, ServingOptions } from '../serving.ts';
import { Pool } from './pool.ts';

export async function serveByWorkers(options: ServingOptions, count: number): Promise<Serving> {
  const { first, metrics, log, readiness } = options;
  const totals = new WorkerTotals();
  let inForce = first.snapshot;
  const pool = new Pool({ ...options, count, totals, inputs: first.inputs });
  await pool.start();
  try {
    const address = first.snapshot.settings.listen;
    const events = reportingSocket('listen', address, log, readiness);
    const listener = await listenPaused(address, (socket) => pool.dispatch.assign(socket), { events });
    return {
      addresses: [listener.address],
      async prepare({ inputs, snapshot }) {
        const prepared = await pool.prepare(inputs);
        return {
          async commit() {
            await prepared.commit();
            inForce = snapshot;
            totals.keepPolicies(new Set(snapshot.policies.keys()));
          },
        };
      },
      useTls: (pair) => pool.useTls(pair),
      async metricsText(format) {
        await Promise.all([pool.count(), inSlices(forgetSigners(inForce, metrics, options.now()), 'scrape')]);
        for (const worker of pool.dispatch.workers) metrics.workerHas(worker.number, worker.connections);
        return metrics.text({ format, workers: totals });
      },
      notServing: () => pool.notServing(),
      stop(milliseconds) {
        listener.close();
        return pool.stop(milliseconds);
      },
    };
  } catch (error) {
    await pool.kill();
    throw error;
  }
}
