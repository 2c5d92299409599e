/**
 * @module
 * The admin address: metrics, liveness and readiness, for Prometheus and the kubelet. It tells no secret.
 */
import { contentType } from './exposition.ts';
import { type HttpAddress, type HttpListener, startHttp, text } from './http-server.ts';
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
  return startHttp({
    address,
    name: 'admin',
    listener: 'admin',
    readiness,
    code: 'observe.listen-failed',
    log,
    routes: {
      '/metrics': async () => ({ status: 200, type: contentType, body: await metrics.text() }),
      '/healthz': () => text(200, 'ok'),
      '/readyz': () => ({
        status: readiness.phase === 'ready' ? 200 : 503,
        type: 'application/json',
        body: `${JSON.stringify(readiness.report)}\n`,
      }),
    },
  });
}
