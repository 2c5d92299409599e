/**
 * @module
 * When Flex Gateway knows a value: when the policy loads, or once an input is bound. It binds `vars`, `attributes`,
 * `authentication` and `payload` in this order, and evaluates each time as far as it gets.
 */
import { type InputName, inputNames } from '../bindings.ts';

/** The earliest and the latest stage in which a step is finished; 0 is loading, then one for each input. */
export interface Stages {
  readonly from: number;
  readonly to: number;
}

export const atLoad: Stages = { from: 0, to: 0 };

export function stageOf(input: InputName): number {
  return inputNames.indexOf(input) + 1;
}

export function atStage(input: InputName, start: Stages): Stages {
  const stage = stageOf(input);
  return { from: Math.max(stage, start.from), to: Math.max(stage, start.to) };
}

export function together(steps: readonly Stages[], start: Stages): Stages {
  return {
    from: Math.max(start.from, ...steps.map((step) => step.from)),
    to: Math.max(start.to, ...steps.map((step) => step.to)),
  };
}
