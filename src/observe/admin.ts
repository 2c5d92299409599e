/**
 * @module
 * The admin address: metrics, liveness and readiness, for Prometheus and the kubelet. It exposes no secret.
 */
import { setTimeout } from 'node:timers/promises';
import { activity } from './activity.ts';
import { type Format, formatFor } from './exposition.ts';
import { text } from './http-answer.ts';
import { type HttpAddress, type HttpListener, startHttp } from './http-server.ts';
import type { Log } from './log.ts';
import type { Readiness } from './readiness.ts';

export interface AdminOptions {
  readonly address: HttpAddress;
  readonly metrics: { text(options: { readonly format: Format }): Promise<string> };
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
      '/metrics': async ({ accept }) => {
        const format = formatFor(accept);
        return { status: 200, type: format.contentType, body: await scrape(format) };
      },
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

/**
 * Concurrent requests for one format share one scrape. Each request gets a scrape that began after the request arrived.
 */
function pacedScrape(metrics: AdminOptions['metrics']): (format: Format) => Promise<string> {
  const next = new Map<Format, Promise<string>>();
  let last: Promise<unknown> = Promise.resolve();
  let mayBegin = 0;
  return (format) => {
    const known = next.get(format);
    if (known !== undefined) return known;
    const mine = last.then(async () => {
      const wait = mayBegin - performance.now();
      if (wait > 0) await setTimeout(wait, undefined, { ref: false });
      next.delete(format);
      mayBegin = performance.now() + scrapePace;
      return activity.run('scrape', () => metrics.text({ format }));
    });
    next.set(format, mine);
    last = mine.catch(() => undefined);
    return mine;
  };
}
