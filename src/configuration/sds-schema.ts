/**
 * @module
 * `sds` of a policy's entry, as `mintproc.yaml` has it.
 */
import * as z from 'zod';
import { withoutHome } from './files.ts';

export const sdsSchema = z.strictObject({
  file: z
    .string()
    .min(1)
    .max(4096)
    .regex(...withoutHome)
    .regex(/\.json$/, 'must end in .json, by which Envoy knows how to read it')
    .describe('The file for Envoy, relative to this file. Its folder must exist, and mintproc must be able to write.'),
  onStop: z
    .enum(['clear', 'keep'])
    .default('clear')
    .describe(
      'What happens to the token when mintproc stops: clear takes it away, so that Envoy refuses requests; keep leaves it there until it expires.',
    ),
});
