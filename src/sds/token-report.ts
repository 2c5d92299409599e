/**
 * @module
 * Reports what becomes of the files of constant tokens to the log, the metrics and `/readyz`. A reason that has been
 * said is not repeated until it changes. No line and no metric has a token.
 */
import type { MintError } from '../diagnostics/mint-error.ts';
import type { Log } from '../observe/log.ts';
import type { TokenFileFigures } from '../observe/token-file-figures.ts';
import type { DiskTrouble } from './token-disk.ts';
import type { FileWitness, Kept, TokenSource } from './token-file.ts';

export interface TokenOutputs {
  readonly log: Log;
  readonly metrics: { readonly tokenFiles: TokenFileFigures };
  readonly readiness: { tokenFile(policy: string, reason: string | undefined): void };
}

export class TokenReport implements FileWitness {
  readonly #outputs: TokenOutputs;
  /** What was said last of each policy. */
  readonly #said = new Map<string, string>();
  /** Where the entry of each policy with a file names it. */
  #places: ReadonlyMap<string, string> = new Map();
  readonly #kinds = new Map<string, Kept['kind']>();

  constructor(outputs: TokenOutputs) {
    this.#outputs = outputs;
  }

  follows(sources: readonly TokenSource[]): void {
    const before = this.#places;
    this.#places = new Map(sources.map(({ policy, place }) => [policy, place]));
    for (const policy of before.keys()) if (!this.#places.has(policy)) this.#forget(policy);
    for (const policy of this.#places.keys()) this.#outputs.metrics.tokenFiles.followed(policy);
  }

  /** Nothing is left to be said of the policy: an alert for it would never end. */
  #forget(policy: string): void {
    const { metrics, readiness } = this.#outputs;
    metrics.tokenFiles.gone(policy);
    readiness.tokenFile(policy, undefined);
    this.#said.delete(policy);
    this.#kinds.delete(policy);
  }

  written(policy: string, kept: Kept): void {
    const { log, metrics, readiness } = this.#outputs;
    const { kind } = kept;
    if (kind === 'gone') {
      // The policy may have another file now.
      if (!this.#places.has(policy)) this.#forget(policy);
      log.info('The token was taken out of a file that no policy has any more.', { policy });
      return;
    }
    metrics.tokenFiles.written(policy, { ...kept, kind });
    const isNews = this.#kinds.get(policy) !== kind;
    this.#kinds.set(policy, kind);
    if (kind === 'empty') {
      log.warn('The token file has no token now: Envoy refuses the requests of its route.', { policy });
      return;
    }
    this.#said.delete(policy);
    readiness.tokenFile(policy, undefined);
    const until = kept.expires === undefined ? undefined : new Date(kept.expires).toISOString();
    if (isNews) log.info('The token file has a token.', { policy, until });
    else log.debug('The token file has a new token.', { policy, until });
  }

  changed(policy: string): void {
    const { log, metrics } = this.#outputs;
    metrics.tokenFiles.changed(policy);
    log.warn('Something else wrote or removed a token file. It is made anew.', {
      policy,
      code: 'sds.changed-file',
      place: this.#places.get(policy),
    });
  }

  failed(policy: string, step: 'mint' | 'write', error: MintError | DiskTrouble): void {
    const { log, metrics, readiness } = this.#outputs;
    const reason = 'reason' in error ? error.reason : error.message;
    const suggestion = 'suggestion' in error ? error.suggestion : undefined;
    metrics.tokenFiles.failed(policy, step);
    readiness.tokenFile(policy, reason);
    if (this.#said.get(policy) === reason) return;
    this.#said.set(policy, reason);
    const message = step === 'mint' ? 'The token of a file could not be made.' : 'A token file could not be written.';
    const place = step === 'mint' ? undefined : this.#places.get(policy);
    log.error(message, { policy, code: error.code, reason, suggestion, place });
  }

  defect(policy: string, error: unknown): void {
    const { log, metrics, readiness } = this.#outputs;
    metrics.tokenFiles.failed(policy, 'mint');
    readiness.tokenFile(policy, 'An unexpected error; see the log.');
    log.failure('A token file could not be kept because of an unexpected error.', error, { policy });
  }
}
