/**
 * @module
 * The admin address: metrics, liveness and readiness, for Prometheus and the kubelet. It tells no secret.
 */
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

/** @throws ListenError when the address cannot be had */
export function startAdmin({ address, metrics, readiness, log }: AdminOptions): Promise<AdminServer> {
  let underWay: Promise<string> | undefined;
  /** One at a time, however many ask: it costs a millisecond, and a message to each worker. */
  function scrape(): Promise<string> {
    underWay ??= activity
      .run('scrape', () => metrics.text())
      .finally(() => {
        underWay = undefined;
      });
    return underWay;
  }
  return startHttp({
    address,
    name: 'admin',
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
