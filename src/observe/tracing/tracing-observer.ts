/**
 * @module
 * Records each request like `RequestObserver`, and traces it. Without tracing, this class does not exist, so tracing
 * costs nothing then.
 */
import type { AuditLog } from '../audit-log.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { RequestObserver, type RequestRecord } from '../request-observer.ts';
import type { RequestTracer } from './request-tracer.ts';
import type { TracedRequest } from './spans.ts';

export class TracingObserver<Outcome extends string> extends RequestObserver<Outcome> {
  readonly #tracer: Pick<RequestTracer, 'finished'>;

  constructor(metrics: Metrics<Outcome>, log: Log, audit: AuditLog, tracer: Pick<RequestTracer, 'finished'>) {
    super(metrics, log, audit);
    this.#tracer = tracer;
  }

  override finished(record: RequestRecord<Outcome> & TracedRequest): void {
    super.finished(record);
    this.#tracer.finished(record);
  }
}
