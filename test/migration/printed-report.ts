/**
 * @module
 * The form of what `mintproc import --format json` prints, as docs/commands.md says it.
 */
import * as z from 'zod';

const line = z.strictObject({ code: z.string(), message: z.string(), file: z.string(), line: z.int().min(1) });
const route = z.strictObject({ file: z.string(), line: z.int(), match: z.record(z.string(), z.json()) });
const setter = z.strictObject({
  kind: z.string(),
  file: z.string(),
  flow: z.string().nullable(),
  condition: z.string().nullable(),
});
/** Nothing may be missing, and there is nothing else. */
export const printedReport = z.strictObject({
  policies: z.array(
    z.strictObject({
      file: z.string(),
      name: z.string(),
      dialect: z.enum(['flex', 'apigee', 'datapower']),
      verdict: z.enum(['exact', 'needs-values', 'cannot']),
      reasons: z.array(line),
      routes: z.array(route),
      output: z.strictObject({ header: z.string(), prefix: z.string() }).nullable(),
    }),
  ),
  variables: z.array(
    z.strictObject({
      name: z.string(),
      verdict: z.enum(['known', 'declare', 'ambiguous']),
      setters: z.array(setter),
    }),
  ),
  keys: z.array(
    z.strictObject({
      name: z.string(),
      file: z.string(),
      kind: z.enum(['private', 'secret', 'public']),
      origin: z.string(),
    }),
  ),
  files: z.array(z.string()),
});
