import type { ProcessFacts } from '../../src/serving/processor.ts';

/** A process without variables. */
export const thisProcess: ProcessFacts = { version: '0', environment: {}, threadIsStuck: () => undefined };
