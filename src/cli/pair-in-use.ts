/**
 * @module
 * The TLS pair of `listen` while serving: the last one that could be used, whatever else a reload brings.
 */
import { X509Certificate } from 'node:crypto';
import { isSamePair, type ListenerTls, type TlsPart } from '../configuration/listener-tls.ts';
import type { Problem } from '../diagnostics/problem.ts';
import type { Log } from '../observe/log.ts';
import type { Readiness } from '../observe/readiness.ts';
import type { Serving } from '../serving/serving.ts';
import { fieldsOf, sentenceOf } from './configuration-report.ts';
import type { KeyReport } from './key-report.ts';

interface Witnesses {
  readonly log: Log;
  readonly readiness: Readiness;
  readonly keys: Pick<KeyReport, 'listens'>;
}

export class PairInUse {
  readonly #serving: Pick<Serving, 'useTls'>;
  readonly #log: Log;
  readonly #readiness: Readiness;
  readonly #keys: Pick<KeyReport, 'listens'>;
  #pair: ListenerTls | undefined;
  /** What is wrong with the pair that was read last, as it was told; empty where nothing is. */
  #told = '';

  /** @param first undefined where the process began with plain connections, and stays with them */
  constructor(first: ListenerTls | undefined, serving: Pick<Serving, 'useTls'>, { log, readiness, keys }: Witnesses) {
    this.#pair = first;
    this.#serving = serving;
    this.#log = log;
    this.#readiness = readiness;
    this.#keys = keys;
    if (first !== undefined) keys.listens(first);
  }

  /** Uses a new pair, and tells once of one that cannot be used, and once that the next can. */
  async follow(part: TlsPart): Promise<void> {
    const wasWrong = this.#told !== '';
    this.#tell(part.kind === 'unusable' ? part.problems : []);
    if (wasWrong && part.kind === 'pair') this.#log.info('The TLS pair can be used again.');
    if (part.kind !== 'pair' || this.#pair === undefined || isSamePair(this.#pair, part.pair)) return;
    try {
      await this.#serving.useTls(part.pair);
    } catch (error) {
      this.#log.failure('An unforeseen error kept a new TLS pair from being used; the last one stays.', error);
      return;
    }
    this.#pair = part.pair;
    this.#keys.listens(part.pair);
    const at = new X509Certificate(part.pair.certificate).validToDate.toISOString();
    this.#log.info('New connections get a new TLS pair; its certificate is valid until `at`.', { at });
    for (const problem of part.warnings ?? []) {
      this.#log.warn('The TLS pair has a weak point.', fieldsOf(problem));
    }
  }

  #tell(problems: readonly Problem[]): void {
    const [first] = problems;
    const told = problems.map(({ code, message }) => `${code} ${message}`).join('\n');
    if (told === this.#told) return;
    this.#told = told;
    this.#readiness.tlsUnusable(first && sentenceOf(first));
    for (const problem of problems) {
      this.#log.warn('The TLS pair cannot be used; new connections get what they got before.', fieldsOf(problem));
    }
  }
}
