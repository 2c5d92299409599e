/**
 * @module
 * The TLS pair of `listen` while serving: the last usable one, even if a reload fails for another reason.
 */
import { X509Certificate } from 'node:crypto';
import { isSamePair, type ListenerTls, type TlsPart } from '../configuration/listener-tls.ts';
import type { Problem } from '../diagnostics/problem.ts';
import type { Log } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { Readiness } from '../observe/readiness.ts';
import type { Serving } from '../serving/serving.ts';
import { fieldsOf, sentenceOf } from './configuration-report.ts';
import type { KeyReport } from './key-report.ts';

interface Witnesses {
  readonly log: Log;
  readonly readiness: Readiness;
  readonly metrics: Pick<Metrics, 'tlsPairUsable'>;
  readonly keys: Pick<KeyReport, 'listens'>;
}

export class PairInUse {
  readonly #serving: Pick<Serving, 'useTls'>;
  readonly #log: Log;
  readonly #readiness: Readiness;
  readonly #metrics: Pick<Metrics, 'tlsPairUsable'>;
  readonly #keys: Pick<KeyReport, 'listens'>;
  #pair: ListenerTls | undefined;
  /** The problems of the last pair that was read, as they were reported; empty if it has none. */
  #reported = '';

  /** @param first undefined if the process started without TLS; then it stays without */
  constructor(
    first: ListenerTls | undefined,
    serving: Pick<Serving, 'useTls'>,
    { log, readiness, metrics, keys }: Witnesses,
  ) {
    this.#pair = first;
    this.#serving = serving;
    this.#log = log;
    this.#readiness = readiness;
    this.#metrics = metrics;
    this.#keys = keys;
    if (first === undefined) return;
    keys.listens(first);
    metrics.tlsPairUsable(true);
  }

  /** Uses a new pair. Reports once that a pair cannot be used, and once that the next one can. */
  async follow(part: TlsPart): Promise<void> {
    const wasWrong = this.#reported !== '';
    this.#report(part.kind === 'unusable' ? part.problems : []);
    if (wasWrong && part.kind === 'pair') this.#log.info('The TLS pair can be used again.');
    if (part.kind !== 'pair' || this.#pair === undefined || isSamePair(this.#pair, part.pair)) return;
    try {
      await this.#serving.useTls(part.pair);
    } catch (error) {
      this.#log.failure(
        'A new TLS pair could not be used because of an unexpected error; the last one stays in use.',
        error,
      );
      return;
    }
    this.#pair = part.pair;
    this.#keys.listens(part.pair);
    const at = new X509Certificate(part.pair.certificate).validToDate.toISOString();
    this.#log.info('New connections use a new TLS pair; its certificate is valid until `at`.', { at });
    for (const problem of part.warnings ?? []) {
      this.#log.warn('TLS pair warning.', fieldsOf(problem));
    }
  }

  #report(problems: readonly Problem[]): void {
    const [first] = problems;
    const reported = problems.map(({ code, message }) => `${code} ${message}`).join('\n');
    if (reported === this.#reported) return;
    this.#reported = reported;
    this.#readiness.tlsUnusable(first && sentenceOf(first));
    if (this.#pair !== undefined) this.#metrics.tlsPairUsable(first === undefined);
    for (const problem of problems) {
      this.#log.warn('The TLS pair cannot be used; new connections use the last good one.', fieldsOf(problem));
    }
  }
}
