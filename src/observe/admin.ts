/**
 * @module
 * The admin address: metrics, liveness and readiness, for Prometheus and the kubelet. It exposes no secret.
 */
import { setTimeout } from 'node:timers/promises';
import { activity } from './activity.ts';
import { contentType } from './exposition.ts';
import { text } from './http-answer.ts';
import { type HttpAddress, type HttpListener, startHttp } from './http-server.ts';
import type { Log } from './log.ts';
import type { Readiness } from './readiness.ts';

export interface AdminOptions {
  readonly address: HttpAddress;
  readonly metrics: { text(): Promise<string> };
  readonly readiness: Readiness;
  readonly log: Log;
}

export type AdminServer = HttpListener;

/** @throws ListenError when it cannot listen at the address */
export function startAdmin({ address, metrics, readiness, log }: AdminOptions): Promise<AdminServer> {
  const scrape = pacedScrape(metrics);
  return startHttp({
    address,
    name: 'admin',
    listener: 'admin',
    readiness,
    code: 'observe.listen-failed',
    log,
    routes: {
      '/metrics': async () => ({ status: 200, type: contentType, body: await scrape() }),
      '/healthz': () => text(200, 'ok'),
      '/readyz': () => ({
        status: readiness.phase === 'ready' ? 200 : 503,
        type: 'application/json',
        body: `${JSON.stringify(readiness.report)}\n`,
      }),
    },
  });
}

/** Minimum milliseconds between two scrapes. Each takes one or two milliseconds, and asks each worker. */
const scrapePace = 50;

/** Concurrent requests share one scrape. Each request gets a scrape that began after the request arrived. */
function pacedScrape(metrics: AdminOptions['metrics']): () => Promise<string> {
  let next: Promise<string> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let mayBegin = 0;
  return () => {
    if (next !== undefined) return next;
    const mine = last.then(async () => {
      const wait = mayBegin - performance.now();
      if (wait > 0) await setTimeout(wait, undefined, { ref: false });
      next = undefined;
      mayBegin = performance.now() + scrapePace;
      return activity.run('scrape', () => metrics.text());
    });
    next = mine;
    last = mine.catch(() => undefined);
    return mine;
  };
}
