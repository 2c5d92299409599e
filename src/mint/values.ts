/**
 * @module
 * The values that the steps of a plan compute for a request. Each is computed once, before anything is written. The
 * token, and whether an earlier one can be reused, depend on these values and the time only.
 */
import type { JsonValue } from '../diagnostics/json.ts';
import { MintError, type Origin } from '../diagnostics/mint-error.ts';
import { eachInSteps, type Steps } from '../diagnostics/steps.ts';
import type { Scope, Step } from '../plan/token-plan.ts';

/** The values of one request, each at the index of its step; undefined if a step has no value. */
export type Values = readonly (JsonValue | undefined)[];

/** A step with the indexes of its values. */
export type PlacedStep =
  | Extract<Step, { kind: 'fixed' | 'time' }>
  | { readonly kind: 'computed'; readonly name: string; readonly at: number }
  | { readonly kind: 'named'; readonly nameAt: number; readonly at: number; readonly origin: Origin }
  | { readonly kind: 'members'; readonly at: number };

interface Part {
  readonly compute: (scope: Scope, before: Values) => JsonValue | undefined;
  readonly origin: Origin;
}

export class Evaluation {
  readonly #parts: Part[] = [];

  /** Assigns indexes to steps. They are evaluated after the steps that were placed before. */
  place(steps: readonly Step[], member: Origin['member']): Steps<readonly PlacedStep[]> {
    return eachInSteps(steps, (step) => this.#placeStep(step, member));
  }

  /** @throws MintError if a value cannot be computed; it names the member */
  evaluate(scope: Scope): Values {
    const parts = this.#parts;
    const values = new Array<JsonValue | undefined>(parts.length);
    let at = 0;
    try {
      for (; at < parts.length; at++) values[at] = parts[at]?.compute(scope, values);
    } catch (error) {
      throw error instanceof MintError ? error.from(parts[at]?.origin) : error;
    }
    return values;
  }

  #placeStep(step: Step, member: Origin['member']): PlacedStep {
    switch (step.kind) {
      case 'fixed':
      case 'time':
        return step;
      case 'members': {
        const origin = { member, name: undefined, place: step.place };
        return { kind: 'members', at: this.#add(origin, (scope) => step.value.evaluate(scope)) };
      }
      case 'computed': {
        const { name, value, place } = step;
        const origin = { member, name: typeof name === 'string' ? name : undefined, place };
        const at = this.#add(origin, (scope) => value.evaluate(scope));
        if (typeof name === 'string') return { kind: 'computed', name, at };
        // An omitted member needs no name.
        const nameAt = this.#add(origin, (scope, before) =>
          before[at] === undefined ? undefined : name.evaluate(scope),
        );
        return { kind: 'named', nameAt, at, origin };
      }
    }
  }

  #add(origin: Origin, compute: Part['compute']): number {
    return this.#parts.push({ compute, origin }) - 1;
  }
}
