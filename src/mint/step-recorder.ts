/**
 * @module
 * Records the value of each step of a plan while a token is minted, and what the step read. It wraps the steps when the
 * policy loads, as `Witness` wraps minters, so it costs other policies nothing.
 */
import type { JsonValue } from '../diagnostics/json.ts';
import { MintError } from '../diagnostics/mint-error.ts';
import type { Computed, HeaderStep, Scope, Step, TokenPlan } from '../plan/token-plan.ts';
import { type ReadInput, Reads, RecordedMemo, recordedScope } from './recorded-scope.ts';

/** What one value of a step was for the last request. */
export interface StepRecord {
  /** Undefined if there is no value, or its computation failed. */
  readonly value: JsonValue | undefined;
  readonly error: MintError | undefined;
  readonly reads: readonly ReadInput[];
}

/** A value of a step: a name may be computed, too. */
type ComputedValue = Pick<Computed, 'evaluate'>;

export class StepRecorder {
  readonly #records = new Map<ComputedValue, StepRecord>();
  readonly #memos = new WeakMap<Scope['memo'], RecordedMemo>();

  /** The same plan with steps that are recorded. */
  recording(plan: TokenPlan): TokenPlan {
    const { encryption } = plan;
    const header = (steps: readonly HeaderStep[]): readonly HeaderStep[] =>
      steps.map((step) => {
        return step.kind === 'key-id' || step.kind === 'public-key' ? step : this.#recorded(step);
      });
    return {
      ...plan,
      header: header(plan.header),
      claims: plan.claims.map((step) => this.#recorded(step)),
      ...(encryption === undefined ? {} : { encryption: { ...encryption, header: header(encryption.header) } }),
    };
  }

  /** @param value of a step of a plan that this recorder has made; undefined if it was not computed */
  of(value: ComputedValue): StepRecord | undefined {
    return this.#records.get(value);
  }

  #recorded(step: Step): Step {
    switch (step.kind) {
      case 'fixed':
      case 'time':
        return step;
      case 'members':
        return { ...step, value: this.#watched(step.value) };
      case 'computed': {
        const name = typeof step.name === 'string' ? step.name : this.#watched(step.name);
        return { ...step, name, value: this.#watched(step.value) };
      }
    }
  }

  #watched<T extends JsonValue>(value: Computed<T>): Computed<T> {
    const watched: Computed<T> = {
      needs: () => value.needs(),
      evaluate: (scope) => {
        const reads = new Reads();
        try {
          const result = value.evaluate(recordedScope(scope, reads, this.#memoOf(scope)));
          this.#records.set(watched, { value: result, error: undefined, reads: reads.all });
          return result;
        } catch (error) {
          if (error instanceof MintError) this.#records.set(watched, { value: undefined, error, reads: reads.all });
          throw error;
        }
      },
    };
    return watched;
  }

  #memoOf({ memo }: Scope): RecordedMemo {
    const known = this.#memos.get(memo) ?? new RecordedMemo();
    this.#memos.set(memo, known);
    return known;
  }
}
