/**
 * @module
 * Serving by workers: this process, the primary, listens and hands each connection to one of them; what comes over it is
 * read, and decided, there.
 */
import { listenToHandOn } from '../../net/listen.ts';
import { reportingSocket } from '../../observe/listener-report.ts';
import { WorkerTotals } from '../../observe/worker-totals.ts';
import type { Serving, ServingOptions } from '../serving.ts';
import { Pool } from './pool.ts';

export async function serveByWorkers(options: ServingOptions, count: number): Promise<Serving> {
  const { first, metrics, log, readiness } = options;
  const totals = new WorkerTotals();
  const pool = new Pool({ ...options, count, totals, inputs: first.inputs });
  await pool.start();
  try {
    const address = first.snapshot.settings.listen;
    const events = reportingSocket('listen', address, log, readiness);
    const listener = await listenToHandOn(address, (socket) => pool.dispatch.hand(socket), { events });
    return {
      addresses: [listener.address],
      async prepare({ inputs, snapshot }) {
        const prepared = await pool.prepare(inputs);
        return {
          async commit() {
            await prepared.commit();
            totals.keepPolicies(new Set(snapshot.policies.keys()));
          },
        };
      },
      useTls: (pair) => pool.useTls(pair),
      async metricsText() {
        await pool.count();
        for (const worker of pool.dispatch.workers) metrics.workerHas(worker.number, worker.connections);
        return metrics.text(totals);
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
