/**
 * @module
 * Reports what becomes of a state file to the log, the metrics and `/readyz`. What has been said once is not repeated
 * until it changes.
 */
import { listed } from '../diagnostics/listing.ts';
import type { PublishedKey } from '../keys/published-keys.ts';
import { shownName } from '../keys/ring-state.ts';
import type { Log } from '../observe/log.ts';
import type { StateTrouble, StateWitness } from './state-keeper.ts';

export interface StateOutputs {
  readonly log: Log;
  readonly metrics: {
    jwksState(isInOrder: boolean, leftOut: { readonly clash: number; readonly full: number }): void;
  };
  readonly readiness: { jwksState(reason: string | undefined): void };
}

/** Names in a line. */
const maxNames = 10;

const reasons = {
  clash: {
    reason: 'Another key has the same `kid`, and is published until its tokens have ended.',
    suggestion:
      'Give the key another `kid`, or none: then it is the thumbprint. If the other key is not yours, find out who published it.',
  },
  full: { reason: 'There is no place for more keys.', suggestion: 'Use fewer keys: policies can share one.' },
};

export class StateReport implements StateWitness {
  readonly #outputs: StateOutputs;
  #leftOut = { clash: 0, full: 0 };
  #said = new Map<'clash' | 'full' | 'state', string>();

  constructor(outputs: StateOutputs) {
    this.#outputs = outputs;
  }

  leftOut(clash: readonly PublishedKey[], full: readonly PublishedKey[]): void {
    this.#leftOut = { clash: clash.length, full: full.length };
    this.#sayLeftOut('clash', clash);
    this.#sayLeftOut('full', full);
  }

  state(trouble: StateTrouble | undefined): void {
    const { log, metrics, readiness } = this.#outputs;
    metrics.jwksState(trouble === undefined, this.#leftOut);
    const kind = (['clash', 'full'] as const).find((name) => this.#leftOut[name] > 0);
    readiness.jwksState(trouble?.reason ?? (kind && `A key is left out. ${reasons[kind].reason}`));
    const isNews = this.#isNews('state', trouble?.reason ?? '');
    if (!isNews) return;
    if (trouble === undefined) log.info('Published keys are remembered again.');
    else log.error('Published keys are not remembered.', trouble);
  }

  /** Says after the first look if nothing was remembered: otherwise nobody sees that the file's volume was lost. */
  started(remembered: readonly PublishedKey[]): void {
    if (remembered.length > 0 || (this.#said.get('state') ?? '') !== '') return;
    this.#outputs.log.info(
      'No earlier public key is remembered: the state file is new, was lost, or its keys have ended.',
    );
  }

  failed(error: unknown): void {
    this.#outputs.log.failure('The state of published keys could not be kept because of an unexpected error.', error);
  }

  #sayLeftOut(kind: 'clash' | 'full', keys: readonly PublishedKey[]): void {
    const names = [...new Set(keys.map(({ held }) => shownName(held) ?? ''))].sort();
    if (!this.#isNews(kind, names.join(' ')) || names.length === 0) return;
    const fields = { code: 'keys.left-out', kid: listed(names, maxNames), ...reasons[kind] } as const;
    this.#outputs.log.error('A key is not published for others, or not remembered.', fields);
  }

  /** Whether this differs from what was said last. @param text empty if there is nothing to say */
  #isNews(kind: 'clash' | 'full' | 'state', text: string): boolean {
    const before = this.#said.get(kind) ?? '';
    this.#said.set(kind, text);
    return before !== text;
  }
}
