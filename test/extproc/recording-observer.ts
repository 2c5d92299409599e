/**
 * @module
 * An observer that records all events.
 */
import type { Defect } from '../../src/diagnostics/defect.ts';
import type { ExchangeRecord, ServerObserver } from '../../src/extproc/observer.ts';

export class RecordingObserver implements ServerObserver {
  readonly records: Omit<ExchangeRecord, 'at' | 'traceId' | 'sampledTraceId' | 'trace' | 'traceState' | 'route'>[] = [];
  readonly defects: Defect[] = [];
  opened = 0;
  closed = 0;
  refusedConnections = 0;
  memoryRefusals = 0;
  deadlines = 0;

  streamOpened(): void {
    this.opened += 1;
  }
  streamClosed(): void {
    this.closed += 1;
  }
  finished(record: ExchangeRecord): void {
    const { outcome, seconds, code, mints, requestId } = record;
    this.records.push({ outcome, seconds, code, mints, requestId });
  }
  defect(defect: Defect): void {
    this.defects.push(defect);
  }

  connectionRefused(): void {
    this.refusedConnections += 1;
  }

  deadlinePassed(): void {
    this.deadlines += 1;
  }

  memoryFull(): void {
    this.memoryRefusals += 1;
  }

  get outcomes(): string[] {
    return this.records.map((record) => record.outcome);
  }
}
