/**
 * @module
 * The metrics of `mintproc publish`, a row each. `docs/metrics.md` is generated from this table.
 */
import { finish } from '../../diagnostics/steps.ts';
import { expose, type Format, textFormat } from '../../observe/exposition.ts';
import { type MetricRow, metricTable } from '../../observe/metric-table.ts';
import { Counter, Family, Gauge } from '../../observe/series.ts';

/** @internal Exported for the page of the metrics. */
export const publisherTable = {
  mintproc_publish_keys: {
    type: 'gauge',
    help: 'Public keys that are published now.',
    labels: [],
  },
  mintproc_publish_sources: {
    type: 'gauge',
    help: 'Files and addresses of peers in the last round, with folders and names that have a fault, by state: ok, refused (something of it is not taken) or away (it could not be read or did not answer).',
    labels: ['state'],
  },
  mintproc_publish_rounds_total: {
    type: 'counter',
    help: 'Rounds in which all sources were looked at.',
    labels: [],
  },
  mintproc_publish_last_round_timestamp_seconds: {
    type: 'gauge',
    help: 'When the last round ended, in seconds since the epoch.',
    labels: [],
  },
  mintproc_jwks_state_trouble: {
    type: 'gauge',
    help: 'Whether the file of `--state` cannot be read or written: 1 or 0. `/readyz` says why (`jwksState`).',
    labels: [],
  },
  mintproc_jwks_keys_left_out: metricTable.mintproc_jwks_keys_left_out,
  mintproc_jwks_requests_total: metricTable.mintproc_jwks_requests_total,
  mintproc_jwks_last_request_timestamp_seconds: metricTable.mintproc_jwks_last_request_timestamp_seconds,
  mintproc_ready: metricTable.mintproc_ready,
  mintproc_log_lines_dropped_total: metricTable.mintproc_log_lines_dropped_total,
  mintproc_build_info: metricTable.mintproc_build_info,
} as const satisfies Record<`mintproc_${string}`, MetricRow>;

type Name = keyof typeof publisherTable;

const names = Object.keys(publisherTable) as Name[];

export type SourceState = 'ok' | 'refused' | 'away';

export class PublisherMetrics {
  readonly #families = new Map<Name, Family<Counter | Gauge>>(
    names.map((name) => [
      name,
      new Family(() => (publisherTable[name].type === 'counter' ? new Counter() : new Gauge())),
    ]),
  );

  constructor(version: string) {
    for (const state of ['ok', 'refused', 'away'] as const) this.#of('mintproc_publish_sources', state);
    for (const reason of ['clash', 'full']) this.#of('mintproc_jwks_keys_left_out', reason);
    for (const name of names) if (publisherTable[name].labels.length === 0) this.#of(name);
    for (const stream of ['log', 'audit']) this.#of('mintproc_log_lines_dropped_total', stream);
    this.#of('mintproc_build_info', version, process.versions.node).value = 1;
  }

  /** @param at seconds since the epoch */
  round(sources: Readonly<Record<SourceState, number>>, keys: number, at: number): void {
    for (const state of ['ok', 'refused', 'away'] as const) {
      this.#of('mintproc_publish_sources', state).value = sources[state];
    }
    this.#of('mintproc_publish_keys').value = keys;
    this.#of('mintproc_publish_rounds_total').value++;
    this.#of('mintproc_publish_last_round_timestamp_seconds').value = at;
  }

  jwksState(isInOrder: boolean, leftOut: { readonly clash: number; readonly full: number }): void {
    this.#of('mintproc_jwks_state_trouble').value = isInOrder ? 0 : 1;
    for (const reason of ['clash', 'full'] as const) {
      this.#of('mintproc_jwks_keys_left_out', reason).value = leftOut[reason];
    }
  }

  /** Records a request for the public keys. */
  keysAsked(document: string, client: string, result: 'sent' | 'unchanged'): void {
    this.#of('mintproc_jwks_requests_total', document, client, result).value++;
    this.#of('mintproc_jwks_last_request_timestamp_seconds').value = Date.now() / 1000;
  }

  ready(isReady: boolean): void {
    this.#of('mintproc_ready').value = isReady ? 1 : 0;
  }

  linesDropped({ log, audit }: { readonly log: number; readonly audit: number }): void {
    this.#of('mintproc_log_lines_dropped_total', 'log').value += log;
    this.#of('mintproc_log_lines_dropped_total', 'audit').value += audit;
  }

  async text({ format = textFormat }: { readonly format?: Format } = {}): Promise<string> {
    const families = [...this.#families];
    const texts = families.map(([name, { all }]) => finish(expose({ name, ...publisherTable[name] }, all, format)));
    return texts.join('') + format.end;
  }

  #of(name: Name, ...labels: readonly string[]): Counter | Gauge {
    const family = this.#families.get(name);
    if (family === undefined) throw new TypeError('every metric has a family');
    return family.with(...labels);
  }
}
