/**
 * @module
 * What each policy did for the request: its token with every member, what made it, and whether a recipient takes it.
 */
import type { CompiledPolicy } from '../configuration/policy/policy-loader.ts';
import { describeReuse } from '../configuration/policy/reuse-settings.ts';
import type { StepRecorder } from '../mint/step-recorder.ts';
import { partsOf } from '../trial/answer-fields.ts';
import { type ExplainedMember, explainToken } from '../trial/explained-members.ts';
import { memberFields, type WrittenTexts } from '../trial/member-fields.ts';
import { resultText } from '../trial/outcome-words.ts';
import type { PolicyResult } from '../trial/run-trial.ts';
import { verifyToken } from '../verification/verify-token.ts';
import type { VerifyingKey } from '../verification/verifying-key.ts';
import { tokenSize } from './header-limits.ts';
import type { Dialect, ShownMember, ShownPolicy, ShownToken, TextRange } from './interface.ts';
import { type HelpOf, helpFor, type NameOf } from './problems.ts';
import type { ShownValues } from './shown-values.ts';

export interface ShowContext {
  readonly recorder: StepRecorder;
  readonly texts: WrittenTexts;
  readonly values: ShownValues;
  readonly keys: readonly VerifyingKey[];
  /** The time of the request, in milliseconds since the epoch. */
  readonly at: number;
  readonly nameOf: NameOf;
  readonly helpOf: HelpOf;
}

export async function shownPolicy(
  policy: CompiledPolicy,
  result: PolicyResult,
  context: ShowContext,
): Promise<ShownPolicy> {
  const { name } = policy;
  const dialect = policy.dialect as Dialect;
  if (result.kind === 'minted') {
    return { name, dialect, result: result.kind, token: await shownToken(policy, result.token, context) };
  }
  const code = 'reason' in result ? result.reason.code : undefined;
  const help = helpFor(code, context.helpOf);
  return {
    ...{ name, dialect, result: result.kind, why: resultText(result) },
    ...(code === undefined ? {} : { code }),
    ...(help === undefined ? {} : { help }),
  };
}

async function shownToken(
  { plan, output, reuse }: CompiledPolicy,
  token: string,
  { recorder, keys, at, ...context }: ShowContext,
): Promise<ShownToken> {
  const explained = explainToken(plan, { recorder, at, header: partsOf(token).header });
  const { valid, checks } = await verifyToken(token, { keys, issuers: [], audiences: [], at, leeway: 0 });
  const shown = (members: readonly ExplainedMember[]) => members.map((member) => shownMember(member, context));
  return {
    text: token,
    output: { header: output.header, prefix: output.prefix },
    header: shown(explained.header),
    ...(explained.enclosedHeader === undefined ? {} : { enclosedHeader: shown(explained.enclosedHeader) }),
    claims: shown(explained.claims),
    verification: { isValid: valid, checks },
    size: tokenSize(token, output),
    reuse: describeReuse(reuse),
  };
}

function shownMember(
  member: ExplainedMember,
  { texts, values, nameOf }: Pick<ShowContext, 'texts' | 'values' | 'nameOf'>,
): ShownMember {
  const { name, comes, value, type, expression, reads = [], error } = memberFields(member, texts);
  const range = member.place && texts.rangeAt(member.place);
  return {
    name,
    ...(value === undefined ? {} : { json: values.jsonOf(value) }),
    ...(type === undefined ? {} : { type }),
    comes,
    ...(expression === undefined ? {} : { expression }),
    ...(range === undefined ? {} : { range: shownRange(range, nameOf) }),
    reads: reads.map((read) => ({
      input: read.input,
      ...(read.value === undefined ? {} : { json: values.jsonOf(read.value) }),
    })),
    ...(error === undefined ? {} : { error }),
  };
}

function shownRange({ from, to }: NonNullable<ReturnType<WrittenTexts['rangeAt']>>, nameOf: NameOf): TextRange {
  const { file } = from;
  return {
    file: nameOf(file),
    from: { line: from.line, column: from.column },
    to: { line: to.line, column: to.column },
  };
}
