/**
 * The answers of `run` and `evaluate` as the page expects them (`interface.ts`), to look at any of them.
 */
import * as z from 'zod';
import type { EvaluateAnswer, RunAnswer } from '../../src/playground/interface.ts';

const position = z.strictObject({ line: z.int().min(1), column: z.int().min(1) });
const range = z.strictObject({ file: z.string().min(1), from: position, to: position });

/** JSON text, whose numbers may have more digits than a double. */
const json = z.string().refine((text) => isJson(text), 'is no JSON');

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const problem = z.strictObject({
  severity: z.enum(['error', 'warning', 'note']),
  code: z.string().min(1),
  message: z.string().min(1),
  suggestion: z.string().min(1).optional(),
  range,
  help: z.string().min(1),
});

const pairs = z.array(z.tuple([z.string(), z.string()]));
const reason = z.strictObject({ code: z.string(), message: z.string() });

const member = z.strictObject({
  name: z.string().nullable(),
  json: json.optional(),
  type: z.enum(['string', 'number', 'boolean', 'null', 'list', 'object', 'absent']).optional(),
  comes: z.string().min(1),
  expression: z.string().optional(),
  range: range.optional(),
  reads: z.array(z.strictObject({ input: z.string(), json: json.optional() })),
  error: reason.optional(),
});

const token = z.strictObject({
  text: z.string().regex(/^[\w-]+(?:\.[\w-]*){2,4}$/),
  output: z.strictObject({ header: z.string().min(1), prefix: z.string() }),
  header: z.array(member),
  enclosedHeader: z.array(member).optional(),
  claims: z.array(member),
  verification: z.strictObject({
    isValid: z.boolean(),
    checks: z.array(
      z.strictObject({ name: z.string(), result: z.enum(['pass', 'fail', 'note']), message: z.string() }),
    ),
  }),
  size: z.strictObject({
    tokenBytes: z.int(),
    headerBytes: z.int(),
    limits: z.array(z.strictObject({ server: z.string(), bytes: z.int(), isExceeded: z.boolean() })),
  }),
  reuse: z.string().min(1),
});

const policy = z.strictObject({
  name: z.string(),
  dialect: z.enum(['flex', 'apigee', 'datapower']),
  result: z.enum(['minted', 'refused', 'passed', 'disabled', 'outside-rules', 'not-run']),
  why: z.string().optional(),
  code: z.string().optional(),
  help: z.string().optional(),
  token: token.optional(),
});

const outcome = z.strictObject({
  kind: z.enum(['forward', 'untouched', 'refuse']),
  sentence: z.string().min(1),
  refusal: z
    .strictObject({
      status: z.int(),
      headers: pairs,
      body: z.string(),
      code: z.string().optional(),
      help: z.string().optional(),
    })
    .optional(),
  routes: z.array(
    z.strictObject({ name: z.string(), isTaken: z.boolean(), why: z.string().min(1), range: range.optional() }),
  ),
  policies: z.array(policy),
  curl: z.string().min(1),
  testCase: z.string().min(1),
  at: z.number(),
});

const form = z.strictObject({
  method: z.string(),
  path: z.string(),
  host: z.string(),
  headers: pairs,
  claims: z.record(z.string(), z.unknown()).optional(),
  from: z.string().optional(),
  certificate: z.record(z.string(), z.unknown()).optional(),
  at: z.iso.datetime().optional(),
});

const run = z.strictObject({
  problems: z.array(problem),
  hiddenProblems: z.int().min(1).optional(),
  madeKeys: z.array(z.string().min(1)),
  form: form.optional(),
  outcome: outcome.optional(),
});

const evaluate = z.strictObject({
  problems: z.array(problem),
  json: json.optional(),
  type: z.string().optional(),
  error: z.strictObject({ code: z.string(), message: z.string(), help: z.string().min(1) }).optional(),
});

/** What is wrong with an answer; undefined if nothing is. @param text of the body, as the page gets it */
export function mistakeOf(call: 'run' | 'evaluate', text: string): string | undefined {
  const answer: unknown = JSON.parse(text);
  const read = call === 'run' ? run.safeParse(answer) : evaluate.safeParse(answer);
  return read.success ? undefined : z.prettifyError(read.error);
}

/** The text of an answer's body. */
export function bodyOf(answer: RunAnswer | EvaluateAnswer): string {
  return JSON.stringify(answer);
}
