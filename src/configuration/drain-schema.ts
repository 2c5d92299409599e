/**
 * @module
 * The `drain` part of `mintproc.yaml`: what happens between SIGTERM and the end of the process.
 */
import * as z from 'zod';
import { durationSchema, milliseconds } from './duration.ts';

export const drainSchema = z.strictObject({
  delay: durationSchema('0s', '10m')
    .default('0s')
    .describe('After SIGTERM: how long mintproc serves on as before, while it says that it is not ready.'),
  timeout: durationSchema('0s', '1h')
    .default('25s')
    .describe('After the delay: how long requests in flight may take before the process ends.'),
});

/** The key that `drain.timeout` replaces. */
export const drainSecondsSchema = z
  .number()
  .min(0)
  .max(3600)
  .optional()
  .meta({ deprecated: true, description: 'Retired: write `drain: { timeout: 25s }`.' });

interface DrainSettings {
  readonly drain: z.output<typeof drainSchema>;
  readonly drainSeconds?: number | undefined;
}

/** Both in milliseconds. */
export interface DrainTimes {
  readonly delay: number;
  readonly timeout: number;
}

export function drainTimes({ drain, drainSeconds }: DrainSettings): DrainTimes {
  return {
    delay: milliseconds(drain.delay),
    timeout: drainSeconds === undefined ? milliseconds(drain.timeout) : drainSeconds * 1000,
  };
}
