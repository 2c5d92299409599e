/**
 * @module
 * Reports what the publisher sees to the log and the metrics. What is wrong with a source is said once, until it
 * changes.
 */
import type { Log } from '../../observe/log.ts';
import type { PublisherMetrics, SourceState } from './publisher-metrics.ts';
import type { Sight } from './seen-keys.ts';

/** Lines of one round: hundreds of peers may be away at once. */
const maxLines = 20;

export class PublisherReport {
  readonly #log: Log;
  readonly #metrics: PublisherMetrics;
  #said = new Map<string, string>();

  constructor(log: Log, metrics: PublisherMetrics) {
    this.#log = log;
    this.#metrics = metrics;
  }

  /** @param keys how many are published @param at milliseconds since the epoch */
  round(sights: readonly Sight[], keys: number, at: number): void {
    const sources = { ok: 0, refused: 0, away: 0 };
    for (const sight of sights) sources[stateOf(sight)]++;
    this.#metrics.round(sources, keys, at / 1000);
    const now = new Map(sights.map(({ from, objections }) => [from, objections.join(' ')]));
    const over = [...this.#said.keys()].filter((from) => !now.has(from) && this.#said.get(from) !== '');
    const news = [
      ...[...now].filter(([from, text]) => text !== (this.#said.get(from) ?? '')),
      ...over.map((from) => [from, ''] as const),
    ];
    this.#said = now;
    for (const [address, reason] of news.slice(0, maxLines)) this.#say(address, reason);
    const suppressed = news.length - maxLines;
    if (suppressed > 0)
      this.#log.warn('More lines about sources were suppressed; the metrics count them.', { suppressed });
  }

  #say(address: string, reason: string): void {
    if (reason === '') this.#log.info('A source of public keys is in order again, or gone.', { address });
    else this.#log.warn('A source of public keys is not in order.', { code: 'keys.source', address, reason });
  }
}

function stateOf({ keys, objections }: Sight): SourceState {
  if (keys === undefined) return 'away';
  return objections.length > 0 ? 'refused' : 'ok';
}
