/**
 * @module
 * The `reload` part of `mintproc.yaml`: how a change of files is noticed.
 */
import * as z from 'zod';
import { durationSchema } from './duration.ts';

export const reloadSchema = z.strictObject({
  watch: z
    .boolean()
    .default(true)
    .describe('Whether changed files are loaded by themselves; SIGHUP loads them always.'),
  poll: durationSchema('50ms', '1d')
    .default('5s')
    .describe('How often the contents of all files are compared with what is in force.'),
  settle: durationSchema('0ms', '1m')
    .default('200ms')
    .describe('How long changed files must stay the same before they are read: they may be half written.'),
});
