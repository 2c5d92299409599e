/**
 * @module
 * The `tracing` part of `mintproc.yaml`: where spans are sent, and which requests have them.
 */
import * as z from 'zod';
import { defaultPerSecond } from '../observe/tracing/trace-settings.ts';

const urlObjection =
  'must be an http or https URL without user, password, query and fragment, such as http://localhost:4318';

/** Whoever reads the configuration would read a password. Receivers take credentials in headers. */
function isPlain(text: string): boolean {
  const { username, password } = new URL(text);
  return username === '' && password === '' && !/[?#]/.test(text);
}

export const tracingSchema = z
  .strictObject({
    otlp: z
      .url({ protocol: /^https?$/, error: urlObjection, abort: true })
      .refine(isPlain, urlObjection)
      .describe('Receiver of OTLP in protobuf over HTTP. Without a path of its own, /v1/traces is added.'),
    sample: z
      .union([z.literal('parent'), z.number().gt(0).max(1)], {
        error: 'must be parent, or a number above 0 and at most 1',
      })
      .default('parent')
      .describe(
        'Requests with a traceparent are traced as their caller says. Of the others: parent for none, a number for this fraction.',
      ),
    perSecond: z
      .int()
      .min(1)
      .max(100_000)
      .default(defaultPerSecond)
      .describe('Maximum number of requests a second that are traced, for each worker.'),
  })
  .optional();
