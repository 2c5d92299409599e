/**
 * @module
 * Why a case fails: the expression of each member that differs, with its place and what it read, and the routes that do
 * not match. The request runs once more for it, with a configuration that records.
 */
import type { Loaded } from '../../configuration/load.ts';
import { isPlainName } from '../../diagnostics/harmless.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import { nearest } from '../../diagnostics/suggest.ts';
import { partsOf } from '../../trial/answer-fields.ts';
import type { FailedMember, Failure } from '../../trial/cases/failure.ts';
import type { TestCase } from '../../trial/cases/read-test-file.ts';
import { type RanCase, runAgain } from '../../trial/cases/run-case.ts';
import { type ExplainedMember, type ExplainedToken, explainToken } from '../../trial/explained-members.ts';
import { memberFields, type WrittenTexts } from '../../trial/member-fields.ts';
import { routeFields } from '../../trial/route-fields.ts';
import type { ShownFailure } from './test-report.ts';
import type { RecordingConfiguration } from './tested-configurations.ts';

export interface ExplainContext {
  /** Asked for only if a member differs. */
  recording(): RecordingConfiguration | undefined;
  readonly routes: Loaded['routes'];
  readonly texts: WrittenTexts;
  /** Of the configuration and its policies. */
  readonly warnings: readonly Problem[];
}

export async function explainFailures(
  one: TestCase,
  { failures, tried }: RanCase,
  context: ExplainContext,
): Promise<readonly ShownFailure[]> {
  const isAboutMember = failures.some(({ member }) => member !== undefined);
  const tokens = tried !== undefined && isAboutMember ? await explainedTokens(tried, context) : noTokens;
  return failures.map((failure) => {
    const { what, message, path, member } = failure;
    const explained = explainedOutput(failure) ?? (member && explainedMember(member, tokens));
    const place = one.document.source.placeAt(one.document.offsetOf([...one.path, ...path]));
    return {
      ...{ what, place },
      message: explained === undefined ? withHint(message, member, failure, tokens) : message,
      ...('expected' in failure ? { expected: failure.expected } : {}),
      ...('actual' in failure ? { actual: failure.actual } : {}),
      ...(explained && shownMember(explained, context)),
      ...(what === 'route' && tried !== undefined ? { routes: routeFields(context.routes, tried.incoming) } : {}),
    };
  });
}

/** The header of the token, as a member of it is explained. */
function explainedOutput({ what, output, actual }: Failure): ExplainedMember | undefined {
  if (output === undefined) return undefined;
  const { place } = output;
  const comes =
    place === undefined ? "the default, which `output` of the policy's entry replaces" : 'the same for every token';
  return { name: what, comes, value: actual, ...(place === undefined ? {} : { place }) };
}

/** With what loading found in the text that gives the value, such as a misspelt name. */
function shownMember(
  explained: ExplainedMember,
  { texts, warnings }: ExplainContext,
): Pick<ShownFailure, 'member' | 'warnings'> {
  const { place } = explained;
  const member = memberFields(explained, texts);
  const found = place === undefined ? [] : warnings.filter((warning) => texts.isWithin(place, warning.place));
  return found.length === 0 ? { member } : { member, warnings: found };
}

type Tokens = ReadonlyMap<string, ExplainedToken>;

const noTokens: Tokens = new Map();

/** By the name of the policy. */
async function explainedTokens(
  tried: NonNullable<RanCase['tried']>,
  { recording }: Pick<ExplainContext, 'recording'>,
): Promise<Tokens> {
  const again = recording();
  if (again === undefined) return noTokens;
  const { policies } = await runAgain(tried, again.tested);
  return new Map(
    policies.map(({ policy, result }) => {
      const header = result.kind === 'minted' ? partsOf(result.token).header : undefined;
      return [policy.name, explainToken(policy.plan, { recorder: again.recorder, at: tried.at, header })];
    }),
  );
}

function membersOf({ policy, part }: FailedMember, tokens: Tokens): readonly ExplainedMember[] {
  return tokens.get(policy)?.[part] ?? [];
}

/** The last step with a name gives its value. */
function explainedMember(member: FailedMember, tokens: Tokens): ExplainedMember | undefined {
  return membersOf(member, tokens).findLast(({ name }) => name === member.name);
}

/** What was meant by a member that the policy does not have. */
function withHint(message: string, member: FailedMember | undefined, { actual }: Failure, tokens: Tokens): string {
  if (member === undefined || actual !== undefined) return message;
  const names = membersOf(member, tokens).flatMap(({ name, value }) =>
    name === null || value === undefined ? [] : name,
  );
  const near = nearest(member.name, names);
  return near !== undefined && isPlainName(near) ? `${message} The token has \`${near}\`.` : message;
}
