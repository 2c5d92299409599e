/**
 * @module
 * What happened to one request, for `explain`.
 */

import { diskFiles } from '../configuration/files.ts';
import type { CompiledPolicy } from '../configuration/policy/policy-loader.ts';
import { describeReuse } from '../configuration/policy/reuse-settings.ts';
import { printable } from '../diagnostics/printable.ts';
import type { StepRecorder } from '../mint/step-recorder.ts';
import { partsOf, reasonFields, refusalFields } from '../trial/answer-fields.ts';
import { explainToken, timeOfMinting } from '../trial/explained-members.ts';
import {
  type MemberFields,
  type MembersFields,
  membersFields,
  shortened,
  WrittenTexts,
} from '../trial/member-fields.ts';
import type { MintAnswer } from '../trial/mint-alone.ts';
import { refusalText, resultText, untouchedText } from '../trial/outcome-words.ts';
import { type RouteFields, routeFields } from '../trial/route-fields.ts';
import type { PolicyResult, TriedRequest } from '../trial/run-trial.ts';
import { jsonText } from './json-text.ts';
import { type Painted, paint } from './paint.ts';
import { routeText } from './route-fields.ts';
import type { RouteTrial } from './route-trial.ts';

export interface TrialExplanation {
  /** As the client sends it. */
  readonly request: string;
  /** RFC 3339. */
  readonly at: string;
  /** Absent for a policy without its routes, and if Envoy's route names the policy. */
  readonly routes?: readonly RouteFields[];
  readonly outcome: 'forward' | 'untouched' | 'refuse';
  /** What happens to the request, if it is not sent with the tokens of `policies`. */
  readonly why?: string;
  readonly refusal?: object;
  readonly policies: readonly PolicyFields[];
}

interface PolicyFields extends Partial<MembersFields> {
  readonly policy: string;
  readonly dialect: string;
  readonly result: PolicyResult['kind'];
  /** Why there is no token. */
  readonly why?: string;
  readonly error?: object;
  readonly output: { readonly header: string; readonly prefix: string };
  readonly reuse: string;
}

export function explainRoutes(trial: RouteTrial, recorder: StepRecorder): TrialExplanation {
  const { decision, policies, snapshot, tried, at } = trial;
  const compiled = [...snapshot.policies.values(), ...snapshot.variants];
  const refused = decision.kind === 'refuse' ? { why: refusalText(decision), refusal: refusalFields(decision) } : {};
  return {
    ...described(tried, at),
    ...(tried.incoming.routePolicy === undefined ? { routes: routeFields(trial.routes, tried.incoming) } : {}),
    outcome: decision.kind,
    ...(decision.kind === 'untouched' ? { why: untouchedText } : refused),
    policies: policies.flatMap(({ policy, result }) => {
      const whole = compiled.find((one) => one === policy);
      return whole === undefined ? [] : [policyFields(whole, result, at, recorder)];
    }),
  };
}

export function explainAlone(
  answer: Exclude<MintAnswer, { readonly kind: 'unloadable' }>,
  tried: TriedRequest,
  at: number,
  recorder: StepRecorder,
): TrialExplanation {
  const { policy } = answer;
  const result: PolicyResult =
    answer.kind === 'minted'
      ? { kind: 'minted', token: answer.token }
      : { kind: policy.onError === 'pass' ? 'passed' : 'refused', reason: answer.error };
  const outcome = result.kind === 'refused' ? 'refuse' : 'forward';
  return { ...described(tried, at), outcome, policies: [policyFields(policy, result, at, recorder)] };
}

function described({ incoming: { headers } }: TriedRequest, at: number): Pick<TrialExplanation, 'request' | 'at'> {
  const parts = [':method', ':scheme', ':authority', ':path'].map((name) => headers.first(name));
  const [method = '(no method)', scheme = '(no scheme)', host = '(no host)', path = '(no path)'] = parts;
  return { request: `${method} ${scheme}://${host}${path}`, at: new Date(at).toISOString() };
}

function policyFields(policy: CompiledPolicy, result: PolicyResult, at: number, recorder: StepRecorder): PolicyFields {
  const { name, dialect, output, reuse } = policy;
  const header = result.kind === 'minted' ? partsOf(result.token).header : undefined;
  const hasRun = result.kind === 'minted' || 'reason' in result;
  return {
    policy: name,
    dialect,
    result: result.kind,
    ...(result.kind === 'minted' ? {} : { why: resultText(result) }),
    ...('reason' in result ? { error: reasonFields(result.reason) } : {}),
    output: { header: output.header, prefix: output.prefix },
    reuse: describeReuse(reuse),
    ...(hasRun ? membersFields(explainToken(policy.plan, { recorder, at, header }), new WrittenTexts(diskFiles)) : {}),
  };
}

/** For a terminal. */
export function trialText(explanation: TrialExplanation, isColoured: boolean): string {
  const painted = paint(isColoured);
  const { request, at, routes, why, policies } = explanation;
  const lines = [
    `${request} at ${at}`,
    ...(routes === undefined ? [] : ['', ...routes.map((route) => routeText(route, painted))]),
    ...(why === undefined ? [] : ['', painted.bad(why)]),
    ...policies.flatMap((policy) => ['', ...policyLines(policy, painted)]),
  ];
  return `${lines.join('\n')}\n`;
}

function policyLines(policy: PolicyFields, painted: Painted): readonly string[] {
  const { output, header, enclosedHeader, claims } = policy;
  const outcome =
    policy.why === undefined ? painted.good(`${output.header}: ${output.prefix}…`) : painted.bad(policy.why);
  return [
    `${painted.strong(policy.policy)} (${policy.dialect}) ${outcome}`,
    `  reuse  ${policy.reuse}`,
    ...section('header', header, painted),
    ...section('enclosed header', enclosedHeader, painted),
    ...section('claims', claims, painted),
  ];
}

function section(title: string, members: readonly MemberFields[] | undefined, painted: Painted): readonly string[] {
  if (members === undefined) return [];
  return [`  ${title}`, ...members.flatMap((member) => memberLines(member, painted))];
}

function memberLines(member: MemberFields, painted: Painted): readonly string[] {
  const { name, comes, expression, file, line, column, reads = [] } = member;
  const place = file === undefined ? '' : ` (${file}:${line}:${column})`;
  const source = expression === undefined ? comes : `${comes}: ${shortened(expression)}`;
  return [
    `    ${painted.strong(printable(name ?? '(named by the request)'))}  ${valueText(member, painted)}`,
    painted.faint(printable(`      ${source}${place}`)),
    ...reads.map(({ input, value }) => painted.faint(printable(`      read ${input}: ${memberText(value)}`))),
  ];
}

function valueText({ value, type, error, comes }: MemberFields, painted: Painted): string {
  if (error !== undefined) return painted.bad(printable(`${error.message} [${error.code}]`));
  if (type === undefined) return 'not computed';
  if (type === 'absent') return 'absent';
  const moment = comes.startsWith(timeOfMinting) && typeof value === 'number' ? `, ${isoText(value)}` : '';
  return `${painted.good(printable(memberText(value)))}  ${type}${moment}`;
}

/** @param seconds since the epoch */
function isoText(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? 'no date' : date.toISOString();
}

function memberText(value: MemberFields['value']): string {
  return value === undefined ? 'absent' : shortened(jsonText(value));
}
